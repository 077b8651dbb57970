// Is a lease renewed only where nobody can be cut off, and power saving left as it is unless asked?
#include "agent/repair/plan_network.hpp"

#include "tests/support/network_world.hpp"
#include "tests/support/planned.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

Plan plan(const Host& host, const Options& options = {}) { return planned(network_repair(), host, options); }

} // namespace

TEST_CASE("a host with an address calls for no lease, and keeps it when one is asked for") {
    NetworkWorld host;
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(plan(host).rungs.empty());
    const Plan asked = plan(host, {{"adapter", "Ethernet"}});
    CHECK(asked.rungs.empty());
    CHECK(hindered_by(asked, "192.0.2.10"));
}

TEST_CASE("the one adapter with DHCP and without an address gets a lease, and the caller must be heard again") {
    NetworkWorld host;
    host.lose_address();
    const Plan one = plan(host);
    CHECK(one.cures.at(0).code == "network.no_address");
    CHECK(one.cures.at(0).repair == "network");
    REQUIRE(ids(one) == "renew-lease");
    const Rung& rung = one.rungs[0];
    CHECK(rung.confirm_within == 120s);
    CHECK(std::get<RenewLease>(rung.changes.at(0)).adapter == host.list[0].id);
    CHECK(std::get<RenewLease>(rung.changes.at(0)).name == "Ethernet");
    CHECK_FALSE(rung.takes_effect_at_restart);
}

TEST_CASE("of several adapters somebody names the one") {
    NetworkWorld host;
    host.lose_address(0);
    host.lose_address(1);
    CHECK(plan(host).rungs.empty());
    CHECK(plan(host).cures.at(0).repair.empty());
    CHECK(hindered_by(plan(host), "Ethernet, Wi-Fi"));
    const Plan named = plan(host, {{"adapter", "wi-fi"}});
    REQUIRE(ids(named) == "renew-lease");
    CHECK(std::get<RenewLease>(named.rungs[0].changes.at(0)).adapter == host.list[1].id);
    CHECK(named.cures.size() == 1);
}

TEST_CASE("an adapter without DHCP, without a link or without a name here gets no lease") {
    NetworkWorld host;
    host.lose_address();
    CHECK(hindered_by(plan(host, {{"adapter", "Wi-Fi"}}), "is not up"));
    CHECK(hindered_by(plan(host, {{"adapter", "Ethernet 2"}}), "there are: Ethernet, Wi-Fi"));
    host.list[0].dhcp = false;
    host.write();
    CHECK(hindered_by(plan(host, {{"adapter", "Ethernet"}}), "does not take its address from DHCP"));
    CHECK(plan(host).rungs.empty());
    CHECK(plan(host).cures.at(0).repair.empty());
    CHECK(hindered_by(plan(host), "No adapter that is up takes its address from DHCP"));
}

TEST_CASE("adapters that could not be read get no lease") {
    NetworkWorld host;
    host.give("adapters", Error{Errc::io, 8, "GetIfTable2"});
    CHECK(plan(host).rungs.empty());
    CHECK(hindered_by(plan(host, {{"adapter", "Ethernet"}}), "GetIfTable2"));
    CHECK(hindered_by(plan(host, {{"adapter", "Ethernet"}, {"power_saving", "off"}}), "GetIfTable2"));
}

TEST_CASE("power saving is switched off where it is asked for and found, from the next restart on") {
    NetworkWorld host;
    host.can_sleep();
    host.set_dword(adapter_key, "PnPCapabilities", 0x110);
    CHECK_FALSE(plan(host).is_called_for()); // the finding is an info and no reason to change anything unasked
    const Plan off = plan(host, {{"power_saving", "off"}});
    CHECK(off.cures.at(0).code == "network.power_saving");
    REQUIRE(ids(off) == "power-saving");
    CHECK(off.rungs[0].takes_effect_at_restart);
    const auto& change = std::get<SetRegistryValue>(off.rungs[0].changes.at(0));
    CHECK(change.key == adapter_key);
    CHECK(change.name == "PnPCapabilities");
    CHECK(change.value == RegistryValue{4, 24U});
    CHECK(off.rungs[0].changes.size() == 1); // the other adapter has no finding
}

TEST_CASE("power saving of a named adapter is switched off whatever was found, and once") {
    NetworkWorld host;
    CHECK(plan(host, {{"power_saving", "off"}}).rungs.empty());
    CHECK(plan(host, {{"power_saving", "off"}}).obstacles.empty()); // nothing that saves power is as asked
    const Options named{{"power_saving", "off"}, {"adapter", "WI-FI"}};
    const Plan off = plan(host, named);
    REQUIRE(ids(off) == "power-saving");
    CHECK(std::get<SetRegistryValue>(off.rungs[0].changes.at(0)).key == second_adapter_key);
    CHECK(off.rungs[0].why.find("is not set") != std::string::npos);
    host.set_dword(second_adapter_key, "PnPCapabilities", 24);
    CHECK(plan(host, named).rungs.empty());
    CHECK(plan(host, named).obstacles.empty());
    host.set_text(second_adapter_key, "PnPCapabilities", "24");
    CHECK(plan(host, named).rungs.empty());
    CHECK(hindered_by(plan(host, named), "PnPCapabilities"));
    host.registry.erase(FakeHost::lower(second_adapter_key.key));
    CHECK(hindered_by(plan(host, named), "was not found"));
    CHECK(hindered_by(plan(host, {{"power_saving", "off"}, {"adapter", "x"}}), "There is no adapter 'x'"));
}

TEST_CASE("options of the repair network are checked") {
    CHECK_FALSE(problem_of({{"power_saving", "on"}}, network_options()).empty());
    CHECK_FALSE(problem_of({{"adapter", ""}}, network_options()).empty());
}
