// Does the repair of the firewall open what RDP needs, where it may, and nothing else?
#include "agent/repair/plan_firewall.hpp"
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Lines = std::vector<std::string>;

const Options with_public{{"public_profile", "true"}};
const std::string tcp_id = built_in_tcp_rule, udp_id = built_in_udp_rule;
const std::string policy_rules = "HKLM\\" + firewall_policy + R"(\FirewallRules: )";

Plan plan_for(const FakeHost& host, const Options& options = {}) { return plan_of(firewall_repair(), host, options); }

void switch_rules_off(RdpHost& host) {
    host.set_rule(tcp_id, rdp_rule(true, false));
    host.set_rule(udp_id, rdp_rule(false, false));
}

std::string with_port(std::string rule, int port) {
    return rule.replace(rule.find("LPort=3389"), 10, "LPort=" + std::to_string(port));
}

// What people read of the rung "rules".
Lines rule_changes(const Plan& plan) {
    for (const Rung& rung : plan.rungs)
        if (rung.id == "rules")
            return changes_of(rung);
    return {};
}

void check_refused(const Plan& plan, const std::string& because) {
    INFO(obstacles_of(plan));
    CHECK(plan.rungs.empty());
    CHECK(plan.is_called_for()); // refused, and not called unneeded
    CHECK(obstacles_of(plan).find(because) != std::string::npos);
}

} // namespace

TEST_CASE("a firewall that lets RDP in calls for nothing") {
    const Plan plan = plan_for(RdpHost(), with_public);
    CHECK(cures_of(plan) == Lines{});
    CHECK(ladder_of(plan) == "");
    CHECK(plan.obstacles == Lines{});
}

TEST_CASE("the built-in rules are switched on by their ids, and nothing but them") {
    RdpHost host;
    switch_rules_off(host);
    host.set_rule("RemoteDesktop-Shadow-In-TCP", rdp_rule(true, false));
    const Plan plan = plan_for(host);
    CHECK(cures_of(plan) == Lines{"firewall.rules_disabled Domain"});
    REQUIRE(ladder_of(plan) == "rules");
    CHECK(rule_changes(plan) ==
          Lines{"switch on the firewall rule " + tcp_id, "switch on the firewall rule " + udp_id});
    CHECK(std::get<SetFirewallRule>(plan.rungs[0].changes[0]).rule == rdp_rule(true, false));
    CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    // It counts on other networks too, and who reads the plan is told.
    CHECK(plan.rungs[0].why.find("is also for: Private, Public") != std::string::npos);
}

TEST_CASE("UDP that is closed on its own is no reason to open anything") {
    RdpHost host;
    host.set_rule(udp_id, rdp_rule(false, false));
    CHECK(ladder_of(plan_for(host)) == "");
    CHECK(cures_of(plan_for(host)) == Lines{});
}

TEST_CASE("what the built-in rule cannot open, a rule of our own does, for the closed profiles alone") {
    RdpHost host;
    SECTION("there is none") {
        host.drop_rule(tcp_id);
        host.drop_rule(udp_id);
        CHECK(rule_changes(plan_for(host)) == Lines{"add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, domain)",
                                                    "add the firewall rule rdpmedic RDP UDP 3389 (UDP 3389, domain)"});
    }
    SECTION("it is for another profile") {
        host.set_rule(tcp_id, rdp_rule(true, false, "Profile=Private|"));
        CHECK(rule_changes(plan_for(host)) == Lines{"add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, domain)"});
    }
    SECTION("it is for one of two active profiles") {
        host.profiles = FirewallProfiles{true, true, false};
        host.set_rule(tcp_id, rdp_rule(true, false, "Profile=Domain|"));
        CHECK(rule_changes(plan_for(host)) == Lines{"switch on the firewall rule " + tcp_id,
                                                    "add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, private)"});
    }
    SECTION("somebody has moved it to another port") {
        host.set_rule(tcp_id, with_port(rdp_rule(true, false), 4000));
        CHECK(rule_changes(plan_for(host)) == Lines{"add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, domain)"});
    }
    SECTION("the listener has moved") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        const Plan plan = plan_for(host);
        CHECK(cures_of(plan) == Lines{"firewall.custom_port_not_allowed Domain"});
        CHECK(rule_changes(plan) == Lines{"add the firewall rule rdpmedic RDP TCP 3390 (TCP 3390, domain)",
                                          "add the firewall rule rdpmedic RDP UDP 3390 (UDP 3390, domain)"});
    }
    SECTION("a rule of that name stands there already") {
        switch_rules_off(host);
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        std::string own = with_port(rdp_rule(true, false), 3390);
        own.replace(own.find("Name=@FirewallAPI.dll,-28775"), 28, "Name=rdpmedic RDP TCP 3390");
        host.set_rule("{1234}", own);
        check_refused(plan_for(host), "\"rdpmedic RDP TCP 3390\" exists");
    }
}

TEST_CASE("an active public profile is opened only with consent") {
    RdpHost host;
    switch_rules_off(host);
    SECTION("alone") {
        host.profiles = FirewallProfiles{false, false, true};
        check_refused(plan_for(host), "public_profile=true");
        CHECK(rule_changes(plan_for(host, with_public)).size() == 2);
    }
    SECTION("beside another, which is opened by a rule that is for it alone") {
        host.profiles = FirewallProfiles{true, false, true};
        const Plan plan = plan_for(host);
        CHECK(cures_of(plan) == Lines{"firewall.rules_disabled Domain"});
        CHECK(rule_changes(plan) == Lines{"add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, domain)",
                                          "add the firewall rule rdpmedic RDP UDP 3389 (UDP 3389, domain)"});
        CHECK(obstacles_of(plan).find("public_profile=true") != std::string::npos);
        CHECK(rule_changes(plan_for(host, with_public)) ==
              Lines{"switch on the firewall rule " + tcp_id, "switch on the firewall rule " + udp_id});
    }
}

TEST_CASE("what blocks RDP is named and left, and a policy is named as one") {
    RdpHost host;
    SECTION("a rule of the host") {
        std::string block = rdp_rule(true, true);
        host.set_rule("{block}", block.replace(block.find("Allow"), 5, "Block"));
        check_refused(plan_for(host), "{block}");
        CHECK(plan_for(host).blocked_by_policy == "");
    }
    SECTION("a rule of a policy") {
        std::string block = rdp_rule(true, true);
        host.set_rule(tcp_id, block.replace(block.find("Allow"), 5, "Block"), firewall_policy);
        check_refused(plan_for(host), policy_rules + tcp_id);
        CHECK(plan_for(host).blocked_by_policy == policy_rules + tcp_id);
    }
    SECTION("a setting of the host") {
        host.set_dword({firewall_root + R"(\DomainProfile)"}, "DoNotAllowExceptions", 1);
        check_refused(plan_for(host), "DoNotAllowExceptions");
        CHECK(plan_for(host).blocked_by_policy == "");
    }
    SECTION("a setting of a policy") {
        host.set_dword({firewall_policy + R"(\DomainProfile)"}, "DoNotAllowExceptions", 1);
        check_refused(plan_for(host), "DoNotAllowExceptions");
        CHECK(plan_for(host).blocked_by_policy.find("DoNotAllowExceptions") != std::string::npos);
    }
    SECTION("a policy that ignores the rules of the host, which has some") {
        host.set_dword({firewall_policy + R"(\DomainProfile)"}, "AllowLocalPolicyMerge", 0);
        check_refused(plan_for(host), "AllowLocalPolicyMerge");
        CHECK(plan_for(host).blocked_by_policy.find("AllowLocalPolicyMerge") != std::string::npos);
    }
    SECTION("a policy that ignores the rules of the host, which has none") {
        host.set_dword({firewall_policy + R"(\DomainProfile)"}, "AllowLocalPolicyMerge", 0);
        host.drop_rule(tcp_id);
        check_refused(plan_for(host), "AllowLocalPolicyMerge");
        CHECK(plan_for(host).blocked_by_policy.find("AllowLocalPolicyMerge") != std::string::npos);
    }
    for (const Finding& finding : look(firewall_repair(), host).findings)
        CHECK(finding.repair == "");
}

TEST_CASE("what is blocked on one profile does not keep another one closed") {
    RdpHost host;
    switch_rules_off(host);
    host.profiles = FirewallProfiles{true, true, false};
    host.set_dword({firewall_policy + R"(\PrivateProfile)"}, "DoNotAllowExceptions", 1);
    const Plan plan = plan_for(host);
    CHECK(cures_of(plan) == Lines{"firewall.rules_disabled Domain"});
    CHECK(ladder_of(plan) == "rules");
    CHECK(obstacles_of(plan).find("DoNotAllowExceptions") != std::string::npos);
}

TEST_CASE("the services of the firewall are taken from disabled and started in their order") {
    RdpHost host;
    for (const char* name : {"mpssvc", "bfe"}) {
        RdpHost::set_state(host.services[name], ServiceState::stopped);
        host.services[name].start = StartType::disabled;
    }
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "services");
    CHECK(changes_of(plan.rungs[0]) == Lines{"set the start type of service BFE to automatic", "start service BFE",
                                             "set the start type of service MpsSvc to automatic",
                                             "start service MpsSvc"});
    CHECK(cures_of(plan) == Lines{"firewall.service_not_running BFE", "firewall.service_not_running MpsSvc"});
}

TEST_CASE("the value that ends MpsSvc is taken out before it is started") {
    RdpHost host;
    host.set(interference::app_containers, "DebugedLoopbackApps", {7, Lines{}});
    const std::string taken_out =
        "delete the value HKLM\\" + interference::app_containers.key + ": DebugedLoopbackApps";
    SECTION("it runs still") {
        CHECK(changes_of(plan_for(host).rungs.at(0)) == Lines{taken_out});
        CHECK(cures_of(plan_for(host)) == Lines{"interference.loopback_apps_value DebugedLoopbackApps"});
    }
    SECTION("it has ended") {
        RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
        CHECK(changes_of(plan_for(host).rungs.at(0)) == Lines{taken_out, "start service MpsSvc"});
    }
    SECTION("it starts for ever") {
        host.services["mpssvc"].state = ServiceState::start_pending;
        CHECK(changes_of(plan_for(host).rungs.at(0)) == Lines{taken_out, "start service MpsSvc"});
    }
}

TEST_CASE("no rule is switched on where a policy of the templates closes the port") {
    RdpHost host;
    switch_rules_off(host);
    host.set_dword({firewall_policy + R"(\DomainProfile\Services\RemoteDesktop)"}, "Enabled", 0);
    check_refused(plan_for(host), R"(Services\RemoteDesktop: Enabled. Change it there.)");
}

TEST_CASE("a DebugedLoopbackApps with a text is left where it is, since that may be well") {
    RdpHost host;
    host.set(interference::app_containers, "DebugedLoopbackApps", {1, std::string("S-1-15-2-1")});
    RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
    CHECK(changes_of(plan_for(host).rungs.at(0)) == Lines{"start service MpsSvc"});
}

TEST_CASE("a service that neither runs nor is stopped is left alone") {
    RdpHost host;
    SECTION("it starts") {
        host.services["mpssvc"].state = ServiceState::start_pending;
        CHECK(ladder_of(plan_for(host)) == "");
        CHECK(plan_for(host).obstacles == Lines{});
    }
    SECTION("it stops and never ends") {
        host.services["mpssvc"].state = ServiceState::stop_pending;
        check_refused(plan_for(host), "restart Windows");
    }
    SECTION("it does not exist") {
        host.services.erase("mpssvc");
        check_refused(plan_for(host), "does not exist");
    }
    SECTION("what it needs does not exist") {
        host.services.erase("bfe");
        RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
        check_refused(plan_for(host), "BFE does not exist");
        check_offers(firewall_repair(), host, with_public);
    }
}

TEST_CASE("MpsSvc is not started without the driver that it depends on, which is named") {
    RdpHost host;
    RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
    host.services["mpssvc"].depends_on = {"mpsdrv", "bfe"};
    host.add_service("mpsdrv", ServiceState::stopped);
    CHECK(ladder_of(plan_for(host)) == "services");
    SECTION("it is disabled") {
        host.services["mpsdrv"].start = StartType::disabled;
        check_refused(plan_for(host), "mpsdrv, which it depends on, is disabled. Put that right first");
    }
    SECTION("it does not exist") {
        host.services.erase("mpsdrv");
        check_refused(plan_for(host), "mpsdrv, which it depends on, does not exist. Put that right first");
    }
    SECTION("what can be started is, all the same") {
        host.services["mpsdrv"].start = StartType::disabled;
        RdpHost::set_state(host.services["bfe"], ServiceState::stopped);
        CHECK(changes_of(plan_for(host).rungs.at(0)) == Lines{"start service BFE"});
        CHECK(cures_of(plan_for(host)) == Lines{"firewall.service_not_running BFE"});
    }
}

TEST_CASE("while MpsSvc cannot say which profiles are active, rules are planned for when it runs") {
    RdpHost host;
    RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
    host.profiles = Error{Errc::io, 0x800706D9, "INetFwPolicy2::get_CurrentProfileTypes"};
    switch_rules_off(host);
    const Plan plan = plan_for(host);
    CHECK(ladder_of(plan) == "services rules");
    CHECK(cures_of(plan) == Lines{"firewall.service_not_running MpsSvc", "firewall.rules_disabled every"});
    // Not for the public one, which may be the active one.
    CHECK(rule_changes(plan) == Lines{"add the firewall rule rdpmedic RDP TCP 3389 (TCP 3389, domain, private)",
                                      "add the firewall rule rdpmedic RDP UDP 3389 (UDP 3389, domain, private)"});
    CHECK(rule_changes(plan_for(host, with_public)).size() == 2);
    RdpHost::set_state(host.services["mpssvc"], ServiceState::running);
    CHECK(ladder_of(plan_for(host)) == ""); // and without that reason nothing is guessed
}

TEST_CASE("nothing is opened for a host on which RDP is off, or may be") {
    RdpHost host;
    switch_rules_off(host);
    RdpHost::set_state(host.services["mpssvc"], ServiceState::stopped);
    SECTION("off") { host.set_dword(keys::terminal_server, "fDenyTSConnections", 1); }
    SECTION("not set") { host.drop(keys::terminal_server, "fDenyTSConnections"); }
    SECTION("not known") {
        host.fail("registry_value HKLM\\" + keys::terminal_server.key + ": fDenyTSConnections",
                  {Errc::access_denied, 5, "RegQueryValueExW"});
    }
    CHECK(ladder_of(plan_for(host, with_public)) == "");
    for (const Finding& finding : look(firewall_repair(), host).findings)
        CHECK(finding.repair == "");
}

TEST_CASE("no rule is planned where a store could not be read: it may hold one that blocks") {
    RdpHost host;
    switch_rules_off(host);
    host.fail("registry_values HKLM\\" + firewall_policy + R"(\FirewallRules)",
              {Errc::access_denied, 5, "RegOpenKeyExW"});
    CHECK(ladder_of(plan_for(host, with_public)) == "");
}

TEST_CASE("the probe offers the repair of the firewall exactly where its plan can do something") {
    RdpHost host;
    switch_rules_off(host);
    SECTION("rules") {}
    SECTION("rules on a public network") { host.profiles = FirewallProfiles{true, false, true}; }
    SECTION("services") { RdpHost::set_state(host.services["bfe"], ServiceState::stopped); }
    SECTION("one profile blocked") {
        host.profiles = FirewallProfiles{true, true, false};
        host.set_dword({firewall_policy + R"(\PrivateProfile)"}, "DoNotAllowExceptions", 1);
    }
    SECTION("crash loop") { host.set(interference::app_containers, "DebugedLoopbackApps", {7, Lines{}}); }
    check_offers(firewall_repair(), host, with_public);
}

TEST_CASE("rules that are switched on are seen afresh, and the job ends as repaired") {
    RepairBench bench(firewall_repair());
    SECTION("built-in rules") { switch_rules_off(bench.host); }
    SECTION("a moved port") { bench.host.set_dword(keys::rdp_tcp, "PortNumber", 3390); }
    SECTION("a service that is down") { RdpHost::set_state(bench.host.services["mpssvc"], ServiceState::stopped); }
    const Job job = bench.run();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(ladder_of(plan_for(bench.host)) == "");
    CHECK(bench.run().outcome == Outcome::not_needed);
}

TEST_CASE("rules that turn out closed once MpsSvc runs are opened by the next rung") {
    RepairBench bench(firewall_repair());
    RdpHost::set_state(bench.host.services["mpssvc"], ServiceState::stopped);
    bench.host.profiles = Error{Errc::io, 0x800706D9, "INetFwPolicy2::get_CurrentProfileTypes"};
    switch_rules_off(bench.host);
    bench.control.after_change = [](FakeHost& host) {
        if (host.services["mpssvc"].state == ServiceState::running)
            host.profiles = FirewallProfiles{false, true, false};
    };
    const Job job = bench.run();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.host.registry[FakeHost::lower(firewall_root + R"(\FirewallRules)")].count("rdpmedic RDP TCP 3389") ==
          1);
}

TEST_CASE("a policy that closes the firewall refuses the repair with its name") {
    RepairBench bench(firewall_repair());
    bench.host.set_dword({firewall_policy + R"(\DomainProfile)"}, "AllowLocalPolicyMerge", 0);
    const Refusal refusal = bench.refusal();
    CHECK(refusal.kind == Refusal::Kind::policy);
    REQUIRE_FALSE(refusal.details.empty());
    CHECK(refusal.details[0].find("AllowLocalPolicyMerge") != std::string::npos);
}
