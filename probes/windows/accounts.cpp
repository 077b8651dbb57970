// Who holds a right, and who belongs to a group?
#include "probes/formats/sid.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <lm.h>
#include <ntsecapi.h>

namespace rdpmedic::windows {
namespace {

struct PolicyTraits {
    using Raw = LSA_HANDLE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::LsaClose(raw); }
};
using Policy = Handle<PolicyTraits>;

struct LsaMemoryTraits {
    using Raw = void*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::LsaFreeMemory(raw); }
};
using LsaMemory = Handle<LsaMemoryTraits>;

struct NetMemoryTraits {
    using Raw = BYTE*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::NetApiBufferFree(raw); }
};
using NetMemory = Handle<NetMemoryTraits>;

constexpr NTSTATUS status_no_more_entries = static_cast<NTSTATUS>(0x8000001A);

Result<std::string> text_of(PSID sid) {
    if (!sid || !::IsValidSid(sid))
        return Error{Errc::malformed, 0, "a SID that is none"};
    const auto* bytes = static_cast<const std::uint8_t*>(sid);
    return sid_from_bytes({bytes, ::GetLengthSid(sid)});
}

// Nobody is an empty list.
// https://learn.microsoft.com/windows/win32/api/ntsecapi/nf-ntsecapi-lsaenumerateaccountswithuserright
Result<std::vector<std::string>> holders(const Policy& policy, std::string_view right) {
    std::wstring name = to_wide(right);
    const auto size = static_cast<USHORT>(name.size() * sizeof(wchar_t));
    LSA_UNICODE_STRING text{size, size, name.data()};
    LsaMemory buffer;
    ULONG count = 0;
    const NTSTATUS status = ::LsaEnumerateAccountsWithUserRight(policy.get(), &text, buffer.out(), &count);
    std::vector<std::string> sids;
    if (status == status_no_more_entries)
        return sids;
    if (status != 0)
        return error_of(::LsaNtStatusToWinError(status), "LsaEnumerateAccountsWithUserRight", right);
    const auto* rows = static_cast<const LSA_ENUMERATION_INFORMATION*>(buffer.get());
    for (ULONG row = 0; rows && row < count; ++row) {
        auto sid = text_of(rows[row].Sid);
        if (!sid)
            return Error{Errc::malformed, 0, "LsaEnumerateAccountsWithUserRight(" + std::string(right) + ")"};
        sids.push_back(std::move(*sid));
    }
    return sids;
}

// The name that this machine gives a SID; groups are asked for by name.
Result<std::wstring> name_of(const Bytes& sid, std::string_view text) {
    std::wstring name(256, L'\0'), domain(256, L'\0');
    auto name_size = static_cast<DWORD>(name.size()), domain_size = static_cast<DWORD>(domain.size());
    SID_NAME_USE use{};
    Bytes copy = sid; // the call wants it writable
    if (!::LookupAccountSidW(nullptr, copy.data(), name.data(), &name_size, domain.data(), &domain_size, &use)) {
        Error error = last_error("LookupAccountSidW", text);
        if (error.native == ERROR_NONE_MAPPED)
            error.code = Errc::not_found;
        return error;
    }
    name.resize(name_size);
    return name;
}

Error group_error(NET_API_STATUS status, std::string_view group) {
    Error error = error_of(status, "NetLocalGroupGetMembers", group);
    if (status == NERR_GroupNotFound || status == ERROR_NO_SUCH_ALIAS)
        error.code = Errc::not_found;
    return error;
}

// Every member, or the reason.
// https://learn.microsoft.com/windows/win32/api/lmaccess/nf-lmaccess-netlocalgroupgetmembers
Result<std::vector<GroupMember>> members_of(std::string_view sid) {
    const auto bytes = sid_to_bytes(sid);
    if (!bytes)
        return bytes.error();
    const auto name = name_of(*bytes, sid);
    if (!name)
        return name.error();
    std::vector<GroupMember> members;
    DWORD_PTR resume = 0;
    NET_API_STATUS status = ERROR_MORE_DATA;
    // A group that grows while it is read ends the loop all the same: each page is read once.
    for (int page = 0; status == ERROR_MORE_DATA && page < 1000; ++page) {
        NetMemory buffer;
        DWORD read = 0, total = 0;
        status = ::NetLocalGroupGetMembers(nullptr, name->c_str(), 2, buffer.out(), 65536, &read, &total, &resume);
        if (status != NERR_Success && status != ERROR_MORE_DATA)
            return group_error(status, sid);
        const auto* rows = reinterpret_cast<const LOCALGROUP_MEMBERS_INFO_2*>(buffer.get());
        for (DWORD row = 0; rows && row < read; ++row) {
            auto member = text_of(rows[row].lgrmi2_sid);
            if (!member)
                return member.error();
            // An account that was deleted has no name any more, but still counts as a member.
            const bool known = rows[row].lgrmi2_sidusage != SidTypeUnknown && rows[row].lgrmi2_domainandname;
            members.push_back({std::move(*member), known ? to_utf8(rows[row].lgrmi2_domainandname) : std::string()});
        }
    }
    if (status == ERROR_MORE_DATA)
        return Error{Errc::malformed, 0, "NetLocalGroupGetMembers(" + std::string(sid) + "), which does not end"};
    return members;
}

} // namespace

Result<std::vector<std::string>> accounts_with_right(std::string_view right) {
    LSA_OBJECT_ATTRIBUTES none{};
    Policy policy;
    const NTSTATUS status =
        ::LsaOpenPolicy(nullptr, &none, POLICY_VIEW_LOCAL_INFORMATION | POLICY_LOOKUP_NAMES, policy.out());
    if (status != 0)
        return error_of(::LsaNtStatusToWinError(status), "LsaOpenPolicy", "this machine");
    auto answer = holders(policy, right);
    if (!answer || !answer->empty())
        return answer;
    // Nobody? Every Windows has somebody who may pass through folders; where nobody has that right either, nobody
    // looked. https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings
    const auto control = holders(policy, "SeChangeNotifyPrivilege");
    if (control && control->empty())
        return Error{Errc::unsupported, 0, "LsaEnumerateAccountsWithUserRight, which names nobody for any right"};
    return answer;
}

Result<std::vector<GroupMember>> local_group(std::string_view sid) {
    auto members = members_of(sid);
    if (!members || !members->empty())
        return members;
    // Nobody? Administrators always has a member, the built-in account: where it has none either, nobody looked.
    // https://learn.microsoft.com/windows/security/identity-protection/access-control/local-accounts
    const auto control = members_of(sids::administrators);
    if (control && control->empty())
        return Error{Errc::unsupported, 0, "NetLocalGroupGetMembers, which names nobody for any group"};
    return members;
}

} // namespace rdpmedic::windows
