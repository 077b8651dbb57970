// Is every state of the Remote Desktop services judged by what is known, and by nothing else?
#include "probes/termservice_words.hpp"
#include "tests/probes/termservice_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::termservice;
using namespace rdpmedic::testing::services;
using testing::FakeHost;

TEST_CASE("a healthy host has no termservice findings") { CHECK(lines(findings(healthy())) == Lines{}); }

TEST_CASE("each change to a healthy host gives exactly the findings that it deserves") {
    struct Row {
        const char* what;
        std::function<void(FakeHost&)> change;
        Lines expected;
    };
    const auto term = [](auto change) { return [change](FakeHost& host) { change(host.services["termservice"]); }; };
    const auto row = GENERATE_COPY(
        Row{"stopped",
            term([](auto& s) { s.state = ServiceState::stopped; }),
            {"termservice.not_running critical TermService [termservice]"}},
        Row{"paused",
            term([](auto& s) { s.state = ServiceState::paused; }),
            {"termservice.not_running critical TermService"}},
        Row{"never started",
            term([](auto& s) { s.state = ServiceState::stopped, s.exit_code = 1077; }),
            {"termservice.not_running critical TermService [termservice]"}},
        Row{"crashed",
            term([](auto& s) { s.state = ServiceState::stopped, s.exit_code = 1067; }),
            {"termservice.not_running critical TermService [termservice]",
             "termservice.exit_code warning TermService"}},
        Row{"an exit code while it runs", term([](auto& s) { s.exit_code = 1067; }), {}},
        Row{"disabled but running",
            term([](auto& s) { s.start = StartType::disabled; }),
            {"termservice.disabled critical TermService [termservice]"}},
        Row{"automatic", term([](auto& s) { s.start = StartType::automatic; }), {}},
        Row{"unknown state",
            term([](auto& s) { s.state = ServiceState::unknown; }),
            {"termservice.unknown unknown state of TermService"}},
        Row{"unknown start type",
            term([](auto& s) { s.start = StartType::unknown; }),
            {"termservice.unknown unknown start type of TermService"}},
        Row{"missing", [](auto& h) { h.services.erase("termservice"); }, {"termservice.missing critical TermService"}},
        Row{"shared process, as on older clients", term([](auto& s) { s.services_in_process = 4; }), {}},
        Row{"shared process that does not come to an end",
            term([](auto& s) { s.services_in_process = 4, s.state = ServiceState::stop_pending; }),
            {"termservice.pending info TermService stopping, process 1000, checkpoint 0",
             "termservice.shared_process info TermService"}},
        Row{"wrong account, still running",
            term([](auto& s) { s.account = "LocalSystem"; }),
            {"termservice.wrong_account warning TermService [termservice]"}},
        Row{"an account without a password, stopped",
            term([](auto& s) { s.account = R"(NT AUTHORITY\LocalService)", s.state = ServiceState::stopped; }),
            {"termservice.not_running critical TermService [termservice]",
             "termservice.wrong_account critical TermService [termservice]"}},
        Row{"wrong account, stopped",
            term([](auto& s) { s.account = R"(.\user07)", s.state = ServiceState::stopped, s.exit_code = 1069; }),
            {"termservice.not_running critical TermService", "termservice.exit_code warning TermService",
             "termservice.wrong_account critical TermService"}},
        Row{"an account in another language",
            term([](auto& s) { s.account = R"(AUTORITE NT\SERVICE R)"; }),
            {"termservice.unknown unknown account of TermService"}},
        Row{"client edition's group",
            term([](auto& s) { s.binary_path = R"(%SystemRoot%\system32\svchost.exe -k NetworkService)"; }),
            {}},
        Row{"own group",
            term([](auto& s) { s.binary_path = R"(C:\Windows\System32\svchost.exe -k netsvcs)"; }),
            {"termservice.host_process warning TermService"}},
        Row{"own program",
            term([](auto& s) { s.binary_path = R"(C:\Temp\System32\svchost.exe -k termsvcs)"; }),
            {"termservice.host_process warning TermService"}},
        Row{"no program", term([](auto& s) { s.binary_path = ""; }), {"termservice.host_process warning TermService"}},
        Row{"RDP Wrapper",
            [](auto& h) {
                h.set_text(parameters_key, "ServiceDll", R"(%ProgramFiles%\RDP Wrapper\rdpwrap.dll)");
                h.files[R"(%programfiles%\rdp wrapper\rdpwrap.dll)"] = {};
            },
            {"termservice.service_dll warning TermService"}},
        Row{"termsrv.dll elsewhere",
            [](auto& h) {
                h.set_text(parameters_key, "ServiceDll", R"(D:\System32\termsrv.dll)");
                h.files[R"(d:\system32\termsrv.dll)"] = {};
            },
            {"termservice.service_dll warning TermService"}},
        Row{"termsrv.dll deleted",
            [](auto& h) { h.files.clear(); },
            {"termservice.service_dll_missing critical TermService"}},
        Row{"no ServiceDll",
            [](auto& h) { h.registry[FakeHost::lower(parameters_key.key)].clear(); },
            {"termservice.service_dll critical TermService"}},
        Row{"SessionEnv disabled",
            [](auto& h) { h.services["sessionenv"].start = StartType::disabled; },
            {"termservice.sessionenv_disabled critical SessionEnv [termservice]"}},
        Row{"SessionEnv stopped", [](auto& h) { h.services["sessionenv"].state = ServiceState::stopped; }, {}},
        Row{"SessionEnv crashed",
            [](auto& h) {
                h.services["sessionenv"].state = ServiceState::stopped;
                h.services["sessionenv"].exit_code = 1067;
            },
            {"termservice.exit_code warning SessionEnv"}},
        Row{"SessionEnv missing",
            [](auto& h) { h.services.erase("sessionenv"); },
            {"termservice.missing warning SessionEnv"}},
        Row{"UmRdpService disabled",
            [](auto& h) { h.services["umrdpservice"].start = StartType::disabled; },
            {"termservice.umrdpservice_disabled warning UmRdpService [termservice]"}},
        Row{"UmRdpService missing",
            [](auto& h) { h.services.erase("umrdpservice"); },
            {"termservice.missing warning UmRdpService"}},
        Row{"RpcSs disabled",
            [](auto& h) { h.services["rpcss"].start = StartType::disabled; },
            {"termservice.dependency_disabled critical RpcSs [termservice]"}},
        Row{"a declared service disabled",
            [](auto& h) {
                h.services["termservice"].depends_on.push_back("Other");
                h.services["other"] = service("Other", ServiceState::stopped, StartType::disabled);
                h.services["termservice"].state = ServiceState::stopped;
            },
            {"termservice.not_running critical TermService [termservice]",
             "termservice.dependency_disabled critical Other [termservice]"}},
        Row{"RpcSs missing",
            [](auto& h) { h.services.erase("rpcss"); },
            {"termservice.dependency_missing critical RpcSs"}},
        Row{"KeyIso disabled",
            [](auto& h) { h.services["keyiso"].start = StartType::disabled; },
            {"termservice.dependency_disabled warning KeyIso"}},
        Row{"LSM is no service on old versions", [](auto& h) { h.services.erase("lsm"); }, {}},
        Row{"KeyIso disabled does not keep TermService from starting",
            [](auto& h) {
                h.services["keyiso"].start = StartType::disabled;
                h.services["termservice"].state = ServiceState::stopped;
            },
            {"termservice.not_running critical TermService [termservice]",
             "termservice.dependency_disabled warning KeyIso"}},
        Row{"a declared driver disabled",
            [](auto& h) {
                h.services["termservice"].depends_on.push_back("TermDD");
                h.services["termdd"] = service("TermDD", ServiceState::stopped, StartType::disabled);
                h.services["termdd"].type = 1;
                h.services["termservice"].state = ServiceState::stopped;
            },
            {"termservice.not_running critical TermService", "termservice.dependency_disabled critical TermDD"}},
        Row{"switched off",
            [](auto& h) { h.set_dword(keys::terminal_server, "fDenyTSConnections", 1); },
            {"termservice.rdp_off info "}},
        Row{"neither on nor off",
            [](auto& h) { h.set_dword(keys::terminal_server, "fDenyTSConnections", 2); },
            {"termservice.rdp_switch_invalid warning fDenyTSConnections"}},
        Row{"a switch of another type",
            [](auto& h) { h.set_text(keys::terminal_server, "fDenyTSConnections", "0"); },
            {"termservice.rdp_switch_invalid warning fDenyTSConnections"}});
    FakeHost host = healthy();
    row.change(host);
    INFO(row.what);
    CHECK(lines(findings(host)) == row.expected);
}

TEST_CASE("what cannot be read is unknown, neither good nor bad") {
    const auto [read, expected] = GENERATE(table<std::string, std::string>({
        {"service TermService", "TermService"},
        {"service SessionEnv", "SessionEnv"},
        {"service UmRdpService", "UmRdpService"},
        {"service RpcSs", "RpcSs"},
        {"service LSM", "LSM"},
        {"service KeyIso", "KeyIso"},
        {"registry_value " + deny_policy, "fDenyTSConnections"},
        {"registry_value " + deny_local, "fDenyTSConnections"},
        {"registry_value HKLM\\" + parameters_key.key + ": ServiceDll", "ServiceDll of TermService"},
        {"file %SystemRoot%\\System32\\termsrv.dll", "file %SystemRoot%\\System32\\termsrv.dll"},
        {"registry_value HKLM\\" + keys::windows_version.key + ": SystemRoot", "SystemRoot"},
    }));
    FakeHost host = healthy();
    host.fail(read, {Errc::access_denied, 5, "the call"});
    INFO(read);
    CHECK(lines(findings(host)) == Lines{"termservice.unknown unknown " + expected});
}

TEST_CASE("a switch that means nothing names its value, and the policy that owns it") {
    FakeHost host = healthy();
    host.set_text(keys::terminal_services_policy, "fDenyTSConnections", "1");
    const auto found = findings(host);
    REQUIRE(lines(found) == Lines{"termservice.rdp_switch_invalid warning fDenyTSConnections"});
    CHECK(found[0].policy == deny_policy);
    CHECK(found[0].evidence == Lines{deny_policy + " (registry type 1, expected REG_DWORD)"});
    host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 7);
    CHECK(findings(host).at(0).evidence == Lines{deny_policy + " = 7"});
}

TEST_CASE("a service whose switch is not known is not called a failure") {
    FakeHost host = healthy();
    host.services["termservice"].state = ServiceState::stopped;
    SECTION("not set") {
        host.registry.erase(FakeHost::lower(keys::terminal_server.key));
        const auto found = findings(host);
        CHECK(lines(found) == Lines{"termservice.not_running warning TermService [termservice]"});
        CHECK_THAT(found[0].evidence[1], Catch::Contains("fDenyTSConnections: not found"));
    }
    SECTION("unreadable") {
        host.fail("registry_value " + deny_policy, {Errc::access_denied, 5, "the call"});
        CHECK(lines(findings(host)) == Lines{"termservice.unknown unknown fDenyTSConnections",
                                             "termservice.not_running warning TermService [termservice]"});
    }
}

TEST_CASE(
    "a stopped service of a host with Remote Desktop switched off is no failure, and nothing offers to start it") {
    FakeHost host = healthy();
    host.services["termservice"].state = ServiceState::stopped;
    host.services["termservice"].start = StartType::disabled;
    host.services["sessionenv"].start = StartType::disabled;
    const Lines expected{"termservice.rdp_off info ", "termservice.disabled info TermService",
                         "termservice.sessionenv_disabled info SessionEnv"};
    SECTION("by the host") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        const auto found = findings(host);
        CHECK(lines(found) == expected);
        CHECK(found[0].policy.empty());
        CHECK(found[0].evidence == Lines{deny_local + " = 1"});
    }
    SECTION("by policy, which is named") {
        host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 1);
        const auto found = findings(host);
        CHECK(lines(found) == expected);
        CHECK(found[0].policy == deny_policy);
        CHECK(found[0].evidence == Lines{deny_policy + " = 1"});
    }
    SECTION("a policy that switches it on beats the local value") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 0);
        CHECK(lines(findings(host))[0] == "termservice.not_running critical TermService [termservice]");
    }
}

TEST_CASE("a foreign DLL is reported even where Remote Desktop is switched off") {
    FakeHost host = healthy();
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    host.set_text(parameters_key, "ServiceDll", R"(C:\Temp\a.dll)");
    host.files[R"(c:\temp\a.dll)"] = {};
    CHECK(lines(findings(host)) == Lines{"termservice.rdp_off info ", "termservice.service_dll warning TermService"});
}

TEST_CASE("exit codes are explained, and service-specific ones show the service's own number") {
    CHECK_THAT(explain_exit_code(1067), Catch::StartsWith("1067 (ERROR_PROCESS_ABORTED): "));
    CHECK_THAT(explain_exit_code(1053), Catch::Contains("did not answer in time"));
    CHECK_THAT(explain_exit_code(1058), Catch::Contains("is disabled"));
    CHECK_THAT(explain_exit_code(1069), Catch::Contains("could not log on"));
    CHECK(explain_exit_code(4242) == "4242");
    FakeHost host = healthy();
    host.services["sessionenv"].state = ServiceState::stopped;
    host.services["sessionenv"].exit_code = 1066;
    host.services["sessionenv"].specific_exit_code = 77;
    CHECK_THAT(findings(host)[0].text, Catch::Contains("service-specific error 77"));
}
