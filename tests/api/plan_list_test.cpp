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
        REQUIRE(list.make(asked));
        std::this_thread::yield();
    }
}

std::string type_of(const Answer& answer) {
    const json body = json::parse(answer.body, nullptr, false);
    return body.is_object() && body.contains("type") ? body["type"].get<std::string>() : answer.body;
}

// The row of a repair in a list.
json row_of(const std::string& body, const std::string& repair) {
    const json list = json::parse(body);
    for (const json& row : list["repairs"])
        if (row["name"] == repair)
            return row;
    return {};
}
json row_of(const api::Response& list, const std::string& repair) { return row_of(*list.body, repair); }

// Lists until one has the plan of this repair.
api::Response whole_answer_of(PlanList& list, const std::string& repair) {
    for (;;) {
        const api::Response answer = answer_of(list);
        if (row_of(answer, repair)["state"] != "unknown")
            return answer;
        std::this_thread::yield();
    }
}

// A second is enough for a plan that does not hang, on a busy machine too.
api::Limits limits_with(std::chrono::milliseconds plan_ready, std::chrono::milliseconds plans_keep = 1h) {
    api::Limits limits;
    limits.plan_next = 1ms;
    limits.plan_ready = plan_ready;
    limits.plans_keep = plans_keep;
    return limits;
}

struct BrokenDesk : FakeDesk {
    std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) override {
        if (repair == "cert")
            throw std::runtime_error("no memory for that plan");
        return FakeDesk::plan(repair, options);
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
    PlanList list(desk, feed, limits_with(1h));
    desk.hold();
    const PlanList::Asked before = list.now();
    REQUIRE(list.make(before));
    await_plans(desk, 1);
    feed->publish("job", "7", "{}");
    const PlanList::Asked after = list.now();
    REQUIRE(list.make(after)); // one at a time: it waits for the one that is being made
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
    rig.limits.plan_next = rig.limits.plan_ready = 1h;
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

TEST_CASE("a planner that throws costs its own entry alone") {
    BrokenDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), limits_with(1h));
    const api::Response answer = answer_of(list);
    CHECK(answer.status == 200);
    CHECK(row_of(answer, "cert")["state"] == "unknown");
    CHECK(row_of(answer, "cert")["type"] == "urn:rdpmedic:problem:internal");
    CHECK(row_of(answer, "termservice")["state"] == "not_needed");
}

TEST_CASE("a planner that hangs costs its own entry alone, and is not begun again") {
    FakeDesk desk;
    const auto feed = std::make_shared<Feed>();
    PlanList list(desk, feed, limits_with(1s));
    desk.hold("cert");
    const json hanging = row_of(answer_of(list), "cert");
    CHECK(hanging["what"] == "gives the listener a certificate");
    CHECK(hanging["state"] == "unknown");
    CHECK(hanging["output"] == "its plan was not ready within 1 s: timed out");
    CHECK(hanging["type"] == "urn:rdpmedic:problem:no-answer");
    const auto began = PlanList::Clock::now();
    for (int i = 0; i < 10; ++i) {
        feed->publish("job", "7", "{}");
        const api::Response answer = answer_of(list);
        CHECK(row_of(answer, "cert") == hanging);
        CHECK(row_of(answer, "termservice")["state"] == "not_needed");
    }
    CHECK(PlanList::Clock::now() - began < 9s); // it was waited for once, and not ten times
    CHECK(desk.planned_now("cert") == 1);
    CHECK(desk.hanging_now() == 1);
    CHECK(desk.planned_now("termservice") == 11);
}

TEST_CASE("a list without the plan that hangs is kept as any other") {
    FakeDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), limits_with(1s));
    desk.hold("cert");
    answer_of(list);
    answer_of(list);
    CHECK(desk.planned_now("termservice") == 1);
}

TEST_CASE("a plan that comes late is in the next list") {
    FakeDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), limits_with(1s));
    desk.hold("cert");
    REQUIRE(row_of(answer_of(list), "cert")["state"] == "unknown");
    desk.release();
    CHECK(row_of(whole_answer_of(list, "cert"), "cert")["state"] == "not_needed");
    CHECK(desk.planned_now("cert") == 1);
}

TEST_CASE("a plan that comes late, and was begun before something happened, is made anew") {
    FakeDesk desk;
    const auto feed = std::make_shared<Feed>();
    PlanList list(desk, feed, limits_with(1s));
    desk.hold("cert");
    REQUIRE(row_of(answer_of(list), "cert")["state"] == "unknown");
    feed->publish("job", "7", "{}");
    desk.release();
    CHECK(row_of(whole_answer_of(list, "cert"), "cert")["state"] == "not_needed");
    CHECK(desk.planned_now("cert") >= 2);
}

TEST_CASE("a plan that came late is not kept for longer than a list") {
    FakeDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), limits_with(1s, 20ms));
    desk.hold("cert");
    REQUIRE(row_of(answer_of(list), "cert")["state"] == "unknown");
    desk.release();
    desk.await_hanging(0);
    std::this_thread::sleep_for(1s); // it has come by then, and its moment is over
    CHECK(row_of(whole_answer_of(list, "cert"), "cert")["state"] == "not_needed");
    CHECK(desk.planned_now("cert") >= 2);
}

TEST_CASE("a plan that takes long lets the others be made meanwhile, and is waited for") {
    FakeDesk desk;
    PlanList list(desk, std::make_shared<Feed>(), limits_with(1h));
    desk.hold("cert");
    const PlanList::Asked asked = list.now();
    REQUIRE(list.make(asked));
    while (desk.planned_now("termservice") == 0)
        std::this_thread::yield();
    CHECK_FALSE(list.answer(asked).has_value());
    desk.release();
    CHECK(row_of(answer_of(list), "cert")["state"] == "not_needed");
    CHECK(desk.planned_now() == 2);
}

TEST_CASE("repairs are planned one after the other as long as each is quick") {
    FakeDesk desk;
    api::Limits limits = limits_with(1h);
    limits.plan_next = 1h;
    PlanList list(desk, std::make_shared<Feed>(), limits);
    desk.hold("cert");
    REQUIRE(list.make(list.now()));
    await_plans(desk, 1);
    std::this_thread::sleep_for(20ms);
    CHECK(desk.planned_now("termservice") == 0);
    desk.release();
    CHECK(answer_of(list).status == 200);
    CHECK(desk.planned_now("termservice") == 1);
}

TEST_CASE("a planner that hangs keeps nobody from the list and from other plans") {
    Rig rig;
    rig.limits.desk = 4s;
    rig.limits.plan_next = 1ms;
    rig.limits.plan_ready = 1s;
    rig.limits.desk_threads = 1; // of these no plan takes any
    rig.limits.plan_queue = 4;
    rig.desk->hold("cert");
    const std::uint16_t port = rig.start();
    RawClient client(port);
    const Answer list = client.ask(get("/repair"));
    REQUIRE(list.status == 200);
    CHECK(row_of(list.body, "cert")["output"] == "its plan was not ready within 1 s: timed out");
    CHECK(row_of(list.body, "termservice")["state"] == "not_needed");
    std::vector<std::unique_ptr<RawClient>> stubborn;
    for (int i = 0; i < 4; ++i) {
        stubborn.push_back(std::make_unique<RawClient>(port));
        REQUIRE(stubborn.back()->send(get("/repair/cert")));
    }
    rig.desk->await_hanging(2); // the list's, and one of the four
    CHECK(client.ask(get("/repair/termservice")).status == 200);
    CHECK(client.ask(get("/audit", rig.fixer)).status == 200);
    rig.feed->publish("job", "7", "{}");
    CHECK(row_of(client.ask(get("/repair")).body, "termservice")["state"] == "not_needed");
    for (const auto& one : stubborn) {
        const Answer answer = one->receive();
        CHECK(answer.status == 503);
        CHECK(type_of(answer) == "urn:rdpmedic:problem:no-answer");
    }
    CHECK(rig.desk->hanging_now() == 2);
    CHECK(rig.desk->planned_now("cert") == 2);
}

TEST_CASE("a list that is left asks the desk for no further plan") {
    FakeDesk desk;
    api::Limits limits = limits_with(1h);
    limits.plan_next = 1h;
    PlanList list(desk, std::make_shared<Feed>(), limits);
    desk.hold();
    REQUIRE(list.make(list.now()));
    await_plans(desk, 1);
    list.leave(0ms);
    desk.release();
    list.leave(10s);
    CHECK(desk.planned_now() == 1);
}

TEST_CASE("a plan that comes back to a list that is gone touches nothing of it") {
    FakeDesk desk;
    auto list = std::make_unique<PlanList>(desk, std::make_shared<Feed>(), limits_with(1s));
    desk.hold("cert");
    REQUIRE(row_of(answer_of(*list), "cert")["state"] == "unknown");
    list.reset();
    CHECK(desk.hanging_now() == 1);
    desk.release();
    desk.await_hanging(0);
}
