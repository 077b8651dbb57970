// Is what speaks for several causes said once, and in words that make sense?
#include "probes/diagnosis/render.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

// A listener that drops TLS: evidence of three causes.
Diagnosis dropped() {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::key_unreadable, 4, std::chrono::minutes{2}, {"36870 at 12:00"});
    Finding closed = finding("handshake.tls_closed", Severity::critical, "agrees to TLS and closes");
    closed.evidence = {"connect: in 1 ms", "tls: closed"};
    answers.found(finding("cert.key_unreadable")).found(finding("cert.key_missing")).found(closed);
    return diagnosis_of(answers);
}

} // namespace

TEST_CASE("the evidence of a finding stands below the first cause, and the others point there") {
    const Diagnosis diagnosis = dropped();
    REQUIRE(has(diagnosis.causes[0].supports, "finding handshake.tls_closed"));
    REQUIRE(has(diagnosis.causes[1].supports, "finding handshake.tls_closed"));
    REQUIRE(diagnosis.causes[1].confidence >= Confidence::possible);
    const std::string text = to_text(diagnosis), page = to_html(diagnosis, "HOST1", "1.2.3");
    INFO(text);
    CHECK(count_of(text, "finding handshake.tls_closed: agrees to TLS and closes\n") == 1);
    CHECK(count_of(text, "connect: in 1 ms") == 1);
    CHECK(count_of(text, "finding handshake.tls_closed: see 1\n") >= 1);
    CHECK(count_of(page, "<code>finding handshake.tls_closed</code> (strong): agrees to TLS and closes<ul>") == 1);
    CHECK(count_of(page, "<code>finding handshake.tls_closed</code> (hint): see 1</li>") >= 1);
    CHECK(page.find("<h3>1. <span class=\"certain\">certain</span>: ") != std::string::npos);
    // A program gets it each time.
    const nlohmann::ordered_json json = to_json(diagnosis);
    CHECK(count_of(json["causes"].dump(), "connect: in 1 ms") >= 2);
}

TEST_CASE("a step of the decision aid is called that, and keeps its source for programs") {
    const Diagnosis diagnosis = dropped();
    CHECK(count_of(to_text(diagnosis), "step 5 of the decision aid: The host agrees to TLS") == 1);
    for (const std::string& form : {to_text(diagnosis), to_html(diagnosis, "HOST1", "1.2.3")})
        CHECK(form.find("decision 5") == std::string::npos);
    CHECK(diagnosis.causes.front().reason.find("decision 5") == std::string::npos);
    CHECK(has(diagnosis.causes.front().supports, "decision 5"));
}

TEST_CASE("events that did not come say why that speaks for a cause") {
    MadeAnswers answers;
    answers.no_logon(); // clients have come, and no name was refused
    const RankedCause nla = cause_of(diagnosis_of(answers), "nla_refused");
    REQUIRE(has(nla.supports, "event bad_credentials"));
    CHECK(nla.supports.front().text.ends_with(
        ": no name or password was refused, as where clients give up before they send one"));
    answers.quiet();
    const RankedCause away = cause_of(diagnosis_of(answers), "not_arriving");
    REQUIRE(has(away.supports, "event arrival"));
    CHECK(away.supports.front().text.ends_with(": no client has come that far"));
}

TEST_CASE("one event is said without the last of it, and one answer that is missing in the singular") {
    MadeAnswers answers;
    answers.saw(Kind::key_unreadable, 1);
    CHECK(cause_of(diagnosis_of(answers), "key_unreadable").supports.front().text.starts_with("once, at 20"));
    answers.saw(Kind::key_unreadable, 2);
    CHECK(cause_of(diagnosis_of(answers), "key_unreadable").supports.front().text.starts_with("2 times, the last at "));
    MadeAnswers alone;
    alone.saw(Kind::arrival, 1).unread("handshake");
    alone.events->seen[Kind::arrival].of_loopback = 1;
    CHECK(cause_of(diagnosis_of(alone), "local_tunnel").supports.front().text.ends_with(", from this host itself"));
    CHECK(diagnosis_of(alone, {}).verdict.find("(1 answer is missing).") != std::string::npos);
}
