// How does a service get another start type, account or process for its next start?
#include "agent/windows/control.hpp"

#include "agent/windows/service_calls.hpp"
#include "probes/formats/firewall_rule.hpp"
#include "probes/formats/sid.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

namespace {

Result<DWORD> start_type(StartType type) {
    switch (type) {
    case StartType::automatic:
        return DWORD{SERVICE_AUTO_START};
    case StartType::manual:
        return DWORD{SERVICE_DEMAND_START};
    case StartType::disabled:
        return DWORD{SERVICE_DISABLED};
    case StartType::boot:
    case StartType::system:
    case StartType::unknown:
        break;
    }
    return Error{Errc::unsupported, 0, "a start type that is not for services"};
}

// The accounts that have no password, under the names that the service control manager takes in every language.
// https://learn.microsoft.com/windows/win32/services/service-user-accounts
struct BuiltIn {
    const char* sid;
    const char* name;
};
constexpr BuiltIn built_in_accounts[] = {{"S-1-5-18", "LocalSystem"},
                                         {"S-1-5-19", "NT AUTHORITY\\LocalService"},
                                         {"S-1-5-20", "NT AUTHORITY\\NetworkService"}};

// LocalSystem is a name of the service control manager alone: LookupAccountName does not know it.
// https://learn.microsoft.com/windows/win32/services/localsystem-account
bool is_local_system(const std::string& account) {
    return same_ignoring_case(account, "LocalSystem") || same_ignoring_case(account, ".\\LocalSystem");
}

// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountnamew
Result<std::string> sid_of(const std::string& account) {
    if (is_local_system(account))
        return std::string(built_in_accounts[0].sid);
    for (const BuiltIn& one : built_in_accounts)
        if (same_ignoring_case(account, one.name))
            return std::string(one.sid);
    Bytes sid(SECURITY_MAX_SID_SIZE);
    wchar_t domain[256] = {};
    auto size = static_cast<DWORD>(sid.size()), domain_size = DWORD{256};
    SID_NAME_USE use{};
    if (!::LookupAccountNameW(nullptr, to_wide(account).c_str(), sid.data(), &size, domain, &domain_size, &use))
        return last_error("LookupAccountNameW", account);
    return sid_from_bytes(sid);
}

// The built-in account of that name. unsupported: it is another one, whose password nobody here has.
Result<BuiltIn> built_in(const std::string& account, const std::string& service) {
    const auto sid = account.empty() ? Result<std::string>(Error{Errc::malformed, 0, "no account"}) : sid_of(account);
    if (!sid)
        return sid.error();
    for (const BuiltIn& one : built_in_accounts)
        if (*sid == one.sid)
            return one;
    return Error{Errc::unsupported, 0,
                 "service " + service + " and the account " + account +
                     ", whose password would be needed to bring it back; change it by hand"};
}

struct Settings {
    DWORD type = SERVICE_NO_CHANGE;
    DWORD start = SERVICE_NO_CHANGE;
    const wchar_t* account = nullptr;
};

// Where an account is named, its password is the empty one, as documented for the built-in accounts.
// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-changeserviceconfigw
Result<> configure(const std::string& service, const Settings& settings) {
    const auto handle = open_service(service, SERVICE_CHANGE_CONFIG);
    if (!handle)
        return handle.error();
    const wchar_t* const password = settings.account ? L"" : nullptr;
    const DWORD code = while_locked([&] {
        return code_of(::ChangeServiceConfigW(handle->get(), settings.type, settings.start, SERVICE_NO_CHANGE, nullptr,
                                              nullptr, nullptr, nullptr, settings.account, password, nullptr));
    });
    if (code != ERROR_SUCCESS)
        return error_of(code, "ChangeServiceConfigW", service);
    return {};
}

// Per-user services and those that talk to the desktop have more bits, which would be lost.
bool is_plain(std::uint32_t type) noexcept {
    return type == SERVICE_WIN32_OWN_PROCESS || type == SERVICE_WIN32_SHARE_PROCESS;
}

} // namespace

Result<Change> capture_change(const SetServiceStart& change) {
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    if (const auto type = start_type(facts->start); !type)
        return type.error();
    return Change{SetServiceStart{change.service, facts->start}};
}

// The same account is written as the change writes it: two names of one account are no difference.
Result<Change> capture_change(const SetServiceAccount& change) {
    const auto wanted = built_in(change.account, change.service);
    if (!wanted)
        return wanted.error();
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    const auto present = built_in(facts->account, change.service);
    if (!present)
        return present.error();
    return Change{SetServiceAccount{change.service, present->sid == wanted->sid ? change.account : present->name}};
}

Result<Change> capture_change(const SetServiceType& change) {
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    if (!is_plain(change.type) || !is_plain(facts->type))
        return Error{Errc::unsupported, 0,
                     "service " + change.service + " is of type " + std::to_string(facts->type) +
                         "; only 16 (own process) and 32 (shared process) are changed"};
    return Change{SetServiceType{change.service, facts->type}};
}

Result<> apply_change(const SetServiceStart& change) {
    const auto type = start_type(change.start);
    if (!type)
        return type.error();
    return configure(change.service, {SERVICE_NO_CHANGE, *type, nullptr});
}

// Effective with the next start of the service.
Result<> apply_change(const SetServiceAccount& change) {
    const auto account = built_in(change.account, change.service);
    if (!account)
        return account.error();
    return configure(change.service, {SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, to_wide(account->name).c_str()});
}

// Effective with the next start of the service.
Result<> apply_change(const SetServiceType& change) {
    if (!is_plain(change.type))
        return Error{Errc::unsupported, 0, "a service type other than own process and shared process"};
    return configure(change.service, {change.type, SERVICE_NO_CHANGE, nullptr});
}

} // namespace rdpmedic::windows
