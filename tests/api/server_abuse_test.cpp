// What becomes of bad input, bad peers and bad luck?
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using Speak = RawClient::Speak;

namespace {

std::string kind_of(const Answer& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    return body.is_object() && body.contains("type") ? body["type"].get<std::string>() : answer.body;
}

void put(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

} // namespace

TEST_CASE("a request that is refused is told why, and the server lives on") {
    Rig rig;
    rig.desk->start_answer = Refusal{};
    const std::uint16_t port = rig.start();
    const std::string json_type = rig.fixer + "Content-Type: application/json\r\n";
    const std::string chunked =
        "POST /repair/cert HTTP/1.1\r\nHost: localhost\r\n" + rig.fixer + "Transfer-Encoding: chunked\r\n\r\n";
    struct Row {
        std::string request;
        unsigned status;
        std::string kind;
    };
    const std::vector<Row> rows{
        {get("/nowhere"), 404, "no-such-path"},
        {get("/health/cert/x"), 404, "no-such-path"},
        {"DELETE /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "wrong-method"},
        {post("/health", rig.fixer), 405, "wrong-method"},
        {post("/repair/cert", ""), 401, "no-token"},
        {post("/repair/cert", "Authorization: Bearer wrong\r\n"), 401, "wrong-token"},
        {post("/repair/cert", "Authorization: Basic YTpi\r\n"), 401, "wrong-token"},
        {get("/health", "Authorization: Bearer wrong\r\n"), 401, "wrong-token"},
        {post("/repair/cert", rig.reader), 403, "role-too-low"},
        {post("/repair/cert", rig.fixer + "Origin: https://evil.example\r\n"), 403, "foreign-origin"},
        {"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, "foreign-host"},
        {"GET /health HTTP/1.1\r\n\r\n", 400, "bad-request"},
        {"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, "bad-request"},
        {post("/repair/cert", json_type, "repair it please"), 400, "bad-body"},
        {post("/repair/cert", json_type, "[]"), 400, "bad-body"},
        {post("/repair/cert", json_type, "{\"disconnect_sessions\": 1}"), 400, "bad-body"},
        {post("/repair/cert", json_type, "{\"disconnect\": true}"), 400, "bad-body"},
        {post("/repair/cert", json_type, "{\"disconnect_sessions\":false,\"disconnect_sessions\":true}"), 400,
         "bad-body"},
        {post("/repair/cert", json_type, "\xff\xfe{}"), 400, "bad-body"},
        {post("/repair/cert", json_type, std::string(10'000, '[')), 400, "bad-body"},
        {post("/repair/cert", json_type, std::string(5'000, '[') + std::string(5'000, ']')), 400, "bad-body"},
        {post("/repair/cert", rig.fixer + "Content-Type: text/plain\r\n", "{}"), 415, "not-json"},
        {post("/repair/cert", json_type, std::string(20'000, ' ')), 413, "body-too-large"},
        {post("/repair/cert", json_type, std::string(900'000, ' ')), 413, "body-too-large"},
        {"POST /repair/cert HTTP/1.1\r\nHost: localhost\r\n" + rig.fixer + "Content-Length: 99999999999\r\n\r\n", 413,
         "body-too-large"},
        {chunked + "5000\r\n" + std::string(0x5000, ' ') + "\r\n0\r\n\r\n", 413, "body-too-large"},
        {chunked + "zz\r\n", 400, "bad-request"},
        {"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 413, "body-too-large"},
        {get("/health", "X: " + std::string(9'000, 'x') + "\r\n"), 431, "header-too-large"},
        {"GET /" + std::string(9'000, 'x'), 431, "header-too-large"},
        {post("/repair/cert", rig.fixer + "Idempotency-Key: " + std::string(200, 'k') + "\r\n"), 400,
         "bad-idempotency-key"},
        {"\x03\x00\x00\x13\x0e\xe0\r\n\r\n", 400, "bad-request"},
        {std::string("\0\0\0\0\r\n\r\n", 8), 400, "bad-request"},
        {post("/repair/cert", rig.fixer), 422, "impossible"}, // the desk's own
    };
    for (const Row& row : rows) {
        CAPTURE(row.request.substr(0, 200));
        RawClient client(port);
        const Answer answer = client.ask(row.request);
        CHECK(answer.status == row.status);
        CHECK(kind_of(answer) == "urn:rdpmedic:problem:" + row.kind);
        CHECK(answer.field("Content-Type") == "application/problem+json");
    }
    CHECK(RawClient(port).ask(get("/livez")).status == 200);
}

TEST_CASE("nothing after a refused request is answered") {
    Rig rig;
    RawClient client(rig.start());
    REQUIRE(client.send(post("/repair/cert", "", get("/livez")) + get("/livez")));
    CHECK(client.receive().status == 401);
    CHECK(client.receive().status == 0);
}

TEST_CASE("a refusal comes before the body is sent") {
    Rig rig;
    RawClient client(rig.start());
    const std::string header = "POST /repair/cert HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n";
    CHECK(client.ask(header + "\r\n").status == 401);
    CHECK(RawClient(rig.server->ports()[0]).ask(header + rig.reader + "\r\n").status == 403);
}

TEST_CASE("half a request, or half a body, and then silence ends the connection") {
    Rig rig;
    rig.limits.request = 300ms;
    const std::uint16_t port = rig.start();
    const std::string body =
        "POST /repair/cert HTTP/1.1\r\nHost: localhost\r\n" + rig.fixer + "Content-Length: 10\r\n\r\n{\"a";
    for (const std::string& half : {std::string("GET /health HT"), std::string("G"), body}) {
        RawClient client(port);
        REQUIRE(client.send(half));
        CHECK(client.sees_end());
    }
    CHECK(RawClient(port).ask(get("/livez")).status == 200);
}

TEST_CASE("a peer that drips bytes does not keep its place by that") {
    Rig rig;
    rig.limits.request = 100ms;
    RawClient client(rig.start());
    bool open = true;
    for (int i = 0; i < 2000 && open; ++i) {
        open = client.send("G");
        std::this_thread::sleep_for(5ms);
    }
    CHECK_FALSE(open);
}

TEST_CASE("an idle connection ends after its time, and one that says nothing at all") {
    Rig rig;
    rig.limits.idle = 500ms;
    const std::uint16_t port = rig.start();
    RawClient silent(port);
    RawClient idle(port);
    CHECK(idle.ask(get("/livez")).status == 200);
    CHECK(silent.sees_end());
    CHECK(idle.sees_end());
}

TEST_CASE("a peer that does not read its answers is hung up on") {
    Rig rig;
    rig.limits.response = 100ms;
    RawClient client(rig.start());
    std::string many;
    for (int i = 0; i < 2000; ++i)
        many += get("/metrics");
    bool open = true;
    for (int i = 0; i < 1000 && open; ++i)
        open = client.send(many);
    CHECK_FALSE(open);
}

TEST_CASE("garbage, TLS to the plain port and plain to the TLS port end in a closed connection") {
    Rig rig;
    rig.settings.listen.push_back({"127.0.0.1", 0, true});
    rig.limits.tls_handshake = 1s;
    rig.start();
    const auto ports = rig.server->ports();
    CHECK_FALSE(RawClient(ports[0], Speak::tls).connected());
    for (const std::uint16_t port : ports) {
        RawClient garbage(port);
        std::string bytes(5000, '\0');
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>(i * 7919 >> 3);
        garbage.send(bytes);
        CHECK(garbage.sees_end());
    }
    RawClient plain(ports[1]);
    CHECK(plain.ask(get("/health")).status == 0);
    RawClient silent(ports[1]);
    CHECK(silent.sees_end());
    CHECK(RawClient(ports[1], Speak::tls).ask(get("/livez")).status == 200);
}

TEST_CASE("when all places are taken, the one that waits longest makes room") {
    Rig rig;
    rig.limits.connections = 3;
    const std::uint16_t port = rig.start();
    RawClient first(port), second(port), third(port);
    REQUIRE(first.send("GET /he"));
    CHECK(second.ask(get("/livez")).status == 200);
    CHECK(third.ask(get("/livez")).status == 200);
    RawClient fourth(port);
    CHECK(fourth.ask(get("/livez")).status == 200);
    CHECK(first.sees_end());
    CHECK(third.ask(get("/livez")).status == 200);
}

TEST_CASE("peers that do not read their answers keep no place from one that asks") {
    Rig rig;
    rig.limits.connections = 3;
    rig.feed = std::make_shared<Feed>(1, Feed::Bounds{2000, 256u << 20});
    const std::string much = "{\"text\":\"" + std::string(1 << 20, 'x') + "\"}";
    for (int i = 0; i < 16; ++i)
        rig.feed->publish("finding", "", much);
    const std::uint16_t port = rig.start();
    RawClient first(port), second(port), third(port);
    for (RawClient* client : {&first, &second, &third}) {
        REQUIRE(client->send(get("/history")));
        // Its answer is under way, and larger than what the system takes for a peer that does not read.
        REQUIRE(client->receive_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    }
    CHECK(RawClient(port).ask(get("/livez")).status == 200);
    CHECK(first.sees_end());
}

TEST_CASE("a token file damaged while the server runs gives nobody access") {
    Rig rig;
    rig.desk->start_answer = Refusal{};
    const std::uint16_t port = rig.start();
    CHECK(RawClient(port).ask(post("/repair/cert", rig.fixer)).status == 422);
    put(rig.token_file(), "{\"tokens\": [");
    const Answer damaged = RawClient(port).ask(post("/repair/cert", rig.fixer));
    CHECK(damaged.status == 503);
    CHECK(damaged.body.find("tokens.json") != std::string::npos);
    CHECK(RawClient(port).ask(get("/health", rig.reader)).status == 503);
    CHECK(RawClient(port).ask(post("/repair/cert", "")).status == 401);
    CHECK(RawClient(port).ask(get("/health")).status == 200); // loopback without a token, as ever
    CHECK(rig.desk->requests.size() == 1);
    std::filesystem::remove(rig.token_file());
    CHECK(RawClient(port).ask(post("/repair/cert", rig.fixer)).status == 401);
}

TEST_CASE("a server that cannot listen says where and why") {
    Rig rig;
    const std::uint16_t port = rig.start();
    Rig second;
    second.settings.listen = {{"127.0.0.1", port, false}};
    auto taken = second.try_start();
    REQUIRE(taken.has_error());
    CHECK(taken.error().where ==
          "listening on 127.0.0.1:" + std::to_string(port) + " (the port is in use by another program)");
    CHECK(api::port_in_use(taken.error()));

    second.settings.listen = {{"0.0.0.0", 0, false}};
    auto open = second.try_start();
    REQUIRE(open.has_error());
    CHECK(open.error().where.find("0.0.0.0:0 without TLS") != std::string::npos);
    CHECK_FALSE(api::port_in_use(open.error()));

    second.settings.listen = {{"localhorst", 0, false}};
    auto unknown = second.try_start();
    REQUIRE(unknown.has_error());
    CHECK(unknown.error().where.find("'localhorst'") != std::string::npos);

    second.settings.listen.clear();
    CHECK(second.try_start().has_error());
}

TEST_CASE("a desk that hangs holds up nobody else, and its caller is told") {
    Rig rig;
    rig.limits.desk = 100ms;
    rig.limits.plan_threads = 1;
    rig.limits.plan_queue = 1;
    rig.desk->hold();
    const std::uint16_t port = rig.start();
    RawClient first(port), second(port), third(port);
    REQUIRE(first.send(get("/repair/cert")));
    rig.desk->await_hanging(1);
    REQUIRE(second.send(get("/repair/cert")));
    CHECK(RawClient(port).ask(get("/health")).status == 200);
    const Answer first_answer = first.receive();
    CHECK(first_answer.status == 503);
    CHECK(kind_of(first_answer) == "urn:rdpmedic:problem:no-answer");
    CHECK(second.receive().status == 503);
    CHECK(kind_of(third.ask(get("/repair/cert"))) == "urn:rdpmedic:problem:overloaded");
    rig.desk->release();
    rig.desk->await_hanging(0);
    // The call that still waited in the queue comes next, so the first tries may find it full.
    unsigned status = 0;
    for (int i = 0; i < 1000 && status != 200; ++i)
        status = first.ask(get("/repair/cert")).status;
    CHECK(status == 200);
}

TEST_CASE("callers who look at plans that hang keep nobody from repairing") {
    Rig rig;
    rig.limits.desk = 1s; // enough for what does not hang, on a busy machine too
    rig.limits.plan_threads = 1;
    rig.limits.plan_queue = 1;
    Job job;
    job.id = "7";
    job.outcome = Outcome::repaired;
    rig.desk->start_answer = job;
    rig.desk->starts_while_held = true;
    rig.desk->hold();
    const std::uint16_t port = rig.start();
    bool full = false;
    for (int i = 0; i < 10 && !full; ++i)
        full = kind_of(RawClient(port).ask(get("/repair/cert"))) == "urn:rdpmedic:problem:overloaded";
    REQUIRE(full);
    CHECK(RawClient(port).ask(post("/repair/cert", rig.fixer)).status == 200);
    CHECK(RawClient(port).ask(del("/repair/jobs/7", rig.fixer)).status == 409); // the desk's own: it has ended
}
