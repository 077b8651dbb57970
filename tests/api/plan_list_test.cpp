// Does one list of repairs serve everybody who asks, and is it fresh when it has to be?
#include "api/plan_list.hpp"
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using api::PlanList;
using nlohmann::json;

namespace {

// One list is two calls of plan: the desk knows two repairs.
void await_plans(const FakeDesk& desk, int calls) {
    while (desk.planned_now() < calls)
        std::this_thread::yield();
}

api::Response answer_of(PlanList& list) {
    const PlanList::Asked asked = list.now();
    for (;;) {
        if (std::optional<api::Response> answer = list.answer(asked))
            return *answer;
        REQUIRE(list.make());
        std::this_thread::yield();
    }
}

std::string type_of(const Answer& answer) {
    const json body = json::parse(answer.body, nullptr, false);
    return body.is_object() && body.contains("type") ? body["type"].get<std::string>() : answer.body;
}

struct BrokenDesk : FakeDesk {
    std::variant<Plan, Refusal> plan(const std::string&, const Options&) override {
        throw std::runtime_error("no memory for that plan");
    }
};

} // namespace

TEST_CASE("all who ask for the repairs while their list is made get that one") {
    Rig rig;
    rig.desk->hold();
    const std::uint16_t port = rig.start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        REQUIRE(clients.back()->send(get("/repair")));
    }
    await_plans(*rig.desk, 1);
    CHECK(RawClient(port).ask(get("/livez")).status == 200);
    rig.desk->release();
    for (const auto& client : clients) {
        const Answer answer = client->receive();
        CHECK(answer.status == 200);
        CHECK(json::parse(answer.body)["repairs"].size() == 2);
    }
    CHECK(rig.desk->planned_now() == 2);
}

TEST_CASE("the list of repairs is kept for a moment, and dropped when something has happened") {
    Rig rig;
    rig.limits.plans_keep = 1h;
    RawClient client(rig.start());
    const Answer first = client.ask(get("/repair"));
    REQUIRE(first.status == 200);
    CHECK(client.ask(get("/repair", "If-None-Match: " + first.field("ETag") + "\r\n")).status == 304);
    CHECK(client.ask(get("/repair")).body == first.body);
    CHECK(rig.desk->planned_now() == 2);
    rig.feed->publish("job", "7", R"({"event":"begun"})");
    CHECK(client.ask(get("/repair")).status == 200);
    CHECK(rig.desk->planned_now() == 4);
    rig.feed->publish("job", "7", R"({"event":"repaired"})");
    CHECK(client.ask(get("/repair")).status == 200);
    CHECK(client.ask(get("/repair")).status == 200);
    CHECK(rig.desk->planned_now() == 6);
}

TEST_CASE("the list of repairs is made again when its moment is over") {
    Rig rig;
    rig.limits.plans_keep = 0ms;
    RawClient client(rig.start());
    for (int i = 1; i < 4; ++i) {
        CHECK(client.ask(get("/repair")).status == 200);
        CHECK(rig.desk->planned_now() == 2 * i);
        std::this_thread::sleep_for(2ms);
    }
}

TEST_CASE("whoever asks after the end of a job does not get a list that was begun before it") {
    FakeDesk desk;
    const auto feed = std::make_shared<Feed>();
    PlanList list(desk, feed, 1h);
    desk.hold();
    const PlanList::Asked before = list.now();
    REQUIRE(list.make());
    await_plans(desk, 1);
    feed->publish("job", "7", "{}");
    const PlanList::Asked after = list.now();
    REQUIRE(list.make()); // one at a time: it waits for the one that is being made
    desk.release();
    while (!list.answer(before))
        std::this_thread::yield();
    CHECK_FALSE(list.answer(after).has_value());
    CHECK(desk.planned_now() == 2);
    CHECK(answer_of(list).status == 200);
    CHECK(list.answer(after).has_value());
    CHECK(desk.planned_now() == 4);
}

TEST_CASE("a list that hangs is told to those who wait, few may, and everything else goes on") {
    Rig rig;
    rig.limits.desk = 1s;
    rig.limits.plans_waiting = 1;
    rig.desk->hold();
    const std::uint16_t port = rig.start();
    RawClient first(port), second(port);
    REQUIRE(first.send(get("/repair")));
    await_plans(*rig.desk, 1);
    CHECK(type_of(second.ask(get("/repair"))) == "urn:rdpmedic:problem:overloaded");
    CHECK(second.ask(get("/health")).status == 200);
    CHECK(type_of(first.receive()) == "urn:rdpmedic:problem:no-answer");
    CHECK(rig.desk->planned_now() == 1);
    rig.desk->release();
    unsigned status = 0;
    for (int i = 0; i < 100 && status != 200; ++i)
        status = first.ask(get("/repair")).status;
    CHECK(status == 200);
    CHECK(rig.desk->planned_now() == 2);
}

TEST_CASE("a plan that throws is an answer") {
    BrokenDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), 1h);
    CHECK(answer_of(list).status == 500);
}

TEST_CASE("a list that is left asks the desk for no further plan") {
    FakeDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), 1h);
    desk.hold();
    REQUIRE(list.make());
    await_plans(desk, 1);
    list.leave(0ms);
    desk.release();
    list.leave(10s);
    CHECK(desk.planned_now() == 1);
}
