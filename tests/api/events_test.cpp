// Can a caller listen to what happens, come back to it, and never take more than its share?
#include "api/handlers.hpp"
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <future>
#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using nlohmann::json;
using Speak = RawClient::Speak;

namespace {

void add_job(Rig& rig, const std::string& id, Outcome outcome) {
    Job job;
    job.id = id;
    job.repair = "cert";
    job.started = test_time;
    job.outcome = outcome;
    rig.desk->remember(job);
}

// Asks for the stream and takes its header and greeting.
void listen(RawClient& client, const std::string& path, const std::string& fields = "") {
    REQUIRE(client.send(get(path, fields)));
    const Answer header = client.receive();
    REQUIRE(header.status == 200);
    CHECK(header.field("Content-Type") == "text/event-stream");
    CHECK(header.field("Content-Length").empty());
    CHECK(header.field("Cache-Control") == "no-store");
    CHECK(client.receive_until("\n\n").starts_with(": "));
}

std::string type_of(const Answer& answer) {
    const json body = json::parse(answer.body, nullptr, false);
    return body.is_object() && body.contains("type") ? body["type"].get<std::string>() : answer.body;
}

} // namespace

TEST_CASE("a listener hears what happens from now on, as it happens") {
    Rig rig;
    rig.feed->publish("finding", "", R"({"n":1})");
    RawClient client(rig.start());
    listen(client, "/events");
    rig.feed->publish("step", "7", R"({"n":2})");
    CHECK(client.receive_until("\n\n") == "id: 102\nevent: step\ndata: {\"n\":2}\n\n");
    rig.feed->publish("finding", "", R"({"n":3})");
    CHECK(client.receive_until("\n\n") == "id: 103\nevent: finding\ndata: {\"n\":3}\n\n");
}

TEST_CASE("a listener over TLS hears the same") {
    Rig rig(true);
    RawClient client(rig.start(), Speak::tls);
    REQUIRE(client.connected());
    listen(client, "/events");
    rig.feed->publish("step", "7", R"({"n":1})");
    CHECK(client.receive_until("\n\n") == "id: 101\nevent: step\ndata: {\"n\":1}\n\n");
    rig.server->stop();
    CHECK(client.sees_end());
}

TEST_CASE("a listener who comes back with the id it had last misses nothing") {
    Rig rig;
    const std::uint16_t port = rig.start();
    {
        RawClient first(port);
        listen(first, "/events");
        rig.feed->publish("step", "7", R"({"n":1})");
        CHECK(first.receive_until("\n\n").starts_with("id: 101\n"));
    }
    rig.feed->publish("step", "7", R"({"n":2})");
    rig.feed->publish("step", "7", R"({"n":3})");
    RawClient again(port);
    listen(again, "/events", "Last-Event-ID: 101\r\n");
    CHECK(again.receive_until("\n\n").starts_with("id: 102\n"));
    CHECK(again.receive_until("\n\n").starts_with("id: 103\n"));
}

TEST_CASE("a listener whose id is not kept any more, or is of another process, is told that events are missing") {
    Rig rig;
    rig.feed = std::make_shared<Feed>(101, Feed::Bounds{2, 1 << 20});
    for (int i = 0; i < 4; ++i)
        rig.feed->publish("step", "7", "{}");
    const std::uint16_t port = rig.start();
    for (const char* last : {"101", "5", "999999999"}) {
        CAPTURE(last);
        RawClient client(port);
        listen(client, "/events", std::string("Last-Event-ID: ") + last + "\r\n");
        CHECK(client.receive_until("\n\n").starts_with("event: gap\n"));
        CHECK(client.receive_until("\n\n").starts_with("id: 103\n"));
        CHECK(client.receive_until("\n\n").starts_with("id: 104\n"));
    }
}

TEST_CASE("an id that this agent cannot have sent is refused") {
    Rig rig;
    const std::uint16_t port = rig.start();
    for (const char* last : {"x", "-1", "1x", "99999999999999999999999"}) {
        const Answer answer = RawClient(port).ask(get("/events", std::string("Last-Event-ID: ") + last + "\r\n"));
        CHECK(answer.status == 400);
        CHECK(type_of(answer) == "urn:rdpmedic:problem:bad-event-id");
    }
    CHECK(RawClient(port).ask(get("/events?since=1")).status == 400);
    CHECK(RawClient(port).ask(get("/events?job=")).status == 400);
}

TEST_CASE("the stream of one job begins with its first step and ends with its end") {
    Rig rig;
    add_job(rig, "7", Outcome::running);
    rig.feed->publish("step", "6", R"({"n":1})");
    rig.feed->publish("step", "7", R"({"n":2})");
    RawClient client(rig.start());
    listen(client, "/events?job=7");
    CHECK(client.receive_until("\n\n") == "id: 102\nevent: step\ndata: {\"n\":2}\n\n");
    rig.feed->publish("finding", "", R"({"n":3})");
    rig.feed->publish("job", "7", R"({"n":4})"); // told first, seen as ended afterwards
    rig.desk->finish("7", Outcome::repaired, "done");
    CHECK(client.receive_until("\n\n") == "id: 104\nevent: job\ndata: {\"n\":4}\n\n");
    CHECK(client.sees_end());
}

TEST_CASE("a browser that comes back to a job that has ended is told to stay away") {
    Rig rig;
    add_job(rig, "7", Outcome::repaired);
    rig.feed->publish("job", "7", R"({"n":1})");
    rig.feed->publish("finding", "", R"({"n":2})");
    const std::uint16_t port = rig.start();
    RawClient late(port);
    listen(late, "/events?job=7");
    CHECK(late.receive_until("\n\n").starts_with("id: 101\n"));
    CHECK(late.sees_end());
    RawClient back(port);
    CHECK(back.ask(get("/events?job=7", "Last-Event-ID: 101\r\n")).status == 204);
    CHECK(back.ask(get("/livez")).status == 200);
    CHECK(back.ask(get("/events?job=8")).status == 404);
}

TEST_CASE("silence is broken by a comment, so that both sides know the other lives") {
    Rig rig;
    rig.limits.stream_silence = 30ms;
    RawClient client(rig.start());
    listen(client, "/events");
    CHECK(client.receive_until(":\n\n") == ":\n\n");
    CHECK(client.receive_until(":\n\n") == ":\n\n");
}

TEST_CASE("more listeners than there are places get 503 until one has gone") {
    Rig rig;
    rig.limits.streams = 2;
    const std::uint16_t port = rig.start();
    auto first = std::make_unique<RawClient>(port);
    listen(*first, "/events");
    RawClient second(port);
    listen(second, "/events");
    CHECK(RawClient(port).ask(get("/metrics")).body.find("rdpmedic_event_streams 2\n") != std::string::npos);
    const Answer third = RawClient(port).ask(get("/events"));
    CHECK(third.status == 503);
    CHECK(third.field("Retry-After") == "30");
    CHECK(type_of(third) == "urn:rdpmedic:problem:too-many-streams");
    first.reset();
    // Whoever has hung up is noticed without anything happening.
    bool let_in = false;
    for (int i = 0; i < 400 && !let_in; ++i) {
        RawClient next(port);
        REQUIRE(next.send(get("/events")));
        let_in = next.receive().status == 200;
        if (!let_in)
            std::this_thread::sleep_for(5ms);
    }
    CHECK(let_in);
}

TEST_CASE("a listener has its place from the moment it is let in, not from its first event on") {
    Rig rig;
    rig.limits.streams = 1;
    api::Office office({rig.board, *rig.desk, rig.settings, rig.folder.path(), [] { return test_time; }, "1.2.3"},
                       rig.limits);
    const api::Request request;
    const api::Call call{request, {}, office, test_time, {}};
    std::optional<api::Reply> first = api::get_events(call);
    REQUIRE(std::holds_alternative<api::EventStream>(*first));
    CHECK(office.streams == 1);
    const api::Reply second = api::get_events(call);
    REQUIRE(std::holds_alternative<api::Response>(second));
    CHECK(std::get<api::Response>(second).status == 503);
    first.reset();
    CHECK(office.streams == 0);
    CHECK(std::holds_alternative<api::EventStream>(api::get_events(call)));
}

TEST_CASE("stop ends a stream that has nothing to tell") {
    Rig rig;
    rig.limits.stop = 10s;
    RawClient client(rig.start());
    listen(client, "/events");
    const auto begin = std::chrono::steady_clock::now();
    rig.server->stop();
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(client.sees_end());
}

TEST_CASE("stop ends a stream to a listener who does not read") {
    Rig rig;
    rig.limits.stop = 1s;
    rig.feed = std::make_shared<Feed>(1, Feed::Bounds{2000, 256u << 20});
    RawClient client(rig.start());
    listen(client, "/events");
    const std::string much = "{\"text\":\"" + std::string(1 << 20, 'x') + "\"}";
    for (int i = 0; i < 16; ++i)
        rig.feed->publish("step", "7", much);
    rig.server->stop();
    CHECK(client.sees_end());
}

TEST_CASE("a listener who does not read is dropped, and nothing is kept for it") {
    Rig rig;
    rig.limits.response = 100ms;
    rig.limits.streams = 1;
    rig.feed = std::make_shared<Feed>(1, Feed::Bounds{2000, 256u << 20});
    const std::uint16_t port = rig.start();
    RawClient client(port);
    listen(client, "/events");
    const std::string much = "{\"text\":\"" + std::string(1 << 20, 'x') + "\"}";
    for (int i = 0; i < 64; ++i)
        rig.feed->publish("step", "7", much);
    bool gone = false;
    for (int i = 0; i < 1000 && !gone; ++i) {
        gone = RawClient(port).ask(get("/metrics")).body.find("rdpmedic_event_streams 0\n") != std::string::npos;
        std::this_thread::sleep_for(5ms);
    }
    CHECK(gone);
}

TEST_CASE("HEAD of the stream is its header alone") {
    Rig rig;
    RawClient client(rig.start());
    REQUIRE(client.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK(client.receive(true).field("Content-Type") == "text/event-stream");
    CHECK(client.sees_end());
}

TEST_CASE("the history holds the findings that came and went, newest first") {
    Rig rig;
    rig.feed->publish("finding", "", R"({"change":"came","code":"cert.expired"})");
    rig.feed->publish("step", "7", R"({"event":"step_done"})");
    rig.feed->publish("finding", "", R"({"change":"gone","code":"cert.expired"})");
    RawClient client(rig.start());
    const Answer answer = client.ask(get("/history"));
    CHECK(answer.status == 200);
    const json rows = json::parse(answer.body)["transitions"];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == json{{"id", 103}, {"change", "gone"}, {"code", "cert.expired"}});
    CHECK(rows[1]["id"] == 101);
    CHECK(json::parse(client.ask(get("/history?limit=1")).body)["transitions"].size() == 1);
    CHECK(client.ask(get("/history", "If-None-Match: " + answer.field("ETag") + "\r\n")).status == 304);
    CHECK(client.ask(get("/history?limit=0")).status == 400);
    Rig empty;
    CHECK(json::parse(RawClient(empty.start()).ask(get("/history")).body)["transitions"].empty());
}
