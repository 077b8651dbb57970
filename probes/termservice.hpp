// Do the services that carry Remote Desktop run, and will they start again?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::termservice {

// A service without which TermService does not start or does not do its work.
struct Dependency {
    std::string name;
    bool declared = false; // the service control manager itself will not start TermService without it
    Result<ServiceFacts> service = Error{Errc::unsupported, 0, "not read"};
    bool listed = false; // RCDependentServices names it
};

// A service or driver without which SessionEnv or UmRdpService does not start.
struct CompanionDependency {
    std::string companion, name;
    Result<ServiceFacts> service = Error{Errc::unsupported, 0, "not read"};
};

// A service that TermService itself starts and stops, with who may do so.
struct Companion {
    std::string name;
    Result<Bytes> security = Error{Errc::unsupported, 0, "not read"};
};

struct Facts {
    Result<ServiceFacts> term_service = Error{Errc::unsupported, 0, "not read"};
    Result<ServiceFacts> session_env = Error{Errc::unsupported, 0, "not read"};    // makes and binds the certificate
    Result<ServiceFacts> um_rdp_service = Error{Errc::unsupported, 0, "not read"}; // redirects devices
    // The services that TermService itself starts: RCDependentServices of Terminal Server, CertPropSvc and SessionEnv
    // on untouched hosts. not_found: no such value.
    Result<std::vector<std::string>> started_services = Error{Errc::not_found, 0, "not read"};
    std::vector<Dependency> dependencies;
    // What SessionEnv and UmRdpService declare beside those; asked for only where they could run and do not.
    std::vector<CompanionDependency> companion_dependencies;
    Result<Setting> deny_connections = Error{Errc::unsupported, 0, "not read"}; // fDenyTSConnections, policy over local
    Result<std::string> service_dll = Error{Errc::unsupported, 0, "not read"};  // as stored, not expanded
    Result<FileFacts> service_dll_file = Error{Errc::unsupported, 0, "not read"};
    // Looked at once an hour, because it takes hashing the file.
    Result<SignatureFacts> service_dll_signature = Error{Errc::unsupported, 0, "not read"};
    // The services that svchost.exe runs in the group of TermService; not_found: no such list.
    Result<std::vector<std::string>> svchost_group = Error{Errc::not_found, 0, "not read"};
    std::vector<Companion> companions;
    Result<std::string> system_root = Error{Errc::unsupported, 0, "not read"}; // "C:\\Windows"
    // Of TermService; asked for only while it is starting or stopping.
    Result<ProcessFacts> process = Error{Errc::not_found, 0, "not asked"};
};

inline const RegistryPath parameters_key{R"(SYSTEM\CurrentControlSet\Services\TermService\Parameters)"};
inline const RegistryPath svchost_key{R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost)"};

// Reads every fact; what could not be read is an error inside the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);
// The same, with what a look at the signature costs spared where the notes of `context` hold one.
Result<Facts> collect_with_notes(const Host& host, const JudgeContext& context);

// The findings of probes/README.md, section termservice. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// Is Remote Desktop switched on? fDenyTSConnections 0 is on and 1 is off; not set, unreadable and any other number are
// unknown: https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-error-general-troubleshooting
enum class RdpSwitch { on, off, unknown };
RdpSwitch rdp_switch(const Facts& facts);

// Does the account name of TermService mean NT AUTHORITY\NetworkService? Names of accounts are localised, so a name
// that is neither a known form of it nor surely another account is unknown. Pure.
enum class Account { network_service, other, unknown };
Account account_of(std::string_view name);

// Is it an account of Windows that has no password, so that it can be put back once it was changed? Pure.
bool has_no_password(std::string_view account);

// Can a dependency be enabled: declared, disabled, and a service, whose usual start type can be known? A driver's is
// part of its installation. Pure.
bool can_be_enabled(const Dependency& dependency);

// What ends the hang of a TermService that its facts show starting or stopping? The judge says whether it hangs. Pure.
enum class HungCure {
    restart,     // it takes a stop, alone in its process
    end_process, // it takes none, and its process, whose start is known, serves nothing else
    own_process, // its process serves others too: from the next start of Windows on it has one of its own
    none,
};
HungCure cure_of_hung(const Facts& facts);

// What a Windows error code says about a service that did not start or did not stay: name, meaning, and what to do.
// "1067 (ERROR_PROCESS_ABORTED): the process ended unexpectedly; look for ..."; the number alone where it is not known.
// 1066 says that the service's own number `specific` counts.
std::string explain_exit_code(std::uint32_t code, std::uint32_t specific = 0);

// start_pending, stop_pending, continue_pending or pause_pending.
bool is_pending(ServiceState state);

// termservice_companions.cpp: what SessionEnv and UmRdpService declare, and whether it can start. The first asks after
// the services of `facts` were read, and blocks as Host does; the second is pure.
std::vector<CompanionDependency> collect_companion_dependencies(const Host& host, const Facts& facts);
std::vector<Finding> judge_companion_dependencies(const Facts& facts);

// termservice_parts.cpp: who has put something else in the place of Windows' own parts. Pure.
std::vector<Finding> judge_parts(const Facts& facts);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::termservice
