// Which rights does an account get from a security descriptor, and how does it get the missing ones?
#include "probes/formats/access.hpp"

#include <algorithm>

namespace rdpmedic {
namespace {

std::uint32_t specific(std::uint32_t mask, const GenericMapping& mapping) {
    constexpr std::uint32_t generic_read = 0x80000000, generic_write = 0x40000000, generic_execute = 0x20000000,
                            generic_all = 0x10000000;
    std::uint32_t rights = mask & 0x0FFFFFFF;
    if ((mask & generic_read) != 0)
        rights |= mapping.read;
    if ((mask & generic_write) != 0)
        rights |= mapping.write;
    if ((mask & generic_execute) != 0)
        rights |= mapping.execute;
    if ((mask & generic_all) != 0)
        rights |= mapping.all;
    return rights;
}

bool contains(std::span<const std::string> sids, std::string_view sid) {
    return std::find(sids.begin(), sids.end(), sid) != sids.end();
}

} // namespace

Access access_of(const SecurityDescriptor& descriptor, std::span<const std::string> sids,
                 const GenericMapping& mapping) {
    Access access;
    access.unrestricted = !descriptor.has_dacl;
    std::uint32_t refused = 0;
    for (const AccessEntry& entry : descriptor.entries) {
        if ((entry.flags & ace::inherit_only) != 0 || !contains(sids, entry.sid))
            continue;
        const std::uint32_t rights = specific(entry.mask, mapping);
        if (entry.denies()) {
            access.denied |= rights;
            refused |= rights & ~access.in_order;
        } else if (entry.type == ace::allow) {
            access.allowed |= rights;
            access.in_order |= rights & ~refused;
        }
    }
    return access;
}

SecurityDescriptor with_grants(SecurityDescriptor descriptor, std::span<const Grant> grants,
                               const GenericMapping& mapping) {
    if (!descriptor.has_dacl)
        return descriptor;
    auto& entries = descriptor.entries;
    for (const Grant& grant : grants) {
        std::erase_if(entries, [&](const AccessEntry& entry) {
            return entry.denies() && !entry.inherited() && entry.sid == grant.sid;
        });
        if (access_of(descriptor, std::span(&grant.sid, 1), mapping).grants(grant.mask))
            continue;
        const auto first_inherited =
            std::find_if(entries.begin(), entries.end(), [](const AccessEntry& entry) { return entry.inherited(); });
        entries.insert(first_inherited, AccessEntry{ace::allow, 0, grant.mask, grant.sid, {}});
    }
    return descriptor;
}

SecurityDescriptor without_denies(SecurityDescriptor descriptor, std::string_view sid, std::uint32_t mask,
                                  const GenericMapping& mapping) {
    std::erase_if(descriptor.entries, [&](const AccessEntry& entry) {
        return entry.denies() && !entry.inherited() && entry.sid == sid && (specific(entry.mask, mapping) & mask) != 0;
    });
    return descriptor;
}

std::vector<std::string> term_service_sids() {
    // MEM: which groups the token of a service of this account carries is written here from memory, apart from the
    // account and the service's own identity, which Windows adds for a service with an unrestricted SID.
    // https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_sid_info
    return {std::string(sids::network_service),
            std::string(sids::everyone),
            "S-1-5-11",     // Authenticated Users
            "S-1-5-6",      // SERVICE
            "S-1-2-0",      // LOCAL
            "S-1-5-32-545", // BUILTIN\Users
            "S-1-5-80-0",   // NT SERVICE\ALL SERVICES
            service_sid("TermService")};
}

std::vector<std::string> system_sids() {
    // https://learn.microsoft.com/windows/win32/services/localsystem-account: SYSTEM and BUILTIN\Administrators; the
    // two that every account is in come with them.
    return {std::string(sids::system), std::string(sids::administrators), std::string(sids::everyone), "S-1-5-11"};
}

} // namespace rdpmedic
