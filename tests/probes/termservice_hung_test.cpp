// Is a service that does not come to an end told from one that is slow, and offered only what can end it?
#include "tests/probes/termservice_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::termservice;
using namespace rdpmedic::testing::services;
using std::chrono::seconds;
using testing::FakeHost;

TEST_CASE("a pending service is hung after 80 seconds and its wait hint without progress") {
    FakeHost host = healthy();
    ServiceFacts& term = host.services["termservice"];
    const auto [state, word] = GENERATE(table<ServiceState, std::string>({
        {ServiceState::start_pending, "starting"},
        {ServiceState::stop_pending, "stopping"},
        {ServiceState::continue_pending, "continuing"},
        {ServiceState::pause_pending, "pausing"},
    }));
    term.state = state;
    term.checkpoint = 3;
    term.wait_hint = 30'000;
    const std::string subject = "TermService " + word + ", process 1000, checkpoint 3";
    const auto after = [&](const char* code, int age) { return lines(findings(host, standing(code, seconds{age}))); };
    CHECK(lines(findings(host)) == Lines{"termservice.pending info " + subject});
    CHECK(after("termservice.pending", 30) == Lines{"termservice.pending info " + subject});
    CHECK(after("termservice.pending", 31) == Lines{"termservice.pending warning " + subject});
    CHECK(after("termservice.pending", 110) == Lines{"termservice.pending warning " + subject});
    CHECK(after("termservice.pending", 111) == Lines{"termservice.hung critical " + subject});
    // Once hung it stays so: the clock of the pending finding is gone by then.
    CHECK(after("termservice.hung", 1) == Lines{"termservice.hung critical " + subject});
    // A clock that was set back is no reason.
    CHECK(after("termservice.pending", -1000) == Lines{"termservice.pending info " + subject});
}

TEST_CASE("a hung TermService is offered what can end it, and nothing where that is not known") {
    FakeHost host = healthy();
    ServiceFacts& term = host.services["termservice"];
    term.state = ServiceState::stop_pending;
    const auto cure = [&] {
        const auto found = findings(host, standing("termservice.hung", seconds{1}));
        const Facts facts = collect(host).value();
        CHECK((found.at(0).repair == "termservice") == (cure_of_hung(facts) != HungCure::none));
        return cure_of_hung(facts);
    };
    CHECK(cure() == HungCure::none); // the process could not be asked
    ProcessFacts process;
    host.give("process 1000", process);
    CHECK(cure() == HungCure::none); // when it began is not known
    process.started = host.time;
    host.give("process 1000", process);
    CHECK(cure() == HungCure::end_process);
    term.state = ServiceState::pause_pending;
    CHECK(cure() == HungCure::none);
    term.accepted = 1;
    CHECK(cure() == HungCure::restart);
    term.services_in_process = 2;
    CHECK(cure() == HungCure::own_process);
    term.type = 0x10; // has its own from the next start on
    CHECK(cure() == HungCure::none);
    term.services_in_process = 0; // not known
    CHECK(cure() == HungCure::none);
}

TEST_CASE("progress starts the clock of a pending service anew") {
    FakeHost host = healthy();
    ServiceFacts& term = host.services["termservice"];
    term.state = ServiceState::start_pending;
    JudgeContext context;
    const Time since = host.time - seconds{1000};
    const std::string first = findings(host)[0].subject;
    context.since = [&](std::string_view, std::string_view subject) {
        return subject == first ? std::optional<Time>(since) : std::nullopt;
    };
    CHECK(findings(host, context)[0].code == "termservice.hung");
    SECTION("checkpoint") { term.checkpoint += 1; }
    SECTION("process") { term.process_id += 1; }
    SECTION("state") { term.state = ServiceState::stop_pending; }
    CHECK(findings(host, context)[0].code == "termservice.pending");
}

TEST_CASE("a hung companion is a warning, and a hung service in a shared process asks for a restart of Windows") {
    FakeHost host = healthy();
    host.services["sessionenv"].state = ServiceState::stop_pending;
    const auto found = findings(host, standing("termservice.pending", seconds{81}));
    CHECK(lines(found) == Lines{"termservice.hung warning SessionEnv stopping, process 1000, checkpoint 0"});
    CHECK_THAT(found[0].text, Catch::Contains("can be ended"));
    host.services["sessionenv"].services_in_process = 2;
    CHECK_THAT(findings(host, standing("termservice.pending", seconds{81}))[0].text,
               Catch::Contains("restart Windows"));
}
