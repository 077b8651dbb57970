// Does a sample of an event say what its numbers mean, and is one event not "1 events"?
#include "tests/probes/events_look.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

// What is kept of one event as a sample.
std::string sample_of(const char* log, EventText event, Kind kind) {
    LogHost host;
    event.time = host.time - minutes{5};
    host.write(log, std::move(event));
    const events::Facts facts = look(host);
    const auto seen = facts.seen.find(kind);
    REQUIRE(seen != facts.seen.end());
    REQUIRE(seen->second.samples.size() == 1);
    return seen->second.samples.front();
}

EventText disconnected(const char* reason) {
    return {session_manager, 40, Time{}, {{"Session", "2"}, {"Reason", reason}}};
}

} // namespace

TEST_CASE("the number of an alert stands beside its name") {
    const std::string sample =
        sample_of("tls_alerts", {"Schannel", 36887, Time{}, {{"AlertDesc", "46"}}}, Kind::tls_alert);
    CHECK(sample.ends_with("Schannel 36887 AlertDesc=46 (certificate_unknown)"));
}

TEST_CASE("a reason that is an HRESULT stands beside its usual form and its words") {
    CHECK(sample_of("sessions", disconnected("2147942464"), Kind::session_lost)
              .ends_with("Reason=2147942464 (0x80070040, the network name is no longer available) Session=2"));
    CHECK(sample_of("sessions", disconnected("2147943359"), Kind::session_lost)
              .ends_with("40 Reason=2147943359 (0x800703BF) Session=2")); // no words, no comma
    CHECK(sample_of("sessions", disconnected("5"), Kind::session_replaced).ends_with("40 Reason=5 Session=2"));
}

TEST_CASE("one event has a time, and several have a first and a last") {
    LogHost host;
    const auto evidence = [&host] { return events::judge(look(host), JudgeContext{}).at(0).evidence.back(); };
    host.write("system", {connection_manager, 1057, host.time - minutes{9}});
    CHECK(evidence() == "1 event at " + to_iso(host.time - minutes{9}));
    host.write("system", {connection_manager, 1057, host.time - minutes{4}});
    CHECK(evidence() == "2 events from " + to_iso(host.time - minutes{9}) + " to " + to_iso(host.time - minutes{4}));
}
