// Does each row of the decision aid fit what it says, and nothing else?
#include "probes/diagnosis/decision.hpp"
#include "tests/probes/diagnosis/answers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

struct Scene {
    const char* handshake; // the code of its finding and its subject, empty: it gets through
    std::vector<Kind> seen;
    int row;
    const char* first; // the cause that comes out first
};

// Catch wants to print what it generates.
std::ostream& operator<<(std::ostream& out, const Scene& scene) { return out << "row " << scene.row; }

std::vector<int> rows_that(const Diagnosis& diagnosis, Fit fit) {
    std::vector<int> rows;
    for (const Step& step : diagnosis.decisions)
        if (step.fit == fit)
            rows.push_back(step.row);
    return rows;
}

} // namespace

TEST_CASE("each row of the decision aid fits its own scene, and its first cause comes out first") {
    const Scene scene = GENERATE(values<Scene>({
        {"handshake.refused", {}, 1, "service_down"},
        {"", {}, 2, "not_arriving"},
        {"handshake.no_reply", {Kind::arrival, Kind::transport_failed}, 3, "service_down"},
        {"handshake.no_certificate", {Kind::arrival, Kind::certificate_not_created}, 4, "certificate_not_made"},
        {"handshake.tls_reset",
         {Kind::arrival, Kind::security_layer_failed, Kind::transport_failed, Kind::key_unreadable},
         5,
         "key_unreadable"},
        {"handshake.tls_alert alert 40",
         {Kind::arrival, Kind::security_layer_failed, Kind::no_common_cipher},
         6,
         "tls_ciphers"},
        {"handshake.tls_alert alert 70",
         {Kind::arrival, Kind::security_layer_failed, Kind::tls_protocols_disabled},
         6,
         "tls_protocols"},
        {"handshake.tls_alert alert 80",
         {Kind::arrival, Kind::security_layer_failed, Kind::key_unreadable},
         5,
         "key_unreadable"},
        {"handshake.tls_alert alert 80", {Kind::arrival}, 5, "key_unreadable"},
        {"", {Kind::arrival, Kind::bad_credentials}, 7, "credentials"},
        {"handshake.legacy_security", {}, 2, "not_arriving"},
        {"", {Kind::arrival, Kind::authenticated, Kind::session_manager_failed}, 8, "session_start"},
        {"", {Kind::arrival, Kind::authenticated, Kind::session_arbitration}, 8, "session_conflict"},
        {"", {Kind::arrival, Kind::session_assigned, Kind::session_manager_failed}, 8, "session_start"},
        {"",
         {Kind::arrival, Kind::authenticated, Kind::logon, Kind::session_disconnected, Kind::slow_connection},
         9,
         "poor_network"},
    }));
    INFO(scene);
    MadeAnswers answers;
    answers.quiet();
    if (const std::string handshake = scene.handshake; !handshake.empty()) {
        const auto blank = std::min(handshake.find(' '), handshake.size());
        Finding ended = finding(handshake.substr(0, blank));
        if (ended.code == "handshake.legacy_security")
            ended.severity = Severity::warning;
        ended.subject = handshake.substr(std::min(blank + 1, handshake.size()));
        answers.found(ended);
    }
    for (const Kind kind : scene.seen)
        answers.saw(kind);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(rows_that(diagnosis, Fit::yes) == std::vector<int>{scene.row});
    REQUIRE(rows_that(diagnosis, Fit::unknown).empty());
    REQUIRE(diagnosis.causes.front().cause.id == scene.first);
    REQUIRE(diagnosis.causes.front().confidence >= Confidence::likely);
}

TEST_CASE("a handshake that was not made leaves every row open that the events do not rule out") {
    MadeAnswers answers;
    answers.unread("handshake");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(rows_that(diagnosis, Fit::yes).empty());
    REQUIRE(rows_that(diagnosis, Fit::unknown) == std::vector<int>{1, 3, 4, 5});
}

TEST_CASE("event logs that could not be read leave rows open") {
    MadeAnswers answers;
    answers.events = Error{Errc::access_denied, 5, "EvtQuery(System)"};
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(rows_that(diagnosis, Fit::yes).empty());
    REQUIRE(rows_that(diagnosis, Fit::unknown) == std::vector<int>{2, 7, 8, 9});
}

TEST_CASE("how the handshake ended is read from its findings") {
    MadeAnswers answers;
    REQUIRE(answer_of(answers.reports) == Answer::passes);
    answers.found("handshake.no_nla", Severity::warning);
    REQUIRE(answer_of(answers.reports) == Answer::passes);
    answers.found("handshake.tls_closed");
    REQUIRE(answer_of(answers.reports) == Answer::tls_dropped);
    MadeAnswers legacy;
    legacy.found("handshake.legacy_security", Severity::warning);
    REQUIRE(answer_of(legacy.reports) == Answer::without_tls);
    MadeAnswers alerted;
    Finding alert = finding("handshake.tls_alert");
    alert.subject = "alert 40";
    alerted.found(alert);
    REQUIRE(answer_of(alerted.reports) == Answer::tls_alert);
    alerted.reports.at("handshake")->front().subject = "alert 80";
    REQUIRE(answer_of(alerted.reports) == Answer::tls_broken);
    MadeAnswers untried;
    untried.found("handshake.resolve_failed", Severity::unknown);
    REQUIRE_FALSE(answer_of(untried.reports).has_value());
    untried.reports.erase("handshake");
    REQUIRE_FALSE(answer_of(untried.reports).has_value());
}

TEST_CASE("the rows are numbered and name causes that exist") {
    std::set<std::string_view> ids;
    for (const Cause& cause : causes())
        ids.insert(cause.id);
    int row = 0;
    for (const Decision& decision : decisions()) {
        REQUIRE(decision.row == ++row);
        REQUIRE_FALSE(decision.causes.empty());
        for (const std::string_view cause : decision.causes) {
            INFO(cause);
            REQUIRE(ids.count(cause) == 1);
        }
    }
    REQUIRE(row == 9);
}
