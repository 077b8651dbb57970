// Does each probe come round in its time, never twice at once?
#include "agent/watch/schedule.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {
const Tick start = Tick{} + 1000h;
using Ids = std::vector<std::string>;
} // namespace

TEST_CASE("a new probe is due at once and not again while it runs") {
    Schedule schedule;
    schedule.add("cert", 60s, start);
    CHECK(schedule.due(start) == Ids{"cert"});
    schedule.started("cert");
    CHECK(schedule.due(start + 1h) == Ids{});
}

TEST_CASE("a finished probe is due again after its period, give or take a tenth") {
    Schedule schedule;
    schedule.add("cert", 60s, start);
    Tick now = start;
    for (int i = 0; i < 50; ++i) {
        schedule.started("cert");
        schedule.finished("cert", now);
        CHECK(schedule.due(now + 53s) == Ids{});
        CHECK(schedule.due(now + 67s) == Ids{"cert"});
        CHECK(schedule.next(now) >= now + 54s);
        CHECK(schedule.next(now) <= now + 66s);
        now += 67s;
    }
}

TEST_CASE("probes with the same period do not stay in step") {
    Schedule schedule;
    Ids ids;
    for (int i = 0; i < 8; ++i)
        ids.push_back("probe" + std::to_string(i));
    for (const auto& id : ids) {
        schedule.add(id, 600s, start);
        schedule.started(id);
        schedule.finished(id, start);
    }
    CHECK(schedule.due(start + 600s).size() < ids.size());
    CHECK(schedule.due(start + 660s).size() == ids.size());
}

TEST_CASE("the probe that has waited longest comes first") {
    Schedule schedule;
    schedule.add("a", 60s, start + 2s);
    schedule.add("b", 60s, start + 1s);
    CHECK(schedule.due(start + 2s) == Ids{"b", "a"});
    CHECK(schedule.due(start + 1s) == Ids{"b"});
}

TEST_CASE("a hurried probe runs now, or once more after the run that is under way") {
    Schedule schedule;
    schedule.add("cert", 60s, start);
    schedule.started("cert");
    schedule.finished("cert", start);
    schedule.hurry("cert", start + 1s);
    CHECK(schedule.due(start + 1s) == Ids{"cert"});
    schedule.started("cert");
    schedule.hurry("cert", start + 2s);
    CHECK(schedule.due(start + 2s) == Ids{});
    schedule.finished("cert", start + 3s);
    CHECK(schedule.due(start + 3s) == Ids{"cert"});
    schedule.started("cert");
    schedule.finished("cert", start + 4s);
    CHECK(schedule.due(start + 5s) == Ids{});
}
