// Does the diagnosis get what the board shows, and nothing that nobody has read?
#include "agent/watch/answers.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

constexpr Time now{std::chrono::seconds{1'770'000'000}};

Probe quiet_probe(std::string_view id) {
    return {id, "Is it well?", std::chrono::seconds{60}, std::chrono::seconds{5},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> { return std::vector<Finding>{}; }};
}

} // namespace

TEST_CASE("findings of the snapshot are answers, and a probe that has not reported is unread") {
    Snapshot snapshot = first_snapshot({quiet_probe("cert"), quiet_probe("dns"), quiet_probe("tls")}, now);
    Finding expired;
    expired.code = "cert.expired";
    expired.severity = Severity::critical;
    snapshot = fold(snapshot, Report{"cert", now, {}, std::vector<Finding>{expired}});
    snapshot = fold(snapshot, Report{"tls", now, {}, Error{Errc::access_denied, 5, "RegOpenKeyExW"}});
    const diagnosis::Answers answers = answers_of(snapshot, Error{Errc::unsupported, 0, "no logs"});
    REQUIRE(answers.reports.size() == 3);
    REQUIRE(answers.reports.at("cert")->front().code == "cert.expired");
    REQUIRE(answers.reports.at("dns").has_error());
    REQUIRE(answers.reports.at("tls")->front().severity == Severity::unknown);
    REQUIRE(answers.events.has_error());
}

TEST_CASE("a probe that hangs leaves an unknown answer beside its last findings") {
    Snapshot snapshot = first_snapshot({quiet_probe("cert")}, now);
    snapshot = fold(snapshot, Report{"cert", now, {}, std::vector<Finding>{}, true});
    const diagnosis::Answers answers = answers_of(snapshot, events::Facts{});
    REQUIRE(answers.reports.at("cert").has_value());
    REQUIRE(answers.reports.at("cert")->back().severity == Severity::unknown);
}

TEST_CASE("the questions of the probes are known by their ids") {
    REQUIRE(questions_of({quiet_probe("cert")}).at("cert") == "Is it well?");
}
