// Does the repair of TLS take back what was switched off, as Windows sets it up, and leave what is somebody's policy?
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Lines = std::vector<std::string>;

const Options without_policy{{"remove_cipher_policy", "true"}};

Plan plan_for(const FakeHost& host, const Options& options = {}) { return plan_of(tls_repair(), host, options); }

std::string value_of(const RegistryPath& key, const std::string& name) { return "HKLM\\" + key.key + ": " + name; }

Lines with_restart(Lines lines) {
    lines.insert(lines.begin(), {"stop service UmRdpService", "stop service TermService"});
    lines.insert(lines.end(), {"start service TermService", "start service UmRdpService"});
    return lines;
}

void set_suites(RdpHost& host, const std::string& suites) { host.set_text(tls::suites_policy, "Functions", suites); }

void check_refused(const Plan& plan, const std::string& because) {
    INFO(obstacles_of(plan));
    CHECK(plan.rungs.empty());
    CHECK(plan.is_called_for());
    CHECK(obstacles_of(plan).find(because) != std::string::npos);
}

} // namespace

TEST_CASE("a host that speaks TLS as Windows sets it up calls for no repair of TLS") {
    const Plan plan = plan_for(RdpHost(), without_policy);
    CHECK(cures_of(plan) == Lines{});
    CHECK(ladder_of(plan) == "");
    CHECK(plan.obstacles == Lines{});
}

TEST_CASE("only what switches TLS 1.2 off is changed, and TermService restarted to read it") {
    RdpHost host;
    Lines expected;
    SECTION("Enabled") {
        host.set_dword(tls12_server, "Enabled", 0);
        expected = {"set the value " + value_of(tls12_server, "Enabled") + " to 1"};
    }
    SECTION("DisabledByDefault") {
        host.set_dword(tls12_server, "DisabledByDefault", 1);
        expected = {"set the value " + value_of(tls12_server, "DisabledByDefault") + " to 0"};
    }
    SECTION("both") {
        host.set_dword(tls12_server, "Enabled", 0);
        host.set_dword(tls12_server, "DisabledByDefault", 1);
        expected = {"set the value " + value_of(tls12_server, "Enabled") + " to 1",
                    "set the value " + value_of(tls12_server, "DisabledByDefault") + " to 0"};
    }
    const Plan plan = plan_for(host);
    CHECK(cures_of(plan) == Lines{"tls.tls12_disabled"});
    REQUIRE(ladder_of(plan) == "values");
    CHECK(changes_of(plan.rungs[0]) == with_restart(expected));
    CHECK(plan.rungs[0].disconnects_sessions);
    CHECK(plan.sessions.size() == 1);
    check_offers(tls_repair(), host, {});
}

TEST_CASE("TLS 1.0 and 1.1 are not switched on, whatever else is off") {
    RdpHost host;
    for (const char* version : {"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"})
        host.set_dword({tls::schannel.key + "\\Protocols\\" + version + "\\Server"}, "Enabled", 0);
    const Plan plan = plan_for(host);
    CHECK(cures_of(plan) == Lines{"tls.protocols_disabled"});
    CHECK(changes_of(plan.rungs.at(0)) ==
          with_restart({"set the value " + value_of(tls12_server, "Enabled") + " to 1"}));
    check_offers(tls_repair(), host, {});
}

TEST_CASE("TLS 1.3 goes back to what it was where Windows does not support it") {
    RdpHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", "17763");
    host.set_dword(tls13_server, "Enabled", 1);
    SECTION("one value") {
        CHECK(changes_of(plan_for(host).rungs.at(0)) ==
              with_restart({"delete the value " + value_of(tls13_server, "Enabled")}));
    }
    SECTION("two values") {
        host.set_dword(tls13_server, "DisabledByDefault", 0);
        CHECK(plan_for(host).rungs.at(0).changes.size() == 6);
    }
    check_offers(tls_repair(), host, {});
    host.set_text(keys::windows_version, "CurrentBuildNumber", "20348");
    CHECK(ladder_of(plan_for(host)) == "");
}

TEST_CASE("CredSSP goes up to Mitigated, without a restart") {
    RdpHost host;
    host.set_dword(tls::credssp, "AllowEncryptionOracle", 2);
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "values");
    CHECK(changes_of(plan.rungs[0]) ==
          Lines{"set the value " + value_of(tls::credssp, "AllowEncryptionOracle") + " to 1"});
    CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    CHECK(plan.rungs[0].disruption.find("Group Policy") != std::string::npos);
    check_offers(tls_repair(), host, {});
}

TEST_CASE("the list of a policy is taken out only for who asks for it, and counts after a restart of Windows") {
    RdpHost host;
    SECTION("it is empty") { set_suites(host, ""); }
    SECTION("it serves no RSA certificate") { set_suites(host, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"); }
    const Plan refused = plan_for(host);
    check_refused(refused, "remove_cipher_policy=true");
    CHECK(refused.blocked_by_policy == value_of(tls::suites_policy, "Functions"));
    const Plan plan = plan_for(host, without_policy);
    REQUIRE(ladder_of(plan) == "values");
    CHECK(changes_of(plan.rungs[0]) == Lines{"delete the value " + value_of(tls::suites_policy, "Functions")});
    CHECK(plan.rungs[0].takes_effect_at_restart);
    CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    CHECK(plan.rungs[0].why.find("brings its list of cipher suites back") != std::string::npos);
    check_offers(tls_repair(), host, without_policy);
}

TEST_CASE("a list is not taken out where what is left serves no better") {
    RdpHost host;
    set_suites(host, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    host.set(tls::suites_local, "Functions", {7, Lines{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}});
    check_refused(plan_for(host, without_policy), "would not serve either");
    check_offers(tls_repair(), host, without_policy);
}

TEST_CASE("the host's own list, switched-off algorithms and FIPS are left as they are") {
    RdpHost host;
    SECTION("its own list") {
        host.set(tls::suites_local, "Functions", {7, Lines{}});
        check_refused(plan_for(host, without_policy), "the host's own");
    }
    SECTION("algorithms") {
        host.set_dword({tls::schannel.key + R"(\Ciphers\AES 256/256)"}, "Enabled", 0);
        host.set_dword({tls::schannel.key + R"(\Protocols\TLS 1.3\Server)"}, "Enabled", 0);
        check_refused(plan_for(host, without_policy), "for a person to say");
    }
    SECTION("FIPS") {
        host.set_dword(tls::fips_key, "Enabled", 1);
        host.set_dword(keys::rdp_tcp, "SecurityLayer", 0);
        CHECK(plan_for(host, without_policy).rungs.empty());
    }
    check_offers(tls_repair(), host, without_policy);
}

TEST_CASE("nothing of TLS is changed on a host on which Remote Desktop is off") {
    RdpHost host;
    host.set_dword(tls12_server, "Enabled", 0);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(ladder_of(plan_for(host, without_policy)) == "");
    CHECK_FALSE(plan_for(host).is_called_for());
    check_offers(tls_repair(), host, without_policy);
}

TEST_CASE("where the list goes too, or TermService cannot be restarted, everything waits for the restart of Windows") {
    RdpHost host;
    host.set_dword(tls12_server, "Enabled", 0);
    Options options;
    SECTION("the list") {
        set_suites(host, "");
        options = without_policy;
    }
    SECTION("TermService") { host.term_service().services_in_process = 3; }
    const Plan plan = plan_for(host, options);
    REQUIRE(ladder_of(plan) == "values");
    CHECK(plan.rungs[0].takes_effect_at_restart);
    CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    CHECK(plan.sessions == Lines{});
}

TEST_CASE("TLS 1.2 that is on again and served ends as repaired, and needs consent for the restart") {
    RepairBench bench(tls_repair());
    bench.host.set_dword(tls12_server, "Enabled", 0);
    CHECK(bench.refusal({}, false).kind == Refusal::Kind::sessions);
    const Job job = bench.run();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.host.dword(tls12_server, "Enabled") == 1u);
    CHECK(bench.run().outcome == Outcome::not_needed);
}

TEST_CASE("a list that was taken out is verified after the restart of Windows") {
    RepairBench bench(tls_repair());
    set_suites(bench.host, "");
    CHECK(bench.refusal().kind == Refusal::Kind::policy);
    const Job job = bench.run(without_policy, false);
    REQUIRE(job.outcome == Outcome::pending_reboot);
    SECTION("the handshake gets through") { CHECK(bench.restart(job.id).outcome == Outcome::repaired); }
    SECTION("a policy of the domain has brought it back") {
        set_suites(bench.host, "");
        CHECK(bench.restart(job.id).outcome == Outcome::rolled_back);
    }
}
