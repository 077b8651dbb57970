// Does the repair of the firewall leave the host cured or as it was?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

BrokenHost broken(const std::string& name, std::function<void(RdpHost&)> change) {
    return {name, firewall_repair(), {{"public_profile", "true"}}, [change] {
                auto host = std::make_unique<RdpHost>();
                change(*host);
                return host;
            }};
}

void switch_rules_off(RdpHost& host) {
    host.set_rule("RemoteDesktop-UserMode-In-TCP", rdp_rule(true, false));
    host.set_rule("RemoteDesktop-UserMode-In-UDP", rdp_rule(false, false));
}

} // namespace

TEST_CASE("nothing is lost while the built-in rules of the firewall are switched on") {
    CHECK(check_nothing_lost(broken("rules off", switch_rules_off)) == 4);
}

TEST_CASE("nothing is lost while rules of our own are added") {
    CHECK(check_nothing_lost(broken("moved port", [](RdpHost& host) {
              host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
              host.profiles = FirewallProfiles{true, false, true};
          })) == 4);
}

TEST_CASE("nothing is lost while the services of the firewall are started and the rules opened after them") {
    CHECK(check_nothing_lost(broken("services", [](RdpHost& host) {
              switch_rules_off(host);
              host.profiles = Error{Errc::io, 0x800706D9, "INetFwPolicy2::get_CurrentProfileTypes"};
              host.set(interference::app_containers, "DebugedLoopbackApps", {7, std::vector<std::string>{"x"}});
              for (const char* name : {"bfe", "mpssvc"}) {
                  RdpHost::set_state(host.services[name], ServiceState::stopped);
                  host.services[name].start = StartType::disabled;
              }
          })) == 14);
}
