// What does the probe termservice find on a host whose services are as they are to be, but for one thing?
#pragma once

#include "probes/termservice.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::services {

inline constexpr const char* server = R"(C:\Windows\System32\svchost.exe -k termsvcs -s TermService)";
inline const std::string deny_policy = "HKLM\\" + keys::terminal_services_policy.key + ": fDenyTSConnections";
inline const std::string deny_local = "HKLM\\" + keys::terminal_server.key + ": fDenyTSConnections";

inline ServiceFacts service(const char* name, ServiceState state, StartType start) {
    ServiceFacts facts;
    facts.name = name;
    facts.state = state;
    facts.start = start;
    facts.type = 0x20;
    if (state == ServiceState::running) {
        facts.process_id = 1000;
        facts.services_in_process = 1;
    }
    return facts;
}

inline FakeHost healthy() {
    FakeHost host;
    ServiceFacts term = service("TermService", ServiceState::running, StartType::manual);
    term.account = R"(NT AUTHORITY\NetworkService)";
    term.binary_path = server;
    term.depends_on = {"RPCSS", "+Group"};
    host.services["termservice"] = term;
    host.services["sessionenv"] = service("SessionEnv", ServiceState::running, StartType::manual);
    host.services["umrdpservice"] = service("UmRdpService", ServiceState::running, StartType::manual);
    host.services["rpcss"] = service("RpcSs", ServiceState::running, StartType::automatic);
    host.services["lsm"] = service("LSM", ServiceState::running, StartType::automatic);
    host.services["certpropsvc"] = service("CertPropSvc", ServiceState::stopped, StartType::manual);
    host.services["keyiso"] = service("KeyIso", ServiceState::running, StartType::manual);
    host.services["cryptsvc"] = service("CryptSvc", ServiceState::running, StartType::automatic);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set(termservice::parameters_key, "ServiceDll", {2, std::string(R"(%SystemRoot%\System32\termsrv.dll)")});
    host.files[R"(%systemroot%\system32\termsrv.dll)"] = {R"(C:\Windows\System32\termsrv.dll)", 1, false, false};
    host.set_text(keys::windows_version, "SystemRoot", R"(C:\Windows)");
    return host;
}

inline std::vector<Finding> findings(const FakeHost& host, JudgeContext context = {}) {
    context.now = host.time;
    return termservice::judge(termservice::collect(host).value(), context);
}

// "code severity subject [repair]", a line a finding.
inline std::vector<std::string> lines(const std::vector<Finding>& found) {
    std::vector<std::string> result;
    for (const Finding& finding : found)
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject +
                         (finding.repair.empty() ? "" : " [" + finding.repair + "]"));
    return result;
}

using Lines = std::vector<std::string>;

// A clock for every subject of one code.
inline JudgeContext standing(std::string code, std::chrono::seconds age) {
    JudgeContext context;
    context.since = [code, since = FakeHost{}.time - age](std::string_view asked, std::string_view) {
        return asked == code ? std::optional<Time>(since) : std::nullopt;
    };
    return context;
}

} // namespace rdpmedic::testing::services
