// Is somebody who is told that nothing was found told what to do next, too?
#include "probes/diagnosis/render.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

// The first words of each step.
std::vector<std::string> steps_of(const Diagnosis& diagnosis) {
    std::vector<std::string> steps;
    for (const std::string& step : diagnosis.next)
        for (const char* known :
             {"let the client try, and ask again", "run rdpmedic handshake HOST where the client is",
              "try another client", "switch UDP off at the client"})
            if (step.starts_with(known))
                steps.emplace_back(known);
    REQUIRE(steps.size() == diagnosis.next.size());
    return steps;
}

const std::string again = "let the client try, and ask again",
                  outside = "run rdpmedic handshake HOST where the client is", other = "try another client",
                  udp = "switch UDP off at the client";
using Steps = std::vector<std::string>;

} // namespace

TEST_CASE("where clients get in, the client is next") {
    const Diagnosis diagnosis = diagnosis_of(MadeAnswers{});
    CHECK(diagnosis.conclusion == Conclusion::nothing_found);
    CHECK(steps_of(diagnosis) == Steps{again, other, udp});
}

TEST_CASE("where no client gets in or comes, the way from outside is next") {
    MadeAnswers quiet, refused;
    quiet.quiet();
    CHECK(diagnosis_of(quiet).conclusion == Conclusion::outside);
    CHECK(steps_of(diagnosis_of(quiet)) == Steps{again, outside, other});
    refused.no_logon();
    CHECK(diagnosis_of(refused).conclusion == Conclusion::possible);
    CHECK(steps_of(diagnosis_of(refused)) == Steps{again, outside, other});
}

TEST_CASE("where it cannot be told who came, both sides are next") {
    MadeAnswers blind;
    blind.events = Error{Errc::access_denied, 5, "EvtQuery(System)"};
    CHECK(diagnosis_of(blind).conclusion == Conclusion::cannot_tell);
    CHECK(steps_of(diagnosis_of(blind)) == Steps{again, outside, other});
}

TEST_CASE("who has said when the client tried is not asked for it again") {
    MadeAnswers quiet;
    quiet.quiet();
    quiet.events->until = diagnosed_at;
    const Diagnosis diagnosis = diagnosis_of(quiet, {0x904, 0x7, diagnosed_at - std::chrono::minutes{20}});
    CHECK(steps_of(diagnosis) == Steps{outside, other});
    CHECK(diagnosis.causes.front().cause.id == "not_arriving");
    CHECK(to_text(diagnosis).find("ask again") == std::string::npos);
}

TEST_CASE("a cause that was found has its own advice, and who shows no code waits for none") {
    MadeAnswers expired, refused;
    expired.found("cert.expired");
    CHECK(diagnosis_of(expired).next.empty());
    CHECK(diagnosis_of(MadeAnswers{}, {}).next.empty());
    refused.no_logon().saw(Kind::bad_credentials); // outside this host, and the client has shown why
    CHECK(diagnosis_of(refused).conclusion == Conclusion::outside);
    CHECK(diagnosis_of(refused).next.empty());
}

TEST_CASE("the question is repeated with the numbers that were given") {
    CHECK(has(diagnosis_of(MadeAnswers{}, {0x904, {}}).next, "rdpmedic diagnose 0x904 --at 20m"));
    CHECK(has(diagnosis_of(MadeAnswers{}, {0x904, 0x7}).next, "rdpmedic diagnose 0x904 0x7 --at 20m"));
    CHECK(has(diagnosis_of(MadeAnswers{}, {{}, 0x7}).next, "rdpmedic diagnose --at 20m"));
}

TEST_CASE("text, JSON and page say what to do next, before the causes and the guides") {
    const Diagnosis diagnosis = diagnosis_of(MadeAnswers{});
    const std::string text = to_text(diagnosis), page = to_html(diagnosis, "HOST1", "1.2.3");
    REQUIRE(text.find("What to do next:\n   let the client try") != std::string::npos);
    CHECK(text.find("What to do next:") < text.find("What guides say"));
    REQUIRE(page.find("<h2>What to do next</h2><ul><li>let the client try") != std::string::npos);
    CHECK(page.find("What to do next") < page.find("Causes, the likeliest first"));
    CHECK(to_json(diagnosis)["next"].size() == 3);
    MadeAnswers expired;
    expired.found("cert.expired");
    CHECK(to_json(diagnosis_of(expired))["next"].is_array());
    CHECK(to_json(diagnosis_of(expired))["next"].empty());
    CHECK(to_text(diagnosis_of(expired)).find("What to do next") == std::string::npos);
    CHECK(to_html(diagnosis_of(expired), "HOST1", "1.2.3").find("What to do next") == std::string::npos);
}
