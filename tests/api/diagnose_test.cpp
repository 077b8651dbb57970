// Does GET /diagnose answer from the board and the event logs, and can nobody wear the host out with it?
#include "api/event_reader.hpp"
#include "api/handlers.hpp"
#include "probes/time_text.hpp"
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using api::EventReader;
using nlohmann::json;

namespace {

events::Facts an_hour_without_events() {
    events::Facts facts;
    facts.from = test_time - std::chrono::hours{1};
    return facts;
}

Report report(const std::string& probe, std::vector<Finding> findings) {
    Report made;
    made.probe = probe;
    made.finished = test_time;
    made.findings = std::move(findings);
    return made;
}

api::Limits limits_that_keep(std::chrono::milliseconds keep) {
    api::Limits limits;
    limits.events_keep = keep;
    limits.events_rest = 0;
    return limits;
}

struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened{promise.get_future()};
};

} // namespace

TEST_CASE("the diagnosis names the codes, the causes and what was read") {
    Rig rig;
    rig.recent_events = [](std::optional<Time>) { return an_hour_without_events(); };
    RawClient client(rig.start());
    Finding expired{"cert.expired", Severity::critical, "The certificate has expired"};
    expired.repair = "cert";
    rig.board.publish(report("cert", {expired}));
    const Answer answer = client.ask(get("/diagnose?code=0x904&extended=7"));
    REQUIRE(answer.status == 200);
    CHECK(answer.field("Content-Type") == "application/json");
    const json body = json::parse(answer.body);
    CHECK(body["code"]["symbol"] == "disconnectReasonAtClientWinsockFDCLOSE");
    CHECK(body["extended"]["symbol"] == "exDiscReasonServerDeniedConnection");
    CHECK(body["conclusion"] == "found");
    CHECK(body["causes"][0]["id"] == "certificate_expired");
    CHECK(body["causes"][0]["repair"] == "/repair/cert");
    CHECK(body["checklist"][0]["question"] != "");
    CHECK(body["unread"][0] == "firewall: timed out: the first report of the probe");
    CHECK(json::parse(client.ask(get("/diagnose")).body)["code"].is_null());
}

TEST_CASE("a diagnosis that has not changed is not sent again, and HEAD has no body") {
    Rig rig;
    RawClient client(rig.start());
    const Answer first = client.ask(get("/diagnose?code=0x904"));
    CHECK(client.ask(get("/diagnose?code=0x904", "If-None-Match: " + first.field("ETag") + "\r\n")).status == 304);
    CHECK(client.ask(get("/diagnose?code=0x908", "If-None-Match: " + first.field("ETag") + "\r\n")).status == 200);
    rig.board.publish(report("cert", {{"cert.expired", Severity::critical, "The certificate has expired"}}));
    CHECK(client.ask(get("/diagnose?code=0x904", "If-None-Match: " + first.field("ETag") + "\r\n")).status == 200);
    const Answer critical = client.ask(get("/diagnose?code=0x904"));
    rig.board.publish(report("cert", {{"cert.expired", Severity::warning, "The certificate has expired"}}));
    const Answer warning = client.ask(get("/diagnose?code=0x904"));
    CHECK(warning.field("ETag") != critical.field("ETag"));
    rig.board.publish(report("winsock", {{"winsock.odd", Severity::info, "as it is"}})); // no cause has it
    const Answer info = client.ask(get("/diagnose?code=0x904"));
    rig.board.publish(report("winsock", {{"winsock.odd", Severity::critical, "as it is"}}));
    CHECK(client.ask(get("/diagnose?code=0x904")).field("ETag") != info.field("ETag"));
    REQUIRE(client.send("HEAD /diagnose HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK(client.receive(true).status == 200);
    CHECK(client.ask(get("/livez")).status == 200);
}

TEST_CASE("what is no question is refused with what was read") {
    struct Row {
        const char* query;
        const char* said;
    };
    const Row row = GENERATE(values<Row>({{"code=x904", "code: 'x904' is no number"},
                                          {"code=", "code: '' is no number"},
                                          {"code", "code: '' is no number"},
                                          {"code=B06", "write 0xB06"},
                                          {"code=0x904&extended=-7", "extended: '-7' is no number"},
                                          {"code=0x904&code=0x908", "code is given twice"},
                                          {"kode=0x904", "no parameter 'kode'"},
                                          {"code=0x904&", ""},
                                          {"at=20m", ""},
                                          {"at=2026-01-01T00%3A00Z", "is longer ago than 24 hours"},
                                          {"at=08:30", "write a time with its zone"},
                                          {"at=20m&at=30m", "at is given twice"},
                                          {"at=%4", "hexadecimal"},
                                          {"at", "not of the form"},
                                          {"code=%30x904", "code: '%30x904' is no number"},
                                          {"code=0x1FFFFFFFF", "larger than"}}));
    INFO(row.query);
    Rig rig;
    RawClient client(rig.start());
    const Answer answer = client.ask(get(std::string("/diagnose?") + row.query));
    if (*row.said == '\0') {
        CHECK(answer.status == 200);
        return;
    }
    CHECK(answer.status == 400);
    CHECK(answer.field("Content-Type") == "application/problem+json");
    const json body = json::parse(answer.body);
    CHECK(body["type"] == "urn:rdpmedic:problem:bad-query");
    CHECK(body["detail"].get<std::string>().find(row.said) != std::string::npos);
}

TEST_CASE("a log that hangs is said in the diagnosis, and stops neither the server nor other answers") {
    Rig rig;
    const auto gate = std::make_shared<Gate>();
    rig.recent_events = [gate](std::optional<Time>) -> Result<events::Facts> {
        gate->opened.wait();
        return an_hour_without_events();
    };
    rig.limits.events_wait = std::chrono::milliseconds{50};
    RawClient client(rig.start());
    for (int i = 0; i < 3; ++i) {
        const json body = json::parse(client.ask(get("/diagnose?code=0x904")).body);
        CHECK(body["conclusion"] == "cannot_tell");
        CHECK(body["unread"].back() == "events: timed out: the event logs");
        CHECK(client.ask(get("/livez")).status == 200);
    }
    rig.server.reset();
    gate->promise.set_value();
}

TEST_CASE("the logs are read once for callers who ask within a moment") {
    const auto reads = std::make_shared<std::atomic<int>>(0);
    const auto count = [reads](std::optional<Time>) -> Result<events::Facts> {
        ++*reads;
        return an_hour_without_events();
    };
    EventReader keeping(count, limits_that_keep(std::chrono::hours{1}));
    for (int i = 0; i < 5; ++i)
        CHECK(keeping.facts().has_value());
    CHECK(*reads == 1);
    EventReader forgetting(count, limits_that_keep(std::chrono::milliseconds{0}));
    for (int i = 0; i < 5; ++i)
        CHECK(forgetting.facts().has_value());
    CHECK(*reads == 6);
}

TEST_CASE("who asks about the time of an attempt gets the events of that time") {
    Rig rig;
    const auto asked = std::make_shared<std::vector<std::optional<Time>>>();
    rig.recent_events = [asked](std::optional<Time> at) -> Result<events::Facts> {
        asked->push_back(at);
        events::Facts facts = an_hour_without_events();
        if (at)
            facts.until = *at + std::chrono::minutes{5};
        return facts;
    };
    rig.limits = limits_that_keep(std::chrono::milliseconds{0});
    RawClient client(rig.start());
    const Time then = test_time - std::chrono::minutes{20};
    const Answer at = client.ask(get("/diagnose?code=0x904&at=20m"));
    const Answer now = client.ask(get("/diagnose?code=0x904"));
    CHECK(*asked == std::vector<std::optional<Time>>{then, std::nullopt});
    CHECK(at.field("ETag") != now.field("ETag"));
    CHECK(json::parse(at.body)["at"] == to_iso(then));
    CHECK(json::parse(at.body)["notes"].back().get<std::string>().find("events are those between") == 0);
    CHECK(json::parse(now.body)["at"].is_null());
}

TEST_CASE("an answer about one time is not given to who asks about another") {
    const auto count = [](std::optional<Time> at) -> Result<events::Facts> {
        events::Facts facts;
        facts.from = at.value_or(Time{});
        return facts;
    };
    EventReader reader(count, limits_that_keep(std::chrono::milliseconds{20}));
    const Time first = test_time, second = test_time + std::chrono::hours{1};
    for (int i = 0; i < 2; ++i) {
        CHECK(reader.facts(first).value().from == first);
        CHECK(reader.facts(second).value().from == second);
        CHECK(reader.facts().value().from == Time{});
    }
    api::Limits resting = limits_that_keep(std::chrono::hours{1});
    resting.events_wait = std::chrono::seconds{2}; // long enough for the first answer on a busy machine
    EventReader left_alone(count, resting);
    CHECK(left_alone.facts(first).has_value());
    CHECK(left_alone.facts(second).error().code == Errc::timed_out); // the logs are left alone for an hour
    CHECK(left_alone.facts(first).has_value());
}

TEST_CASE("logs that take long to read are read seldom") {
    const auto reads = std::make_shared<std::atomic<int>>(0);
    api::Limits limits = limits_that_keep(std::chrono::milliseconds{0});
    limits.events_rest = 1'000'000;
    EventReader reader(
        [reads](std::optional<Time>) -> Result<events::Facts> {
            ++*reads;
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
            return an_hour_without_events();
        },
        limits);
    for (int i = 0; i < 5; ++i)
        CHECK(reader.facts().has_value());
    CHECK(*reads == 1);
}

TEST_CASE("a read that throws is an answer, and the next one is made") {
    const auto reads = std::make_shared<std::atomic<int>>(0);
    EventReader reader(
        [reads](std::optional<Time>) -> Result<events::Facts> {
            if (++*reads == 1)
                throw std::runtime_error("no memory for that event");
            return an_hour_without_events();
        },
        limits_that_keep(std::chrono::milliseconds{0}));
    CHECK(describe(reader.facts().error()).find("no memory for that event") != std::string::npos);
    CHECK(reader.facts().has_value());
}

TEST_CASE("one read at a time, and few wait for it") {
    const auto gate = std::make_shared<Gate>();
    const auto reads = std::make_shared<std::atomic<int>>(0);
    EventReader reader(
        [gate, reads](std::optional<Time>) -> Result<events::Facts> {
            ++*reads;
            gate->opened.wait();
            return an_hour_without_events();
        },
        limits_that_keep(std::chrono::hours{1}));
    std::vector<std::future<Result<events::Facts>>> callers;
    for (int i = 0; i < 3; ++i)
        callers.push_back(std::async(std::launch::async, [&] { return reader.facts(); }));
    // Two wait, and whoever comes third is told so at once.
    auto refused = callers.end();
    while (refused == callers.end())
        refused = std::find_if(callers.begin(), callers.end(), [](std::future<Result<events::Facts>>& caller) {
            return caller.wait_for(std::chrono::milliseconds{5}) == std::future_status::ready;
        });
    CHECK(refused->get().error().code == Errc::timed_out);
    callers.erase(refused);
    gate->promise.set_value();
    for (auto& caller : callers)
        CHECK(caller.get().has_value());
    CHECK(*reads == 1);
}
