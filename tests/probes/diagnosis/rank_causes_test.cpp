// Does the evidence that is made for one cause lead to it, and alone to no more than it shows?
#include "probes/diagnosis/rank.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

TEST_CASE("a network provider whose file is gone leads to the session that does not start") {
    MadeAnswers answers;
    answers.saw(Kind::session_manager_slow).found("network.provider_missing", Severity::warning);
    const RankedCause ranked = cause_of(diagnosis_of(answers), "session_start");
    REQUIRE(has(ranked.supports, "finding network.provider_missing"));
    REQUIRE(ranked.confidence == Confidence::likely);
}

TEST_CASE("full packets that get lost speak for a poor network, and hardly where only echo loses them") {
    for (const Severity severity : {Severity::warning, Severity::info}) {
        MadeAnswers answers;
        answers.found("network.large_packets_lost", severity);
        const RankedCause ranked = cause_of(diagnosis_of(answers), "poor_network");
        REQUIRE_FALSE(ranked.supports.empty());
        REQUIRE(ranked.supports.front().source == "finding network.large_packets_lost");
        REQUIRE(ranked.supports.front().weight == (severity == Severity::info ? Weight::hint : Weight::strong));
    }
}

TEST_CASE("clients whose connection was closed early are a hint at what closes it, and not where strangers come") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::closed_early).found("handshake.reset_before_reply");
    for (const char* id : {"closed_before_answer", "security_product", "connection_limit"})
        REQUIRE(has(cause_of(diagnosis_of(answers), id).supports, "event closed_early"));
    answers.saw(Kind::bad_credentials, 150);
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "closed_before_answer").supports, "event closed_early"));
}

TEST_CASE("a time limit that is set is shown with the sessions that were cut off") {
    MadeAnswers answers;
    Finding limit = finding("sessions.time_limit", Severity::info);
    limit.evidence = {"MaxIdleTime = 600000"};
    limit.policy = "MaxIdleTime";
    answers.saw(Kind::session_limit_reached).found(limit);
    const RankedCause ended = cause_of(diagnosis_of(answers, {0x2, 0x3}), "session_ended_by_limit");
    REQUIRE(ended.supports.front().details == std::vector<std::string>{"MaxIdleTime = 600000"});
    REQUIRE(ended.policies == std::vector<std::string>{"MaxIdleTime"});
    REQUIRE(ended.confidence == Confidence::likely); // extended code 3: the idle limit
    // The limit alone is nothing.
    REQUIRE(cause_of(diagnosis_of(answers, {}), "session_ended_by_limit").confidence == Confidence::unlikely);
}

TEST_CASE("licences that clients did not get support what the licensing probe has found, and alone are less") {
    MadeAnswers answers;
    answers.saw(Kind::licensing_failed, 1, std::chrono::minutes{5},
                {"2026-02-02T02:35:00Z RemoteConnectionManager 1003 Param1=PC07"});
    const RankedCause alone = cause_of(diagnosis_of(answers), "licensing");
    REQUIRE(has(alone.supports, "event licensing_failed"));
    REQUIRE(has(alone.opposes, "probe licensing"));
    REQUIRE(alone.confidence == Confidence::unlikely);
    REQUIRE(has(cause_of(diagnosis_of(answers), "client").supports, "event licensing_failed")); // its own licence
    answers.found("licensing.server_unusable", Severity::warning);
    const RankedCause found = cause_of(diagnosis_of(answers), "licensing");
    REQUIRE(has(found.supports, "finding licensing.server_unusable"));
    REQUIRE(found.confidence == Confidence::likely);
    answers.saw(Kind::licensing_failed, 1, std::chrono::minutes{5}, {"RemoteConnectionManager 1028"});
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "client").supports, "event licensing_failed"));
}

TEST_CASE("a listener that another product took the place of is a cause, and clears no other") {
    MadeAnswers answers;
    answers.quiet()
        .found("listener.third_party_stack", Severity::info)
        .found("handshake.third_party_stack", Severity::info);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "third_party_stack");
    REQUIRE(diagnosis.causes.front().confidence == Confidence::likely);
    REQUIRE(diagnosis.conclusion == Conclusion::found);
    REQUIRE_FALSE(has(cause_of(diagnosis, "key_unreadable").opposes, "probe handshake"));
    REQUIRE(cause_of(diagnosis, "service_down").confidence < Confidence::likely);
}

TEST_CASE("an empty list of curves is a cause for which hosts and clients have no suite in common") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).found("tls.curve_list_empty").found("handshake.tls_alert");
    CHECK(diagnosis_of(answers).causes.front().cause.id == "tls_ciphers");
}

TEST_CASE("a broker that was renamed is a cause of its own") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::authenticated).saw(Kind::broker_failed).saw(Kind::broker_not_ready);
    const Diagnosis diagnosis = diagnosis_of(answers);
    CHECK(diagnosis.causes.front().cause.id == "broker_renamed");
    CHECK(diagnosis.conclusion == Conclusion::found);
    answers.saw(Kind::logon, 1, std::chrono::minutes{1}); // an administrator, whom no broker directs
    CHECK(cause_of(diagnosis_of(answers), "broker_renamed").confidence == Confidence::likely);
    answers.no_logon().saw(Kind::authenticated);
    answers.events->seen.erase(Kind::broker_failed); // a broker that still starts
    CHECK(cause_of(diagnosis_of(answers), "broker_renamed").confidence <= Confidence::possible);
}

TEST_CASE("a connection that the logged-on user declined is a conflict of sessions") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::connection_declined);
    const RankedCause alone = cause_of(diagnosis_of(answers, {}), "session_conflict");
    CHECK(alone.confidence == Confidence::possible);
    answers.found("sessions.duplicate", Severity::warning);
    CHECK(cause_of(diagnosis_of(answers, {}), "session_conflict").confidence == Confidence::likely);
}

TEST_CASE("two users of a client edition are evidence of a conflict of sessions, and no cause by themselves") {
    MadeAnswers answers;
    answers.found("sessions.one_user_at_a_time", Severity::info);
    CHECK(cause_of(diagnosis_of(answers, {}), "session_conflict").confidence == Confidence::unlikely);
}

TEST_CASE("a list of the listener that lets nobody in is why the user may not log on") {
    const char* code = GENERATE("access.listener_denied", "access.listener_nobody_allowed");
    MadeAnswers answers;
    answers.found(code);
    const Diagnosis diagnosis = diagnosis_of(answers);
    INFO(code);
    CHECK(diagnosis.causes.front().cause.id == "logon_not_allowed");
    CHECK(diagnosis.conclusion == Conclusion::found);
}
