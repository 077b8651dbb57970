// Which rights does an account get from a security descriptor, and how does it get the missing ones?
#pragma once

#include "probes/formats/security_descriptor.hpp"

namespace rdpmedic {

// What the four generic rights mean for one kind of object.
// https://learn.microsoft.com/windows/win32/secauthz/generic-access-rights
struct GenericMapping {
    std::uint32_t read, write, execute, all;
};
// https://learn.microsoft.com/windows/win32/fileio/file-security-and-access-rights
inline constexpr GenericMapping file_rights{0x120089, 0x120116, 0x1200A0, 0x1F01FF};
// https://learn.microsoft.com/windows/win32/sysinfo/registry-key-security-and-access-rights
inline constexpr GenericMapping key_rights{0x20019, 0x20006, 0x20019, 0xF003F};

struct Access {
    bool unrestricted = false;  // there is no list: every right
    std::uint32_t in_order = 0; // what Windows grants: each bit goes by the first entry that speaks of it
    std::uint32_t allowed = 0;  // by any plain allow entry
    std::uint32_t denied = 0;   // by any entry of the deny family, wherever it stands

    // Windows grants all of `mask`.
    bool grants(std::uint32_t mask) const noexcept { return unrestricted || (in_order & mask) == mask; }
    // All of `mask` is granted in any order of the entries: no deny stands behind an allow.
    bool grants_surely(std::uint32_t mask) const noexcept { return unrestricted || (allowed & ~denied & mask) == mask; }
};

// The rights of an account that is all of `sids` (itself and its groups) on the object itself: inherit-only entries do
// not count. Only plain allow entries grant, because conditions and object types are not evaluated here; every deny
// type denies. https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object
Access access_of(const SecurityDescriptor& descriptor, std::span<const std::string> sids,
                 const GenericMapping& mapping);

struct Grant {
    std::string sid;
    std::uint32_t mask = 0;
    friend bool operator==(const Grant&, const Grant&) = default;
};

// `descriptor` with an allow entry for each grant that its own SID lacks, and without the deny entries of exactly those
// SIDs that were set on the object itself. Everything else stays, in its order: new entries stand behind the last
// explicit one, before the first inherited. Without a list nothing is added: that would take rights away.
SecurityDescriptor with_grants(SecurityDescriptor descriptor, std::span<const Grant> grants,
                               const GenericMapping& mapping);

// Without the deny entries for `sid` that were set on the object itself and touch `mask`; inherited ones stay.
SecurityDescriptor without_denies(SecurityDescriptor descriptor, std::string_view sid, std::uint32_t mask,
                                  const GenericMapping& mapping);

// NETWORK SERVICE as the process of TermService has it: the account, its groups and the identity of the service.
std::vector<std::string> term_service_sids();
// SYSTEM with its groups.
std::vector<std::string> system_sids();

} // namespace rdpmedic
