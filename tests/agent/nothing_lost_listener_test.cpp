// Does the repair of the listener leave the host cured or as it was?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const Options everything{{"enable_rdp", "true"}, {"end_drain", "true"}, {"stop_port_owner", "true"}};

BrokenHost broken(const std::string& name, std::function<void(RdpHost&)> change) {
    return {name, listener_repair(), everything, [change] {
                auto host = std::make_unique<RdpHost>();
                change(*host);
                return host;
            }};
}

void weaken(RdpHost& host) {
    for (const char* name : {"SecurityLayer", "UserAuthentication"})
        host.set_dword(keys::rdp_tcp, name, 0);
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 1);
    host.set_text(keys::rdp_tcp, "fAllowSecProtocolNegotiation", "1"); // a wrong type is kept as it is, too
    host.set_dword(keys::terminal_server, "TSServerDrainMode", 2);
}

} // namespace

TEST_CASE("nothing is lost while values of the listener are put back and TermService is restarted") {
    CHECK(check_nothing_lost(broken("weakened", weaken)) == 18);
}

TEST_CASE("nothing is lost while Remote Desktop is switched on") {
    CHECK(check_nothing_lost(broken("off", [](RdpHost& host) {
              host.drop(keys::terminal_server, "fDenyTSConnections");
              RdpHost::set_state(host.term_service(), ServiceState::stopped);
              RdpHost::set_state(host.services["umrdpservice"], ServiceState::stopped);
          })) == 4);
}

TEST_CASE("nothing is lost where Windows starts UmRdpService after TermService by itself") {
    BrokenHost host = broken("off", [](RdpHost& off) {
        off.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        for (const char* name : {"termservice", "umrdpservice"})
            RdpHost::set_state(off.services[name], ServiceState::stopped);
    });
    host.hands = [](FakeControl& control) {
        control.after_change = [ran = false](FakeHost& changed) mutable {
            const bool runs = changed.services["termservice"].state == ServiceState::running;
            if (runs && !ran)
                changed.services["umrdpservice"].state = ServiceState::running;
            ran = runs;
        };
    };
    CHECK(check_nothing_lost(host) == 5);
}

TEST_CASE("nothing is lost while the service that holds the port is stopped") {
    CHECK(check_nothing_lost(broken("port", [](RdpHost& host) {
              host.hold_port_by("OtherSvc", R"(C:\Program Files\Other\other.exe)");
              host.add_service("OtherSvc");
          })) == 10);
}

TEST_CASE("nothing is lost while values of the listener wait for the restart of Windows") {
    CHECK(check_nothing_lost(broken("shared process", [](RdpHost& host) {
              weaken(host);
              host.term_service().services_in_process = 9;
          })) == 10);
}
