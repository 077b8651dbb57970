// Does a live server answer as the table of endpoints says?
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using nlohmann::json;
using Speak = RawClient::Speak;

namespace {

Report report(const std::string& probe, std::vector<Finding> findings) {
    Report made;
    made.probe = probe;
    made.finished = test_time;
    made.findings = std::move(findings);
    return made;
}

Job job(const std::string& id, Outcome outcome) {
    Job made;
    made.id = id;
    made.started = test_time;
    made.outcome = outcome;
    return made;
}

} // namespace

TEST_CASE("health, readiness and metrics follow the snapshot") {
    Rig rig;
    RawClient client(rig.start());
    CHECK(client.ask(get("/livez")).status == 200);
    CHECK(client.ask(get("/readyz")).status == 503);
    CHECK(client.ask(get("/health")).status == 200);
    rig.board.publish(report("cert", {}));
    rig.board.publish(report("firewall", {}));
    CHECK(client.ask(get("/readyz")).status == 200);
    const Answer pass = client.ask(get("/health"));
    CHECK(pass.status == 200);
    CHECK(pass.field("Content-Type") == "application/health+json");
    CHECK(pass.field("Cache-Control") == "no-store");
    CHECK(json::parse(pass.body)["status"] == "pass");
    CHECK(client.ask(get("/health", "If-None-Match: " + pass.field("ETag") + "\r\n")).status == 304);

    rig.board.publish(report("cert", {{"cert.expired", Severity::critical, "The certificate has expired"}}));
    const Answer fail = client.ask(get("/health", "If-None-Match: " + pass.field("ETag") + "\r\n"));
    CHECK(fail.status == 503);
    CHECK(json::parse(fail.body)["checks"]["cert"][0]["code"] == "cert.expired");
    CHECK(client.ask(get("/health/firewall")).status == 200);
    CHECK(client.ask(get("/health/cert")).status == 503);
    CHECK(client.ask(get("/health/nothing")).status == 404);
    CHECK(client.ask(get("/health?format=nagios")).body.starts_with("RDPMEDIC CRITICAL - cert.expired"));
    CHECK(client.ask(get("/health?format=xml")).status == 400);
    const Answer metrics = client.ask(get("/metrics"));
    CHECK(metrics.body.find("rdpmedic_probe_status{probe=\"cert\",status=\"fail\"} 1\n") != std::string::npos);
    CHECK(metrics.body.find("rdpmedic_http_requests_total{code=\"503\"} 4\n") != std::string::npos);
}

TEST_CASE("the index lists every path, as text and as JSON") {
    Rig rig;
    RawClient client(rig.start());
    CHECK(client.ask(get("/")).body.find("/repair/jobs/{id}") != std::string::npos);
    const Answer answer = client.ask(get("/", "Accept: application/json\r\n"));
    CHECK(json::parse(answer.body)["paths"].size() == 17);
}

TEST_CASE("HEAD gives the header of GET and nothing else") {
    Rig rig;
    RawClient client(rig.start());
    const Answer whole = client.ask(get("/health"));
    REQUIRE(client.send("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const Answer head = client.receive(true);
    CHECK(head.status == whole.status);
    CHECK(head.field("Content-Length") == std::to_string(whole.body.size()));
    CHECK(client.ask(get("/livez")).status == 200); // nothing of a body stood in between
}

TEST_CASE("requests in one packet are answered in their order") {
    Rig rig;
    RawClient client(rig.start());
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += get("/livez") + get("/health/nothing") + get("/health");
    REQUIRE(client.send(many + get("/repair/cert")));
    for (int i = 0; i < 300; ++i) {
        REQUIRE(client.receive().status == 200);
        REQUIRE(client.receive().status == 404);
        REQUIRE(client.receive().status == 200);
    }
    CHECK(client.receive().status == 200);
}

TEST_CASE("the connection stays or ends as the request says") {
    Rig rig;
    const std::uint16_t port = rig.start();
    RawClient closing(port);
    CHECK(closing.ask(get("/livez", "Connection: close\r\n")).field("Connection") == "close");
    CHECK(closing.sees_end());
    RawClient old(port);
    CHECK(old.ask("GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n").status == 200);
    CHECK(old.sees_end());
    RawClient old_staying(port);
    const std::string staying = "GET /livez HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
    CHECK(old_staying.ask(staying).field("Connection") == "keep-alive");
    CHECK(old_staying.ask(staying).status == 200);
}

TEST_CASE("a caller who waits to be asked for the body is asked") {
    Rig rig;
    rig.desk->start_answer = job("7", Outcome::not_needed);
    RawClient client(rig.start());
    REQUIRE(client.send("POST /repair/cert HTTP/1.1\r\nHost: localhost\r\n" + rig.fixer +
                        "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    CHECK(client.receive().status == 100);
    REQUIRE(client.send("{}"));
    CHECK(client.receive().status == 200);
    // Who may not send it is told so instead.
    REQUIRE(client.send(
        "POST /repair/cert HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    CHECK(client.receive().status == 401);
    CHECK(client.sees_end());
}

TEST_CASE("the plan of a repair is shown, and a repair insists on it where asked") {
    Rig rig;
    Plan plan;
    plan.cures = {{"cert.expired", Severity::critical, "The certificate has expired"}};
    plan.rungs = {{"delete", "Delete the certificate", "it has expired", {}, "none", false, {}}};
    rig.desk->plan_answer = plan;
    rig.desk->start_answer = job("7", Outcome::repaired);
    RawClient client(rig.start());
    const Answer shown = client.ask(get("/repair/cert"));
    REQUIRE(shown.status == 200);
    CHECK(json::parse(shown.body)["steps"][0]["what"] == "Delete the certificate");
    const std::string tag = shown.field("ETag");
    CHECK(client.ask(get("/repair/cert", "If-None-Match: " + tag + "\r\n")).status == 304);
    CHECK(client.ask(get("/repair/nothing")).status == 404);
    CHECK(json::parse(client.ask(get("/repair")).body)["repairs"].size() == 2);
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: \"old\"\r\n")).status == 412);
    CHECK(rig.desk->requests.empty());
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: \"old\", " + tag + "\r\n")).status == 200);
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: " + tag + "\r\n")).status == 200);
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: *\r\n")).status == 200);
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: \"old\", \"older\"\r\n")).status == 412);
    const Answer weak = client.ask(post("/repair/cert", rig.fixer + "If-Match: W/" + tag + "\r\n"));
    CHECK(weak.status == 412); // a weak tag never matches here, RFC 9110, 13.1.1
    CHECK(json::parse(weak.body)["type"] == "urn:rdpmedic:problem:plan-changed");
    // A script whose variable is empty does not mean any plan.
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match:\r\n")).status == 412);
    CHECK(client.ask(post("/repair/cert", rig.fixer + "If-Match: \r\n")).status == 412);
    // The desk compares, when nobody else can come in between.
    REQUIRE(rig.desk->requests.size() == 3);
    const std::string hash = tag.substr(1, tag.size() - 2);
    CHECK(rig.desk->requests[0].plans == std::vector<std::string>{"old", hash});
    CHECK(rig.desk->requests[1].plans == std::vector<std::string>{hash});
    CHECK(rig.desk->requests[2].plans.empty());
    CHECK(client.ask(post("/repair/nothing", rig.fixer)).status == 404);
}

TEST_CASE("a repair is carried out for the caller, who waits for its end") {
    Rig rig;
    rig.desk->start_answer = job("7", Outcome::running);
    const std::uint16_t port = rig.start();
    RawClient client(port);
    REQUIRE(client.send(post("/repair/cert", rig.fixer + "Idempotency-Key: k1\r\nContent-Type: application/json\r\n",
                             "{\"disconnect_sessions\": true}")));
    RawClient other(port);
    const Answer begun = other.ask(post("/repair/cert", rig.fixer + "Prefer: wait=0\r\n"));
    CHECK(begun.status == 202);
    CHECK(begun.field("Location") == "/repair/jobs/7");
    CHECK(json::parse(begun.body)["outcome"] == "running");
    while (other.ask(get("/repair/jobs/7")).status != 200)
        std::this_thread::yield();
    rig.desk->finish("7", Outcome::repaired, "the certificate was renewed");
    const Answer ended = client.receive();
    CHECK(ended.status == 200);
    CHECK(json::parse(ended.body)["reason"] == "the certificate was renewed");
    CHECK(json::parse(other.ask(get("/repair/jobs/7")).body)["outcome"] == "repaired");
    CHECK(other.ask(get("/repair/jobs/8")).status == 404);
    CHECK(other.ask(get("/metrics")).body.find("rdpmedic_repairs_total{repair=\"cert\",outcome=\"repaired\"} 1\n") !=
          std::string::npos);
    REQUIRE(rig.desk->requests.size() == 2);
    const auto& asked = rig.desk->requests[0].disconnect_sessions ? rig.desk->requests[0] : rig.desk->requests[1];
    CHECK(asked.disconnect_sessions);
    CHECK(asked.caller.name == "fixer");
    CHECK(asked.caller.from == "127.0.0.1");
    CHECK(asked.idempotency_key == "fixer/k1");
}

TEST_CASE("every refusal of the desk has its status") {
    using Kind = Refusal::Kind;
    const auto [kind, status] = GENERATE(table<Kind, unsigned>({{Kind::unknown_repair, 404},
                                                                {Kind::busy, 409},
                                                                {Kind::bad_option, 400},
                                                                {Kind::plan_changed, 412},
                                                                {Kind::key_reused, 422},
                                                                {Kind::sessions, 409},
                                                                {Kind::policy, 409},
                                                                {Kind::cool_down, 429},
                                                                {Kind::too_many_attempts, 429},
                                                                {Kind::impossible, 422},
                                                                {Kind::unsupported, 422},
                                                                {Kind::journal, 503}}));
    Rig rig;
    Refusal refusal;
    refusal.kind = kind;
    refusal.text = "no";
    rig.desk->start_answer = refusal;
    RawClient client(rig.start());
    const Answer answer = client.ask(post("/repair/cert", rig.fixer));
    CHECK(answer.status == status);
    CHECK(answer.field("Content-Type") == "application/problem+json");
    CHECK(answer.field("Retry-After").empty() == (status != 429));
    CHECK(json::parse(answer.body)["type"].get<std::string>().starts_with("urn:rdpmedic:problem:"));
}

TEST_CASE("HTTPS answers with a certificate of its own that stays the same") {
    Rig rig(true);
    RawClient client(rig.start(), Speak::tls);
    REQUIRE(client.connected());
    CHECK(client.tls_version() == "TLSv1.3");
    CHECK(client.ask(get("/health")).status == 200);
    CHECK(client.ask(post("/repair/cert", "")).status == 401);
    const std::string certificate = client.tls_certificate();
    rig.server.reset();
    RawClient again(rig.start(), Speak::tls);
    CHECK(again.tls_certificate() == certificate);
    CHECK(again.ask(get("/health", "Connection: close\r\n")).status == 200);
    CHECK(again.sees_end());
}

TEST_CASE("a client of TLS 1.2 is served, and the server refuses one of TLS 1.1") {
    Rig rig(true);
    const std::uint16_t port = rig.start();
    RawClient older(port, Speak::tls_1_2_only);
    REQUIRE(older.connected());
    CHECK(older.tls_version() == "TLSv1.2");
    CHECK(older.ask(get("/health")).status == 200);
    RawClient too_old(port, Speak::tls_1_1_only);
    CHECK_FALSE(too_old.connected());
    CAPTURE(too_old.tls_problem());
    CHECK(too_old.tls_problem().find("alert protocol version") != std::string::npos); // an alert comes from the peer
    CHECK(older.ask(get("/health")).status == 200);
}

TEST_CASE("several addresses are served at once, IPv6 among them") {
    Rig rig;
    rig.settings.listen = {{"127.0.0.1", 0, false}, {"127.0.0.1", 0, true}};
    rig.start();
    const auto ports = rig.server->ports();
    REQUIRE(ports.size() == 2);
    CHECK(RawClient(ports[0]).ask(get("/livez")).status == 200);
    CHECK(RawClient(ports[1], Speak::tls).ask(get("/livez")).status == 200);

    Rig six;
    six.settings.listen = {{"::1", 0, false}};
    auto started = six.try_start();
    if (!started) {
        WARN("no IPv6 loopback here: " << describe(started.error()));
        return;
    }
    six.server = std::move(*started);
    CHECK(RawClient(six.server->ports()[0], Speak::plain, "::1").ask(get("/health")).status == 200);
}

TEST_CASE("each answer is logged once with its caller, never with its token") {
    Rig rig;
    RawClient client(rig.start());
    client.ask(get("/health?format=nagios", rig.reader));
    client.ask(post("/repair/cert", rig.reader));
    rig.server.reset();
    REQUIRE(rig.log.size() == 2);
    CHECK(rig.log[0].path == "/health");
    CHECK(rig.log[0].caller == "reader");
    CHECK(rig.log[0].peer == "127.0.0.1");
    CHECK(rig.log[1].method == "POST");
    CHECK(rig.log[1].status == 403);
}
