// Is the time of an attempt read as it was meant, and refused where nobody can tell?
#include "probes/diagnosis/attempt.hpp"
#include "probes/diagnosis/rank.hpp"
#include "probes/time_text.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;

namespace {

const Time now = time_from_iso("2026-01-15T08:30:00Z").value();

std::string read(std::string_view text) {
    const Result<Time> time = attempt_time(text, now);
    return time ? to_iso(*time) : "refused";
}

} // namespace

TEST_CASE("an attempt has a time with its zone, or so long ago") {
    CHECK(read("2026-01-15T08:10Z") == "2026-01-15T08:10:00Z");
    CHECK(read("2026-01-15T08:10:07Z") == "2026-01-15T08:10:07Z");
    CHECK(read("2026-01-15T09:10+01:00") == "2026-01-15T08:10:00Z");
    CHECK(read("2026-01-15T02:40:00-05:30") == "2026-01-15T08:10:00Z");
    CHECK(read("20m") == "2026-01-15T08:10:00Z");
    CHECK(read("2h") == "2026-01-15T06:30:00Z");
    CHECK(read("24h") == "2026-01-14T08:30:00Z");
    CHECK(read("0m") == "2026-01-15T08:30:00Z");
}

TEST_CASE("a time that can be meant in two ways, or is none, is refused with what is allowed") {
    for (const char* text : {"",
                             "m",
                             "20",
                             "20s",
                             "-20m",
                             "2 h",
                             "99999m ",
                             "08:10",
                             "2026-01-15",
                             "2026-01-15T08:10",
                             "2026-01-15T08:10:07",
                             "2026-01-15T08:10+1",
                             "2026-01-15T08:10+01:60",
                             "2026-01-15T08:10+15:00",
                             "2026-13-15T08:10Z",
                             "2026-01-15 08:10Z",
                             "2026-01-15T08:10Zjunk",
                             "2026-01-15T08:31Z",
                             "1d",
                             "25h",
                             "2026-01-14T08:29Z",
                             "9999999999999999999h"}) {
        INFO(text);
        const Result<Time> time = attempt_time(text, now);
        REQUIRE_FALSE(time.has_value());
        CHECK(time.error().code == Errc::malformed);
        CHECK_THAT(time.error().where, Catch::Contains("2026-01-15T08:30Z"));
    }
}

TEST_CASE("the events of an attempt are those of five minutes before it and after it, and none to come") {
    const Time at = now - std::chrono::minutes{20};
    CHECK(span_of_attempt(at, now).from == at - std::chrono::minutes{5});
    CHECK(span_of_attempt(at, now).until == at + std::chrono::minutes{5});
    CHECK(span_of_attempt(now - std::chrono::minutes{2}, now).until == now);
}

TEST_CASE("with the time of the attempt, no client at that time means outside this host, whoever came later") {
    Answers answers;
    answers.reports.emplace("handshake", std::vector<Finding>{});
    events::Facts facts;
    facts.from = now - std::chrono::minutes{25};
    facts.until = now - std::chrono::minutes{15};
    answers.events = facts;
    const Diagnosis found = diagnose({0x904U, std::nullopt, now - std::chrono::minutes{20}}, answers, now);
    CHECK(found.conclusion == Conclusion::outside);
    CHECK_THAT(found.verdict,
               Catch::Contains("no client has reached it between 2026-01-15T08:05:00Z and 2026-01-15T08:15:00Z"));
    SECTION("a log that does not reach back tells nothing") {
        for (const char* query : {"transport", "listener"})
            facts.unread.emplace(query, Error{Errc::not_found, 0, "records from before"});
        answers.events = facts;
        CHECK(diagnose({0x904U, std::nullopt, now - std::chrono::minutes{20}}, answers, now).conclusion ==
              Conclusion::cannot_tell);
    }
    SECTION("what the probe of events found since does not stand in for that time") {
        answers.reports.emplace("events",
                                std::vector<Finding>{{"events.key_unreadable", Severity::warning, "the key"}});
        answers.events = Error{Errc::timed_out, 0, "the event logs"};
        const auto supports = [&](std::optional<Time> at) {
            const Diagnosis asked = diagnose({0x904U, std::nullopt, at}, answers, now);
            for (const RankedCause& ranked : asked.causes)
                if (ranked.cause.id == "key_unreadable")
                    for (const Observation& seen : ranked.supports)
                        if (seen.source == "finding events.key_unreadable")
                            return true;
            return false;
        };
        CHECK(supports(std::nullopt));
        CHECK_FALSE(supports(now - std::chrono::minutes{20}));
    }
}
