// Is the name of a host registered where that can help, and where it is allowed?
#include "agent/repair/plan_dns.hpp"

#include "tests/support/dns_world.hpp"
#include "tests/support/planned.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Words = std::vector<std::string>;

Plan plan(const Host& host, const Options& options = {}) { return planned(dns_repair(), host, options); }

} // namespace

TEST_CASE("a member that is known under its name calls for no registration") {
    DnsWorld host;
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(plan(host).rungs.empty());
    CHECK(plan(host).obstacles.empty());
}

TEST_CASE("a name that is not known, or leads elsewhere, is registered") {
    DnsWorld host;
    SECTION("not known") { host.know(no_such_name, no_such_name); }
    SECTION("elsewhere") { host.know(Words{"10.0.0.77"}, no_such_name); }
    SECTION("also elsewhere") { host.know(Words{"10.0.0.10", "10.0.0.77"}, no_such_name); }
    const Plan one = plan(host);
    CHECK(one.cures.size() == 1);
    REQUIRE(ids(one) == "register");
    CHECK(words(one.rungs[0]).size() == 1);
    CHECK(std::holds_alternative<RegisterDns>(one.rungs[0].changes[0]));
    CHECK_FALSE(one.rungs[0].undo.empty());
    CHECK_FALSE(one.done_when_made);
}

TEST_CASE("an old answer in the cache is flushed and nothing is registered") {
    DnsWorld host;
    host.give("dns A " + dns_name, Words{"10.0.0.77"});
    const Plan one = plan(host);
    REQUIRE(ids(one) == "flush");
    CHECK(one.cures.at(0).code == "dns.resolver_differs");
    CHECK(std::holds_alternative<FlushDns>(one.rungs[0].changes[0]));
}

TEST_CASE("a cache and servers that are wrong need both, one after the other") {
    DnsWorld host;
    host.give("dns A " + dns_name, Words{"10.0.0.77"});
    host.know(no_such_name, no_such_name);
    CHECK(ids(plan(host)) == "flush register");
    CHECK(plan(host).cures.size() == 2);
}

TEST_CASE("a workgroup is not registered unless somebody asks") {
    DnsWorld host;
    host.give("domain_membership", DomainMembership{false, "WORKGROUP"});
    host.know(Words{"10.0.0.77"}, no_such_name);
    host.give("dns A " + dns_name, Words{"10.0.0.10"});
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(ids(plan(host, {{"action", "register"}})) == "register");
}

TEST_CASE("nothing is registered where that is switched off or not known") {
    DnsWorld host;
    host.know(Words{"10.0.0.77"}, no_such_name);
    std::string why;
    SECTION("by policy") {
        host.set_dword(dns_policy, "RegistrationEnabled", 0);
        why = "A policy keeps this host";
    }
    SECTION("at the adapters") {
        host.adapter.registers_in_dns = false;
        host.give("adapters", std::vector<AdapterFacts>{host.adapter});
        why = "No adapter";
    }
    SECTION("the policy could not be read") {
        host.fail("registry_value HKLM\\" + dns_policy.key + ": RegistrationEnabled", {Errc::access_denied, 5, "Reg"});
        why = "is not known";
    }
    CHECK_FALSE(plan(host).is_called_for()); // the finding stands and nobody offers this repair for it
    const Plan asked = plan(host, {{"action", "register"}});
    CHECK(asked.rungs.empty());
    CHECK(hindered_by(asked, why));
    CHECK(asked.blocked_by_policy.empty() == (why.find("policy") == std::string::npos));
    CHECK(ids(plan(host, {{"action", "both"}})) == "flush"); // that much is allowed
    CHECK(ids(plan(host, {{"action", "flush"}})) == "flush");
}

TEST_CASE("what is asked for is done when it is made, in one rung") {
    DnsWorld host;
    const Plan both = plan(host, {{"action", "both"}});
    REQUIRE(ids(both) == "flush-and-register");
    CHECK(both.rungs[0].changes.size() == 2);
    CHECK(both.done_when_made);
    CHECK(both.cures.empty());
    CHECK(ids(plan(host, {{"action", "flush"}})) == "flush");
    CHECK(ids(plan(host, {{"action", "register"}})) == "register");
}

TEST_CASE("what is asked for and found must be cured, too") {
    DnsWorld host;
    host.know(Words{"10.0.0.77"}, no_such_name);
    CHECK(plan(host, {{"action", "register"}}).cures.size() == 1);
    CHECK(plan(host, {{"action", "both"}}).cures.size() == 1);
    CHECK(plan(host, {{"action", "flush"}}).cures.empty()); // the servers are asked past the cache
}

TEST_CASE("options of the repair dns are checked") {
    CHECK_FALSE(problem_of({{"action", "release"}}, dns_options()).empty());
    CHECK_FALSE(problem_of({{"adapter", "Ethernet"}}, dns_options()).empty());
}
