// Are the events of one while told apart from those before and after it, and a log that does not reach back named?
#include "probes/events.hpp"

#include "tests/probes/event_log.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;
using std::chrono::minutes;

namespace {

const std::string transport_channel = rdp_core + "/Operational";

JudgeContext at(Time now) {
    JudgeContext context;
    context.now = now;
    return context;
}

// A log of arrivals two hours, 65, 60 and 5 minutes ago, and one of each other channel from long ago.
LogHost busy_host() {
    LogHost host;
    for (const int ago : {120, 65, 60, 5})
        host.write("transport", arrival(host.time - minutes{ago}, "192.0.2." + std::to_string(ago) + ":50000"));
    for (const std::string& channel :
         {std::string("System"), std::string("Security"), transport_channel, connection_manager + "/Operational",
          connection_manager + "/Admin", session_manager + "/Operational"})
        host.write("older " + channel, arrival(host.time - minutes{1000}, "192.0.2.1:50000"));
    return host;
}

Span an_hour_ago(const LogHost& host) { return {host.time - minutes{65}, host.time - minutes{55}}; }

Facts look(const LogHost& host, const Span& span, const OwnHandshakes* own = nullptr) {
    const auto facts = collect_span(host, at(host.time), span, own);
    REQUIRE(facts.has_value());
    return *facts;
}

} // namespace

TEST_CASE("only the events of the span are counted, both ends among them") {
    const LogHost host = busy_host();
    const Facts facts = look(host, an_hour_ago(host));
    REQUIRE(facts.seen.count(Kind::arrival) == 1);
    CHECK(facts.seen.at(Kind::arrival).count == 2);
    CHECK(facts.from == host.time - minutes{65});
    CHECK(facts.until == host.time - minutes{55});
    CHECK(facts.unread.count("transport") == 0);
    const auto query = std::find_if(host.asked.begin(), host.asked.end(),
                                    [](const EventQuery& asked) { return asked.name == "transport"; });
    REQUIRE(query != host.asked.end());
    CHECK(query->bookmark.empty());
    CHECK_THAT(query->query, Catch::Contains("timediff(@SystemTime) <= 3900000 and timediff(@SystemTime) >= 3300000"));
}

TEST_CASE("a log that begins after the span does is unread, and asked once a channel") {
    LogHost host = busy_host();
    host.clear("older " + transport_channel);
    host.write("any " + transport_channel, arrival(host.time, "192.0.2.1:50000"));
    const Facts facts = look(host, an_hour_ago(host));
    REQUIRE(facts.unread.count("transport") == 1);
    CHECK_THAT(facts.unread.at("transport").where, Catch::Contains(transport_channel) && Catch::Contains("before"));
    CHECK(facts.unread.count("system") == 0);
    CHECK(std::count_if(host.asked.begin(), host.asked.end(),
                        [](const EventQuery& asked) { return asked.name == "older Security"; }) == 1);
}

TEST_CASE("a log that is empty was always so, unless it was cleared since") {
    LogHost host = busy_host();
    const std::string admin = connection_manager + "/Admin";
    host.clear("older " + admin);
    CHECK(look(host, an_hour_ago(host)).unread.count("admin") == 0);
    SECTION("cleared") {
        EventText cleared{"Microsoft-Windows-Eventlog", 104, host.time - minutes{30}, {{"Channel", "Application"}}};
        cleared.user_data = true;
        host.write("cleared", cleared);
        CHECK(look(host, an_hour_ago(host)).unread.count("admin") == 0);
        cleared.fields = {{"Channel", admin}};
        host.write("cleared", cleared);
    }
    SECTION("not empty, so that its beginning is lost") {
        host.write("any " + admin, {connection_manager, 1158, host.time - minutes{1}});
    }
    SECTION("whether it was cleared cannot be read") {
        host.broken["cleared"] = {Errc::access_denied, 5, "EvtQuery(System)"};
    }
    CHECK(look(host, an_hour_ago(host)).unread.count("admin") == 1);
}

TEST_CASE("a log that cannot say how far it reaches is unread, and one that does not exist is no gap") {
    LogHost host = busy_host();
    host.broken["older Security"] = {Errc::access_denied, 5, "EvtQuery(Security)"};
    host.broken["older " + transport_channel] = {Errc::not_found, 15007, "EvtQuery"};
    const Facts facts = look(host, an_hour_ago(host));
    CHECK(facts.unread.count("logons") == 1);
    CHECK(facts.unread.count("transport") == 0);
}

TEST_CASE("a recording reaches back as far as it was made for, and no further") {
    LogHost host = busy_host();
    for (const auto& [name, log] : host.logs)
        if (name.starts_with("older "))
            host.broken[name] = {Errc::unsupported, 0, "not recorded"};
    CHECK(look(host, {host.time - minutes{60}, host.time - minutes{50}}).unread.count("transport") == 0);
    CHECK(look(host, {host.time - minutes{61}, host.time - minutes{51}}).unread.count("transport") == 1);
}

TEST_CASE("a span with more events than one look takes is read in part, and says since when") {
    LogHost host = busy_host();
    host.limit = 1;
    const Facts facts = look(host, {host.time - minutes{70}, host.time});
    CHECK(facts.read_since == std::map<std::string, Time>{{"transport", host.time - minutes{5}}});
    host.limit = 10;
    CHECK(look(host, {host.time - minutes{70}, host.time}).read_since.empty());
}

TEST_CASE("a span in which the log does not show our own handshake shows nobody") {
    LogHost host = busy_host();
    OwnHandshakes own;
    own.add({host.time - minutes{20}, host.time - minutes{20}, "127.0.0.1:50000", true});
    const Span span{host.time - minutes{25}, host.time - minutes{15}};
    CHECK(look(host, span, &own).ours_not_logged == 1);
    CHECK(look(host, an_hour_ago(host), &own).ours_not_logged == 0); // it was not made then
    host.write("transport", arrival(host.time - minutes{20}, "127.0.0.1:50000"));
    CHECK(look(host, span, &own).ours_not_logged == 0);
}

TEST_CASE("our own handshakes of the span are left out, and later ones do not speak for it") {
    LogHost host = busy_host();
    OwnHandshakes own;
    OwnHandshake then;
    then.from = host.time - minutes{65} - std::chrono::seconds{1};
    then.until = host.time - minutes{65} + std::chrono::seconds{1};
    then.local_address = "192.0.2.65:50000";
    own.add(then);
    OwnHandshake later = then;
    later.from = host.time - minutes{5};
    later.until = later.from + std::chrono::seconds{1};
    later.local_address = "192.0.2.5:50000";
    later.tls_completed = true;
    own.add(later);
    const Facts facts = look(host, an_hour_ago(host), &own);
    CHECK(facts.seen.at(Kind::arrival).count == 1);
    CHECK(facts.ours == 1);
    CHECK_FALSE(facts.tls_worked.has_value());
}
