// Is what could not be read named and never taken for good or bad?
#include "probes/diagnosis/rank.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

TEST_CASE("nothing found and event logs that cannot be read: it cannot be told") {
    MadeAnswers answers;
    answers.events = Error{Errc::access_denied, 5, "EvtQuery(System)"};
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE(diagnosis.verdict.find("Cannot tell") == 0);
    REQUIRE(has(diagnosis.unread, "events: access denied (5) at EvtQuery(System)"));
}

TEST_CASE("arrivals that could not be read are not arrivals that did not come") {
    MadeAnswers answers;
    answers.quiet();
    answers.events->unread["transport"] = answers.events->unread["listener"] =
        Error{Errc::access_denied, 5, "EvtQuery"};
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE_FALSE(has(cause_of(diagnosis, "not_arriving").supports, "event arrival"));
    answers.events->unread.erase("listener"); // one of the two is enough
    REQUIRE(diagnosis_of(answers).conclusion == Conclusion::outside);
}

TEST_CASE("what the events probe has found stands in where the logs cannot be read just now") {
    MadeAnswers answers;
    answers.found("events.key_unreadable", Severity::warning);
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "key_unreadable").supports, "finding events.key_unreadable"));
    REQUIRE(diagnosis_of(answers).notes.empty());
    answers.events = Error{Errc::timed_out, 0, "EvtNext"};
    REQUIRE(has(cause_of(diagnosis_of(answers), "key_unreadable").supports, "finding events.key_unreadable"));
}

TEST_CASE("a host of which nothing could be read is never called healthy") {
    MadeAnswers answers;
    for (auto& [probe, report] : answers.reports)
        report = Error{Errc::unsupported, 0, "nothing here"};
    answers.events = Error{Errc::unsupported, 0, "nothing here"};
    for (const Question& question : {Question{}, Question{0x904, 0x7}}) {
        const Diagnosis diagnosis = diagnosis_of(answers, question);
        REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
        REQUIRE(diagnosis.unread.size() == answers.reports.size() + 1);
        REQUIRE(diagnosis.causes.front().confidence <= Confidence::possible);
    }
    REQUIRE(diagnose({}, {}, diagnosed_at).conclusion == Conclusion::cannot_tell); // no probe at all
}

TEST_CASE("one unknown answer is enough not to say that nothing was found") {
    MadeAnswers answers;
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
    answers.found(finding("winsock.unknown", Severity::unknown, "access denied"));
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::cannot_tell);
}

TEST_CASE("an ACL that cannot be read is not an ACL without the right") {
    MadeAnswers answers;
    answers.found(finding("cert.unknown", Severity::unknown, "access denied (5) at GetNamedSecurityInfoW"));
    const RankedCause key = cause_of(diagnosis_of(answers), "key_unreadable");
    REQUIRE(key.confidence == Confidence::unlikely);
    REQUIRE(key.unread == std::vector<std::string>{"cert"});
    REQUIRE(key.reason.find("could not be read: cert") != std::string::npos);
}

TEST_CASE("a probe that could not be read makes a proof less sure and is named") {
    MadeAnswers answers;
    answers.found("tls.no_rsa_suite").saw(Kind::no_common_cipher, 2, std::chrono::minutes{1});
    answers.found("handshake.tls_alert");
    REQUIRE(diagnosis_of(answers).causes.front().confidence == Confidence::certain);
    answers.events = Error{Errc::timed_out, 0, "EvtNext"};
    const Diagnosis blind = diagnosis_of(answers);
    REQUIRE(blind.causes.front().cause.id == "tls_ciphers");
    REQUIRE(blind.causes.front().confidence == Confidence::likely);
    REQUIRE(blind.causes.front().reason.find("could not be read: events") != std::string::npos);
}

TEST_CASE("a cause is not certain where a log of its own events was not read") {
    MadeAnswers answers;
    answers.no_logon().found("cert.key_unreadable").found("handshake.tls_reset");
    const auto key = [&answers] { return cause_of(diagnosis_of(answers), "key_unreadable"); };
    REQUIRE(key().confidence == Confidence::certain);
    answers.events->unread["broker"] = Error{Errc::access_denied, 5, "EvtQuery"}; // holds no event of the key
    REQUIRE(key().confidence == Confidence::certain);
    answers.events->behind.insert("system");
    REQUIRE(key().unread == std::vector<std::string>{"events"});
    REQUIRE(key().confidence == Confidence::likely);
    answers.events->behind.clear();
    answers.events->unread["system"] = Error{Errc::access_denied, 5, "EvtQuery"};
    REQUIRE(key().confidence == Confidence::likely);
    REQUIRE(key().reason.find("could not be read: events") != std::string::npos);
}

TEST_CASE("causes that live by arrivals name the events where those were not read") {
    MadeAnswers answers;
    answers.quiet();
    for (const char* query : {"transport", "listener", "refusals"})
        answers.events->unread[query] = Error{Errc::access_denied, 5, "EvtQuery"};
    for (const char* id : {"not_arriving", "credentials"})
        REQUIRE(cause_of(diagnosis_of(answers), id).unread == std::vector<std::string>{"events"});
}

TEST_CASE("a log that was not read is one answer that is missing") {
    MadeAnswers answers;
    answers.found(unknown("events", "event logs", Error{Errc::access_denied, 5, "EvtQuery(Security)"}));
    answers.events->unread["refusals"] = Error{Errc::access_denied, 5, "EvtQuery(Security)"};
    const Diagnosis diagnosis = diagnosis_of(answers, {});
    REQUIRE(diagnosis.unread == std::vector<std::string>{"events: refusals: access denied (5) at EvtQuery(Security)"});
    REQUIRE(diagnosis.verdict.find("(1 answer is missing)") != std::string::npos);
    // Another answer of that probe is still one.
    answers.found(
        unknown("events", "whether Schannel logs its errors", Error{Errc::access_denied, 5, "RegOpenKeyExW"}));
    REQUIRE(diagnosis_of(answers, {}).unread.size() == 2);
}
