// Does what happens to a repair reach the log under its id?
#include "agent/main/log_event.hpp"

#include "tests/support/recorded_log.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("an event is logged under its id, and a bad one as a warning") {
    RecordedLog log;
    Job job;
    job.id = "7";
    log_event(log, {RepairEventKind::begun, job, "rungs set"});
    log_event(log, {RepairEventKind::rolled_back, job, "not cured"});
    using Event = std::pair<std::uint16_t, LogLevel>;
    CHECK(log.events == std::vector<Event>{{100, LogLevel::info}, {121, LogLevel::warn}});
    CHECK(log.lines.at(0).find("event=repair_begun job=7") == 0);
}

TEST_CASE("a step that begins is in no log") {
    RecordedLog log;
    log_event(log, {RepairEventKind::step_running, {}, "set x"});
    CHECK(log.lines.empty());
}
