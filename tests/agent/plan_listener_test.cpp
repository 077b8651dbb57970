// Does the repair of the listener put back what is wrong, ask where it is a decision, and only ever make it safer?
#include "agent/repair/only_up.hpp"
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Lines = std::vector<std::string>;
using Value = std::optional<std::uint32_t>;

const RegistryPath policy = keys::terminal_services_policy;
const Options everything{{"enable_rdp", "true"}, {"end_drain", "true"}, {"stop_port_owner", "true"}};
const std::string other_service = R"(C:\Program Files\Other\other.exe)";

Plan plan_for(const FakeHost& host, const Options& options = {}) { return plan_of(listener_repair(), host, options); }

std::string set_to(const RegistryPath& key, const std::string& name, std::uint32_t value) {
    return "set the value HKLM\\" + key.key + ": " + name + " to " + std::to_string(value);
}

void check_refused(const Plan& plan, const std::string& because) {
    INFO(obstacles_of(plan));
    CHECK(plan.rungs.empty());
    CHECK(obstacles_of(plan).find(because) != std::string::npos);
}

} // namespace

TEST_CASE("a listener as Windows sets it up calls for nothing") {
    const Plan plan = plan_for(RdpHost());
    CHECK(cures_of(plan) == Lines{});
    CHECK(ladder_of(plan) == "");
    CHECK(plan.obstacles == Lines{});
}

TEST_CASE("each value out of its range goes back to the documented one, and TermService is the last resort") {
    struct Row {
        RegistryPath key;
        const char* name;
        std::uint32_t wrong, right;
    };
    for (const Row& row :
         {Row{keys::rdp_tcp, "SecurityLayer", 7, 2}, Row{keys::rdp_tcp, "UserAuthentication", 5, 1},
          Row{keys::rdp_tcp, "MinEncryptionLevel", 0, 3}, Row{keys::rdp_tcp, "fAllowSecProtocolNegotiation", 2, 1},
          Row{keys::rdp_tcp, "fAllowSecProtocolNegotiation", 0, 1}, Row{keys::rdp_tcp, "fEnableWinStation", 0, 1},
          Row{keys::rdp_tcp, "fEnableWinStation", 9, 1}, Row{keys::rdp_tcp, "fLogonDisabled", 1, 0},
          Row{keys::rdp_tcp, "MaxInstanceCount", 0, 0xFFFFFFFF}, Row{keys::terminal_server, "TSEnabled", 0, 1},
          Row{keys::terminal_server, "TSUserEnabled", 1, 0}}) {
        INFO(row.name << " " << row.wrong);
        RdpHost host;
        host.set_dword(row.key, row.name, row.wrong);
        const Plan plan = plan_for(host);
        CHECK(plan.cures.size() == 1);
        REQUIRE(ladder_of(plan) == "values restart");
        CHECK(changes_of(plan.rungs[0]) == Lines{set_to(row.key, row.name, row.right)});
        CHECK_FALSE(plan.rungs[0].disconnects_sessions);
        CHECK(plan.rungs[1].disconnects_sessions);
        CHECK(plan.sessions == Lines{"EXAMPLE\\anna (session 3, RDP-Tcp#3, active)"});
        check_offers(listener_repair(), host, {});
    }
}

TEST_CASE("a value of the wrong type is put back with the right one") {
    RdpHost host;
    host.set_text(keys::rdp_tcp, "SecurityLayer", "2");
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "values restart");
    CHECK(std::get<SetRegistryValue>(plan.rungs[0].changes[0]).value == RegistryValue{4, 2u});
}

TEST_CASE("what quick repairs have weakened is raised again, each value that they have lowered") {
    RdpHost host;
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 0);
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 1);
    SECTION("two of them") {
        const Plan plan = plan_for(host);
        CHECK(cures_of(plan) == Lines{"listener.weakened_by_prior_repair"});
        CHECK(changes_of(plan.rungs.at(0)) ==
              Lines{set_to(keys::rdp_tcp, "SecurityLayer", 2), set_to(keys::rdp_tcp, "MinEncryptionLevel", 3)});
    }
    SECTION("all of them") {
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        CHECK(plan_for(host).rungs.at(0).changes.size() == 3);
    }
    SECTION("one belongs to a policy, so that the finding would stand") {
        host.set_dword(policy, "SecurityLayer", 0);
        check_refused(plan_for(host), "SecurityLayer");
        CHECK(plan_for(host).blocked_by_policy == "HKLM\\" + policy.key + ": SecurityLayer");
    }
    check_offers(listener_repair(), host, {});
}

TEST_CASE("no plan of any repair lowers the security of the listener, whatever stands there") {
    const Value layers[] = {std::nullopt, 0, 1, 2, 3}, users[] = {std::nullopt, 0, 1, 2},
                levels[] = {std::nullopt, 0, 1, 2, 3, 4, 5};
    const std::vector<std::pair<Repair, Options>> repairs{{listener_repair(), everything},
                                                          {tls_repair(), {{"remove_cipher_policy", "true"}}},
                                                          {firewall_repair(), {{"public_profile", "true"}}},
                                                          {transport_repair(), {{"udp", "off"}}},
                                                          {termservice_repair(), {}},
                                                          {cert_repair(), {}}};
    int changes = 0;
    const RdpHost healthy;
    for (const Value layer : layers)
        for (const Value user : users)
            for (const Value level : levels)
                for (const bool off : {false, true}) {
                    RdpHost host = healthy;
                    host.set_dword(keys::terminal_server, "fDenyTSConnections", off ? 1 : 0);
                    for (const auto& [name, value] : std::map<const char*, Value>{
                             {"SecurityLayer", layer}, {"UserAuthentication", user}, {"MinEncryptionLevel", level}}) {
                        host.drop(keys::rdp_tcp, name);
                        if (value)
                            host.set_dword(keys::rdp_tcp, name, *value);
                    }
                    for (const auto& [repair, options] : repairs)
                        for (const Rung& rung : plan_of(repair, host, options).rungs)
                            for (const Change& change : rung.changes) {
                                const auto* set = std::get_if<SetRegistryValue>(&change);
                                if (set == nullptr || set->key != keys::rdp_tcp)
                                    continue;
                                ++changes;
                                const Value after =
                                    set->value ? Value(std::get<std::uint32_t>(set->value->data)) : Value();
                                if (!raises(set->name, host.dword(keys::rdp_tcp, set->name.c_str()), after))
                                    FAIL(repair.name << ": " << describe(change));
                            }
                }
    CHECK(changes > 300);
}

TEST_CASE("a value may rise and never fall") {
    for (const auto& [name, least, most, documented] :
         {std::tuple{"SecurityLayer", 0u, 2u, 2u}, std::tuple{"UserAuthentication", 0u, 1u, 1u},
          std::tuple{"MinEncryptionLevel", 1u, 4u, 3u}}) {
        INFO(name);
        for (std::uint32_t before = least; before <= most; ++before)
            for (std::uint32_t after = 0; after <= most + 1; ++after)
                CHECK(raises(name, before, after) == (after >= before && after <= most));
        for (const Value before : {Value(), Value(most + 1)}) {
            CHECK(raises(name, before, documented));
            CHECK_FALSE(raises(name, before, documented - 1));
        }
        CHECK_FALSE(raises(name, documented, std::nullopt));
    }
    CHECK_FALSE(raises("securitylayer", 2, 1)); // names of values compare without case
    CHECK(raises("PortNumber", 3390, 3389));
}

TEST_CASE("what a policy owns is refused with its name") {
    RdpHost host;
    host.set_dword(policy, "SecurityLayer", 7);
    const Plan plan = plan_for(host);
    check_refused(plan, "A policy owns it");
    CHECK(cures_of(plan) == Lines{"listener.security_layer_invalid SecurityLayer"});
    CHECK(plan.blocked_by_policy == "HKLM\\" + policy.key + ": SecurityLayer");
    CHECK(plan.cures[0].policy == plan.blocked_by_policy);
    CHECK(plan.cures[0].repair == "");
}

TEST_CASE("the host's own deny under a policy that allows is taken away without asking") {
    RdpHost host;
    host.set_dword(policy, "fDenyTSConnections", 0);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "values"); // RDP works: nothing is restarted for it
    CHECK(changes_of(plan.rungs[0]) == Lines{set_to(keys::terminal_server, "fDenyTSConnections", 0)});
    check_offers(listener_repair(), host, {});
}

TEST_CASE("Remote Desktop is switched on only for who asks for it") {
    RdpHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 0);
    const Options enable{{"enable_rdp", "true"}};
    SECTION("not asked for") {
        const Plan plan = plan_for(host);
        CHECK_FALSE(plan.is_called_for());
        check_refused(plan, "enable_rdp=true");
        check_offers(listener_repair(), host, {});
    }
    SECTION("asked for, with what would be a fault once it is on") {
        const Plan plan = plan_for(host, enable);
        CHECK(plan.asked_for == "Remote Desktop switched on");
        REQUIRE(ladder_of(plan) == "values restart");
        CHECK(changes_of(plan.rungs[0]) ==
              Lines{set_to(keys::terminal_server, "fDenyTSConnections", 0), set_to(keys::rdp_tcp, "SecurityLayer", 2)});
        CHECK(plan.rungs[0].disruption.find("the repair firewall") != std::string::npos);
    }
    SECTION("asked for, and another consent is missing: that is not waited for") {
        host.set_dword(keys::rdp_tcp, "SecurityLayer", 2);
        host.set_dword(keys::terminal_server, "TSServerDrainMode", 1);
        const Plan plan = plan_for(host, enable);
        CHECK(ladder_of(plan) == "values restart");
        CHECK(plan.cures.empty());
        CHECK(obstacles_of(plan).find("end_drain=true") != std::string::npos);
    }
    SECTION("asked for where TermService is stopped") {
        RdpHost::set_state(host.term_service(), ServiceState::stopped);
        const Plan plan = plan_for(host, enable);
        REQUIRE(ladder_of(plan) == "values");
        CHECK(changes_of(plan.rungs[0]).back() == "start service TermService");
    }
    SECTION("a policy forbids it") {
        host.set_dword(policy, "fDenyTSConnections", 1);
        for (const Options& options : {Options{}, enable}) {
            check_refused(plan_for(host, options), "change it there");
            CHECK(plan_for(host, options).blocked_by_policy == "HKLM\\" + policy.key + ": fDenyTSConnections");
        }
    }
    SECTION("whether a policy forbids it cannot be read") {
        host.set_dword(keys::rdp_tcp, "SecurityLayer", 2); // which would be raised all the same
        host.fail("registry_value HKLM\\" + policy.key + ": fDenyTSConnections",
                  {Errc::access_denied, 5, "RegOpenKeyExW"});
        check_refused(plan_for(host, enable), "RegOpenKeyExW");
    }
    SECTION("it is on already") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        host.set_dword(keys::rdp_tcp, "SecurityLayer", 2);
        const Plan plan = plan_for(host, enable);
        CHECK(plan.rungs.empty());
        CHECK(plan.obstacles == Lines{});
    }
}

TEST_CASE("the drain mode is ended in both places, and only for who asks for it") {
    RdpHost host;
    host.set_dword(keys::terminal_server, "TSServerDrainMode", 1);
    host.set_dword(keys::rdp_tcp, "TSServerDrainMode", 2);
    check_refused(plan_for(host), "end_drain=true");
    CHECK(cures_of(plan_for(host)) == Lines{"listener.drain_mode"});
    const Plan plan = plan_for(host, {{"end_drain", "true"}});
    REQUIRE(ladder_of(plan) == "values");
    CHECK(changes_of(plan.rungs[0]) ==
          Lines{set_to(keys::terminal_server, "TSServerDrainMode", 0), set_to(keys::rdp_tcp, "TSServerDrainMode", 0)});
    check_offers(listener_repair(), host, everything);
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 7); // what needs no consent is cured without it
    CHECK(cures_of(plan_for(host)) == Lines{"listener.security_layer_invalid SecurityLayer"});
    CHECK(ladder_of(plan_for(host)) == "values restart");
}

TEST_CASE("a foreign service that holds the port is stopped only for who asks for it") {
    RdpHost host;
    host.hold_port_by("OtherSvc", other_service.c_str());
    check_refused(plan_for(host), "stop_port_owner=true to stop the service OtherSvc");
    const Plan plan = plan_for(host, {{"stop_port_owner", "true"}});
    REQUIRE(ladder_of(plan) == "port-owner restart");
    CHECK(changes_of(plan.rungs[0]) == Lines{"stop service OtherSvc"});
    CHECK(cures_of(plan) == Lines{"listener.port_stolen TCP"});
    check_offers(listener_repair(), host, everything);
}

TEST_CASE("what holds the port and is no foreign service is named and left") {
    RdpHost host;
    std::string because;
    SECTION("a service of Windows") {
        host.hold_port_by("OtherSvc", R"(c:\windows\System32\svchost.exe)");
        because = "one of Windows' own";
    }
    SECTION("the kernel") {
        host.hold_port_by("HTTP", "System");
        because = "one of Windows' own";
    }
    SECTION("a program that could not be read") {
        host.hold_port_by("OtherSvc", "");
        because = "one of Windows' own";
    }
    SECTION("a program without a service") {
        host.hold_port_by("OtherSvc", other_service.c_str());
        host.give("services", std::vector<ServiceSummary>{});
        because = "no service that could be stopped";
    }
    SECTION("a process with several services") {
        host.hold_port_by("OtherSvc", other_service.c_str());
        host.give("services", std::vector<ServiceSummary>{{"A", "A", 0x20, ServiceState::running, 4400},
                                                          {"B", "B", 0x20, ServiceState::running, 4400}});
        because = "several services";
    }
    SECTION("nobody knows where Windows is") {
        host.hold_port_by("OtherSvc", other_service.c_str());
        host.drop(keys::windows_version, "SystemRoot");
        because = "is not known";
    }
    check_refused(plan_for(host, everything), because);
    check_offers(listener_repair(), host, everything);
}

TEST_CASE("the port number is reported and not set") {
    RdpHost host;
    host.set_dword(keys::rdp_tcp, "PortNumber", 70000);
    check_refused(plan_for(host, everything), "PortNumber");
    CHECK(cures_of(plan_for(host)) == Lines{"listener.port_invalid"});
}

TEST_CASE("where TermService cannot be restarted, the last rung waits for the restart of Windows") {
    RepairBench bench(listener_repair());
    bench.host.set_dword(keys::rdp_tcp, "SecurityLayer", 7);
    bench.host.term_service().services_in_process = 4;
    bench.host.hangs_up();
    REQUIRE(ladder_of(plan_for(bench.host)) == "values at-restart");
    const Job job = bench.run({}, false);
    CHECK(job.outcome == Outcome::pending_reboot);
    CHECK(bench.host.dword(keys::rdp_tcp, "SecurityLayer") == 2u);
    SECTION("cured by it") {
        bench.host.serves();
        CHECK(bench.restart(job.id).outcome == Outcome::repaired);
        CHECK(bench.host.dword(keys::rdp_tcp, "SecurityLayer") == 2u);
    }
    SECTION("not cured by it") {
        CHECK(bench.restart(job.id).outcome == Outcome::rolled_back);
        CHECK(bench.host.dword(keys::rdp_tcp, "SecurityLayer") == 7u);
    }
}

TEST_CASE("a listener that takes its value at once is repaired without a restart") {
    RepairBench bench(listener_repair());
    bench.host.set_dword(keys::rdp_tcp, "SecurityLayer", 7);
    bench.host.hangs_up();
    bench.control.after_change = [&](FakeHost&) { bench.host.serves(); };
    const Job job = bench.run({}, false);
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.control.writes == 1);
    CHECK(bench.run({}, false).outcome == Outcome::not_needed);
}

TEST_CASE("a listener that takes its value when it starts is repaired by the restart, if that is allowed") {
    RepairBench bench(listener_repair());
    bench.host.set_dword(keys::rdp_tcp, "SecurityLayer", 7);
    bench.host.hangs_up();
    bench.control.after_change = [&, stopped = false](FakeHost&) mutable {
        stopped = stopped || bench.host.term_service().state == ServiceState::stopped;
        if (stopped && bench.host.term_service().state == ServiceState::running)
            bench.host.serves();
    };
    SECTION("allowed") {
        const Job job = bench.run();
        INFO(job.reason);
        CHECK(job.outcome == Outcome::repaired);
        CHECK(bench.host.services["umrdpservice"].state == ServiceState::running);
    }
    SECTION("not allowed") {
        const Job job = bench.run({}, false);
        CHECK(job.outcome == Outcome::rolled_back);
        CHECK(bench.host.dword(keys::rdp_tcp, "SecurityLayer") == 7u);
    }
}

TEST_CASE("Remote Desktop that is switched on is proved by a handshake, and refused without the option") {
    RepairBench bench(listener_repair());
    bench.host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(bench.refusal().kind == Refusal::Kind::impossible);
    SECTION("it answers") {
        const Job job = bench.run({{"enable_rdp", "true"}});
        INFO(job.reason);
        CHECK(job.outcome == Outcome::repaired);
        CHECK(bench.run({{"enable_rdp", "true"}}).outcome == Outcome::not_needed);
    }
    SECTION("it does not") {
        bench.host.hangs_up();
        CHECK(bench.run({{"enable_rdp", "true"}}).outcome == Outcome::rolled_back);
        CHECK(bench.host.dword(keys::terminal_server, "fDenyTSConnections") == 1u);
    }
}

TEST_CASE("a service that gives the port free is repaired when TermService has it") {
    RepairBench bench(listener_repair());
    bench.host.hold_port_by("OtherSvc", other_service.c_str());
    bench.host.add_service("OtherSvc");
    bench.control.after_change = [&](FakeHost& host) {
        if (host.services["othersvc"].state == ServiceState::stopped)
            host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, RdpHost::term_process, "svchost.exe"}};
    };
    const Job job = bench.run({{"stop_port_owner", "true"}});
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.control.writes == 1);
}
