// Is evidence weighed for what it proves: events, their absence, and the number of an alert?
#include "probes/diagnosis/event_view.hpp"
#include "probes/diagnosis/rank.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

TEST_CASE("a note of Windows about incomplete connections silences nobody unless many were refused") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::flood, 1).saw(Kind::bad_credentials, 29);
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == "credentials");
    REQUIRE(diagnosis_of(answers).notes.empty());
    answers.saw(Kind::security_layer_failed, 1);
    REQUIRE(has(diagnosis_of(answers).notes, "left out as noise: 33 events"));
    REQUIRE(cause_of(diagnosis_of(answers), "credentials").confidence == Confidence::unlikely);
    answers.events->seen.erase(Kind::flood);
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == "credentials");
}

TEST_CASE("a log that does not show our own handshakes proves nobody absent") {
    MadeAnswers answers;
    answers.quiet();
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == "not_arriving");
    answers.events->ours_not_logged = 1;
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE(diagnosis.verdict.find("Cannot tell: too little could be read on this host.") == 0);
    REQUIRE_FALSE(has(cause_of(diagnosis, "not_arriving").supports, "event arrival"));
    REQUIRE(has(diagnosis.notes, "the log of arrivals does not show our own handshakes"));
    answers.saw(Kind::arrival); // what it does show, counts
    REQUIRE(EventView(answers.events).is_seen(Kind::arrival) == true);
}

TEST_CASE("logs that were read in part prove nothing absent, and the answer says since when they were read") {
    const std::string query = GENERATE("read in part", "not to its end");
    INFO(query);
    MadeAnswers answers;
    answers.quiet();
    const auto cut = [&](const std::string& name) {
        if (query == "read in part")
            answers.events->read_since[name] = diagnosed_at - std::chrono::minutes{15};
        else
            answers.events->behind.insert(name);
    };
    cut("transport");
    REQUIRE(diagnosis_of(answers).conclusion == Conclusion::outside); // the other log of arrivals was read
    cut("listener");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE_FALSE(has(cause_of(diagnosis, "not_arriving").supports, "event arrival"));
    REQUIRE(has(diagnosis.notes, query == "read in part" ? "events listener were read since 2026-02-02T02:25:00Z only"
                                                         : "events listener were not read to their end"));
    answers.saw(Kind::arrival); // seen is seen
    REQUIRE(EventView(answers.events).is_seen(Kind::arrival) == true);
}

TEST_CASE("nothing was found only where everything was read") {
    MadeAnswers answers;
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
    answers.events->read_since["system"] = diagnosed_at - std::chrono::minutes{15};
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::cannot_tell);
    answers.saw(Kind::bad_credentials, 150); // by strangers, who fill the logs
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
    REQUIRE(diagnosis_of(answers, {}).verdict.find("As far as the logs were read") == 0);
}

TEST_CASE("events of Winsock that could not be read are not events that did not come") {
    MadeAnswers answers;
    REQUIRE(EventView(answers.events).is_seen(Kind::provider_changed) == false);
    answers.events->unread["winsock"] = Error{Errc::access_denied, 5, "EvtQuery"};
    REQUIRE_FALSE(EventView(answers.events).is_seen(Kind::provider_changed).has_value());
}

TEST_CASE("a session that is cut off after UDP was added to it may die of that") {
    MadeAnswers answers;
    answers.saw(Kind::session_disconnected);
    const auto points = [&] { return cause_of(diagnosis_of(answers), "udp_transport").points; };
    const int before = points();
    answers.saw(Kind::udp_arrival);
    REQUIRE(points() > before);
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == "udp_transport");
    REQUIRE(diagnosis_of(answers).conclusion == Conclusion::possible);
}

TEST_CASE("why a session was disconnected leads to its cause") {
    struct Row {
        Kind kind;
        const char* sample;
        const char* cause;
        Weight weight;
    };
    const Row row = GENERATE(values<Row>({
        {Kind::session_lost, "Session=2 Reason=2147942464", "poor_network", Weight::hint},
        {Kind::session_replaced, "Session=2 Reason=5", "session_conflict", Weight::hint},
        {Kind::session_limit_reached, "Session=2 Reason=3", "session_ended_by_limit", Weight::hint},
        {Kind::session_ended_by_other, "Session=2 Reason=1", "session_ended_by_limit", Weight::hint},
        {Kind::session_out_of_memory, "Session=2 Reason=6", "resources", Weight::strong},
        {Kind::session_denied, "Session=2 Reason=7", "connection_limit", Weight::hint},
        {Kind::session_denied, "Session=2 Reason=7", "logons_refused", Weight::hint},
        {Kind::session_denied, "Session=2 Reason=9", "logon_not_allowed", Weight::strong},
        {Kind::session_denied, "Session=2 Reason=10", "credentials", Weight::strong},
    }));
    INFO(row.sample);
    MadeAnswers answers;
    answers.saw(row.kind, 1, std::chrono::minutes{1}, {row.sample});
    const Diagnosis diagnosis = diagnosis_of(answers);
    const std::string source = "event " + std::string(events::name_of(row.kind));
    const RankedCause ranked = cause_of(diagnosis, row.cause);
    REQUIRE(has(ranked.supports, source));
    for (const Observation& seen : ranked.supports)
        if (seen.source == source)
            CHECK(seen.weight == row.weight);
    // And to no other that names a reason of its own.
    for (const char* id : {"poor_network", "session_conflict", "session_ended_by_limit", "resources", "credentials"})
        if (std::string_view(id) != row.cause) {
            INFO(id);
            CHECK_FALSE(has(cause_of(diagnosis, id).supports, source));
        }
}

TEST_CASE("a TLS alert leads to what its number is about") {
    struct Row {
        const char* alert;
        bool tls_is_well;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{"alert 80", true, "key_unreadable"},
                                          {"alert 80", false, "key_unreadable"},
                                          {"alert 40", false, "tls_ciphers"},
                                          {"alert 40", true, "key_unreadable"}, // the suites are as they should be
                                          {"alert 70", false, "tls_protocols"},
                                          {"alert 71", false, "tls_ciphers"}}));
    INFO(row.alert << " " << row.tls_is_well);
    MadeAnswers answers;
    Finding ended = finding("handshake.tls_alert");
    ended.subject = row.alert;
    ended.repair = row.alert == std::string("alert 80") ? "cert" : "";
    answers.quiet().saw(Kind::arrival).found(ended);
    if (!row.tls_is_well)
        answers.unread("tls");
    const RankedCause first = diagnosis_of(answers).causes.front();
    REQUIRE(first.cause.id == row.cause);
    REQUIRE(first.repair == ended.repair);
    REQUIRE(std::count_if(first.supports.begin(), first.supports.end(),
                          [](const Observation& seen) { return seen.source == "finding handshake.tls_alert"; }) == 1);
}

TEST_CASE(
    "handshake_failure after the certificate speaks for the key as much as for the suites, and for neither much") {
    MadeAnswers answers;
    Finding ended = finding("handshake.tls_alert");
    ended.subject = "alert 40 after the certificate";
    answers.quiet().saw(Kind::arrival).found(ended).unread("tls");
    const Diagnosis diagnosis = diagnosis_of(answers);
    for (const char* id : {"tls_ciphers", "key_unreadable"}) {
        INFO(id);
        const RankedCause ranked = cause_of(diagnosis, id);
        REQUIRE(has(ranked.supports, "finding handshake.tls_alert"));
        for (const Observation& seen : ranked.supports)
            if (seen.source == "finding handshake.tls_alert")
                CHECK(seen.weight == Weight::hint);
    }
}

TEST_CASE("what Remote Desktop did not get from the domain is a hint that nobody reaches it") {
    MadeAnswers answers;
    answers.saw(Kind::domain_not_reached);
    REQUIRE(has(cause_of(diagnosis_of(answers), "domain_unreachable").supports, "event domain_not_reached"));
    answers.events->unread["system"] = Error{Errc::access_denied, 5, "EvtQuery"};
    answers.events->seen.erase(Kind::domain_not_reached);
    REQUIRE_FALSE(EventView(answers.events).is_seen(Kind::domain_not_reached).has_value());
}

TEST_CASE("a client that comes through a tunnel on this host is recognised by its address") {
    MadeAnswers answers;
    // Whether it is among the last three or not.
    answers.saw(Kind::arrival, 9, std::chrono::minutes{1}, {"RdpCoreTS 131 ClientIP=192.0.2.7:62000"}).no_logon();
    answers.events->seen[Kind::arrival].of_loopback = 2;
    const RankedCause tunnel = cause_of(diagnosis_of(answers), "local_tunnel");
    REQUIRE(tunnel.confidence >= Confidence::possible);
    REQUIRE(tunnel.supports.front().text.find("2 times from this host itself, of 9 times") == 0);
    answers.events->seen[Kind::arrival].of_loopback = 0;
    REQUIRE(cause_of(diagnosis_of(answers), "local_tunnel").confidence == Confidence::unlikely);
    answers.saw(Kind::authenticated);
    answers.events->seen[Kind::authenticated].of_loopback = 1;
    REQUIRE(cause_of(diagnosis_of(answers), "local_tunnel").confidence == Confidence::possible);
}

TEST_CASE("strangers are known by how often they come, in ten minutes as in an hour") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::bad_credentials, 30);
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 0); // in an hour
    answers.events->from = diagnosed_at - std::chrono::minutes{25};
    answers.events->until = diagnosed_at - std::chrono::minutes{15};
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 32);
    answers.saw(Kind::bad_credentials, 150);
    REQUIRE(EventView(answers.events, diagnosed_at).noise() > 0);
    answers.events->from = diagnosed_at - std::chrono::hours{24}; // a long while makes no user of a burst
    REQUIRE(EventView(answers.events, diagnosed_at).noise() > 0);
}

TEST_CASE("logs that begin late because they are full of strangers show them by the while that they cover") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::bad_credentials, 30);
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 0);
    answers.events->read_since["transport"] = diagnosed_at - std::chrono::minutes{10};
    REQUIRE(EventView(answers.events, diagnosed_at).noise() > 0);
}

TEST_CASE("a user's own attempts in ten minutes are no noise, however many events each leaves") {
    MadeAnswers answers;
    answers.events->from = diagnosed_at - std::chrono::minutes{25};
    answers.events->until = diagnosed_at - std::chrono::minutes{15};
    // Eight times, by a client that connects twice: 131, 261, 139, 142 and 226 each time.
    answers.no_logon().saw(Kind::arrival, 32).saw(Kind::security_layer_failed, 16).saw(Kind::transport_failed, 32);
    answers.events->seen[Kind::arrival].ids = {{131, 16}, {261, 16}};
    answers.events->seen[Kind::transport_failed].ids = {{142, 16}, {226, 16}};
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 0);
    answers.saw(Kind::flood, 1); // which one client is enough for
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 0);
}

TEST_CASE("scanners that connect and say nothing are noise, and users who log on are not") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::arrival, 4720).saw(Kind::closed_early, 2360);
    answers.events->seen[Kind::arrival].ids = {{131, 2360}, {261, 2360}};
    const EventView scanned(answers.events, diagnosed_at);
    REQUIRE(scanned.noise() == 7080);
    REQUIRE_FALSE(scanned.is_seen(Kind::arrival).has_value());
    REQUIRE_FALSE(scanned.is_seen(Kind::bad_credentials).has_value()); // whether the user came is not known
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(has(diagnosis.notes, "left out as noise: 7080 events"));
    REQUIRE(diagnosis.decisions.at(6).fit == Fit::unknown);
    REQUIRE(cause_of(diagnosis, "nla_refused").confidence == Confidence::unlikely);
    answers.saw(Kind::bad_credentials, 3); // scanners show no name
    REQUIRE(cause_of(diagnosis_of(answers), "credentials").confidence >= Confidence::possible);
    answers.saw(Kind::logon, 2300);
    REQUIRE(EventView(answers.events, diagnosed_at).noise() == 0);
}
