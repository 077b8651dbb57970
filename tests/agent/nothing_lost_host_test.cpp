// Do the repairs of sessions, Winsock, names, network and the machine itself leave the host cured or as it was?
#include "tests/support/dns_world.hpp"
#include "tests/support/network_world.hpp"
#include "tests/support/nothing_lost.hpp"
#include "tests/support/serving_host.hpp"
#include "tests/support/stuck_sessions.hpp"
#include "tests/support/winsock_host.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

// What a log-off costs is told before; everything else must come back.
std::string without_sessions(const std::string& state) {
    std::istringstream lines(state);
    std::string line, kept;
    while (std::getline(lines, line))
        if (line.rfind("session ", 0) != 0)
            kept += line + '\n';
    return kept;
}

BrokenHost stuck_sessions() {
    BrokenHost broken{"stuck sessions", sessions_repair(), {{"message", "Please log on again."}}, [] {
                          auto host = std::make_unique<SessionHost>();
                          host->add_disconnected(5, "bob", 3h);
                          host->add_half_open(7, "carol");
                          return host;
                      }};
    broken.forgive = without_sessions;
    return broken;
}

BrokenHost vanished_layer() {
    return {"a layer whose file is gone", winsock_repair(), {}, [] {
                auto host = std::make_unique<WinsockHost>();
                host->add_layer();
                return host;
            }};
}

BrokenHost reset_catalogue() {
    return {"a catalogue that is reset",
            winsock_repair(),
            {{"reset", "true"}},
            [] {
                auto host = std::make_unique<WinsockHost>();
                host->add_layer();
                return host;
            },
            [](FakeControl& control) {
                WinsockHost fresh;
                control.winsock_after_reset = *fresh.catalog;
                control.winsock_registry_after_reset =
                    std::get<RestoreWinsock>(FakeControl(fresh).capture(RestoreWinsock{}).value()).parameters;
            }};
}

BrokenHost wrong_name(Options options = {}) {
    return {"a name that leads elsewhere", dns_repair(), std::move(options),
            [] {
                auto host = std::make_unique<DnsWorld>();
                host->give("dns A " + dns_name, Words{"10.0.0.77"});
                host->know(no_such_name, no_such_name);
                return host;
            },
            [](FakeControl& control) {
                control.after_change = [](FakeHost& host) {
                    host.give("dns A " + dns_name, Words{"10.0.0.10"});
                    host.give("dns A " + dns_name + " from the servers", Words{"10.0.0.10"});
                };
            }};
}

BrokenHost lost_address() {
    return {"an adapter without an address",
            network_repair(),
            {},
            [] {
                auto host = std::make_unique<NetworkWorld>();
                host->lose_address();
                return host;
            },
            [](FakeControl& control) { control.leased = {"192.0.2.50"}; }};
}

BrokenHost sleeping_adapter() {
    return {"an adapter that sleeps", network_repair(), {{"power_saving", "off"}}, [] {
                auto host = std::make_unique<NetworkWorld>();
                host->can_sleep();
                host->set_dword(adapter_key, "PnPCapabilities", 0x110);
                return host;
            }};
}

BrokenHost restarted_machine() {
    return {"a machine that restarts", reboot_repair(), {}, [] { return std::make_unique<ServingHost>(); }};
}

void check_repaired(
    const BrokenHost& broken,
    const std::function<void(FakeHost&, FakeControl&)>& after = [](FakeHost&, FakeControl&) {}) {
    const Job job = carry_out_for_real(broken, after);
    INFO(broken.name << ": " << job.reason);
    CHECK(job.outcome == Outcome::repaired);
}

} // namespace

TEST_CASE("nothing but their sessions is lost while stuck sessions are ended") {
    CHECK(check_nothing_lost(stuck_sessions()) == 4);
}

TEST_CASE("nothing is lost while a provider is taken out of the Winsock catalogue") {
    CHECK(check_nothing_lost(vanished_layer()) == 4);
}

TEST_CASE("nothing is lost while the Winsock catalogue is reset") { CHECK(check_nothing_lost(reset_catalogue()) == 2); }

TEST_CASE("nothing is lost while the resolver cache is flushed and the name registered") {
    CHECK(check_nothing_lost(wrong_name()) == 2);
    CHECK(check_nothing_lost(wrong_name({{"action", "both"}})) == 2);
}

TEST_CASE("nothing is lost while a lease is renewed") { CHECK(check_nothing_lost(lost_address()) == 2); }

TEST_CASE("nothing is lost while power saving is switched off") { CHECK(check_nothing_lost(sleeping_adapter()) == 2); }

TEST_CASE("nothing is lost while a restart is scheduled") { CHECK(check_nothing_lost(restarted_machine()) == 2); }

TEST_CASE("stuck sessions that are gone are cured, and the others are still there") {
    check_repaired(stuck_sessions(), [](FakeHost& host, FakeControl&) {
        std::string left;
        for (const Session& one : *host.session_list)
            left += std::to_string(one.id) + (one.state == SessionState::active ? " active " : " ");
        CHECK(left == "0 1 active 2 active 65536 7 "); // carol can come back
    });
}

TEST_CASE("a catalogue without the layer that is gone is cured, and TCP is still served") {
    check_repaired(vanished_layer(), [](FakeHost& host, FakeControl&) { CHECK(host.catalog->protocols.size() == 4); });
}

TEST_CASE("a name that leads here again is cured, and one that does not is not") {
    check_repaired(wrong_name());
    BrokenHost slow = wrong_name({{"action", "register"}});
    slow.hands = [](FakeControl&) {}; // the servers do not take it within the tries
    const Job job = carry_out_for_real(slow);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(job.reason.find("dns.own_name_not_found still stands") != std::string::npos);
}
