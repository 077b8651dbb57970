// Can jobs be listed, taken back and cancelled from afar?
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

Job job_of(const std::string& id, Outcome outcome) {
    Job made;
    made.id = id;
    made.repair = "cert";
    made.started = test_time;
    made.outcome = outcome;
    if (outcome != Outcome::running)
        made.finished = test_time + 5s;
    made.steps = {{"renew", "stop service SessionEnv", StepState::done, "", test_time}};
    return made;
}

json body_of(const Answer& answer) { return json::parse(answer.body, nullptr, false); }

} // namespace

TEST_CASE("jobs are listed newest first, as many as asked for") {
    Rig rig;
    for (const char* id : {"1", "2", "3"})
        rig.desk->remember(job_of(id, Outcome::repaired));
    RawClient client(rig.start());
    const Answer all = client.ask(get("/repair/jobs"));
    REQUIRE(all.status == 200);
    REQUIRE(body_of(all)["jobs"].size() == 3);
    CHECK(body_of(all)["jobs"][0]["id"] == "3");
    CHECK(body_of(all)["more"] == false);
    const Answer two = client.ask(get("/repair/jobs?limit=2"));
    CHECK(body_of(two)["jobs"].size() == 2);
    CHECK(body_of(two)["jobs"][1]["id"] == "2");
    CHECK(body_of(two)["more"] == true);
    CHECK(client.ask(get("/repair/jobs", "If-None-Match: " + all.field("ETag") + "\r\n")).status == 304);
    CHECK(client.ask(get("/repair/jobs?limit=201")).status == 400);
    CHECK(client.ask(get("/repair/jobs?page=1")).status == 400);
    CHECK(client.ask(post("/repair/jobs", rig.fixer)).status == 405);
    CHECK(client.ask(get("/livez")).status == 0); // a refusal hangs up
}

TEST_CASE("HEAD works for jobs, and a job is not sent twice to who knows it") {
    Rig rig;
    rig.desk->remember(job_of("7", Outcome::repaired));
    RawClient client(rig.start());
    const Answer whole = client.ask(get("/repair/jobs/7"));
    REQUIRE(client.send("HEAD /repair/jobs/7 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK(client.receive(true).field("ETag") == whole.field("ETag"));
    CHECK(client.ask(get("/repair/jobs/7", "If-None-Match: " + whole.field("ETag") + "\r\n")).status == 304);
    rig.desk->finish("7", Outcome::rolled_back, "not cured");
    CHECK(client.ask(get("/repair/jobs/7", "If-None-Match: " + whole.field("ETag") + "\r\n")).status == 200);
}

TEST_CASE("a finished repair is taken back as a job of its own") {
    Rig rig;
    rig.desk->remember(job_of("7", Outcome::repaired));
    RawClient client(rig.start());
    const Answer undone = client.ask(post("/repair/jobs/7/rollback", rig.fixer));
    CHECK(undone.status == 200);
    CHECK(undone.field("Location") == "/repair/jobs/7-undo");
    CHECK(body_of(undone)["undoes"] == "7");
    CHECK(body_of(undone)["caller"] == json{{"name", "fixer"}, {"from", "127.0.0.1"}});
    CHECK(rig.desk->rolled_back == std::vector<std::string>{"7"});
    CHECK(body_of(client.ask(get("/repair/jobs/7")))["undone_by"] == "7-undo");
    CHECK(client.ask(post("/repair/jobs/7/rollback", rig.fixer, "{}")).status == 200);
    CHECK_FALSE(rig.desk->rollback_may_disconnect);
    CHECK(client.ask(post("/repair/jobs/7/rollback", rig.fixer, "{\"disconnect_sessions\": true}")).status == 200);
    CHECK(rig.desk->rollback_may_disconnect);
    CHECK(client.ask(post("/repair/jobs/7/rollback", rig.fixer, "{\"force\": true}")).status == 400);
    CHECK(client.ask(post("/repair/jobs/7/rollback", rig.fixer, "{\"options\": {\"a\": 1}}")).status == 400);
    CHECK(client.ask(post("/repair/jobs/8/rollback", rig.fixer)).status == 404);
    CHECK(rig.desk->rolled_back.size() == 3);
    const std::string metrics = client.ask(get("/metrics")).body;
    CHECK(metrics.find("rdpmedic_rollbacks_total{repair=\"cert\",outcome=\"rolled_back\"} 1\n") != std::string::npos);
    CHECK(client.ask(post("/repair/jobs/7/rollback", rig.reader)).status == 403);
}

TEST_CASE("what cannot be taken back is refused with what stands in the way") {
    const auto [kind, status, name] =
        GENERATE(table<Refusal::Kind, unsigned, std::string>({{Refusal::Kind::not_undoable, 409, "not-undoable"},
                                                              {Refusal::Kind::changed_since, 409, "changed-since"},
                                                              {Refusal::Kind::busy, 409, "busy"},
                                                              {Refusal::Kind::unknown_job, 404, "no-such-job"},
                                                              {Refusal::Kind::journal, 503, "journal"}}));
    Rig rig;
    rig.desk->remember(job_of("7", Outcome::repaired));
    rig.desk->rollback_answer = Refusal{kind, "no", {"set the value HKLM\\x: y to 2"}};
    RawClient client(rig.start());
    const Answer answer = client.ask(post("/repair/jobs/7/rollback", rig.fixer));
    CHECK(answer.status == status);
    CHECK(body_of(answer)["type"] == "urn:rdpmedic:problem:" + name);
    CHECK(body_of(answer)["details"][0] == "set the value HKLM\\x: y to 2");
    const std::string metrics = client.ask(get("/metrics")).body;
    CHECK(metrics.find("rdpmedic_rollbacks_total{repair=\"cert\",outcome=\"" + name + "\"} 1\n") != std::string::npos);
}

TEST_CASE("a running job is cancelled: 202 while it ends, 200 when it has, 409 when it had ended before") {
    Rig rig;
    rig.desk->remember(job_of("7", Outcome::running));
    RawClient client(rig.start());
    CHECK(client.ask(del("/repair/jobs/9", rig.fixer)).status == 404);
    CHECK(rig.desk->cancelled.empty());
    const Answer ending = client.ask(del("/repair/jobs/7", rig.fixer + "Prefer: wait=0\r\n"));
    CHECK(ending.status == 202);
    CHECK(ending.field("Location") == "/repair/jobs/7");
    CHECK(rig.desk->cancelled == std::vector<std::string>{"7"});

    REQUIRE(client.send(del("/repair/jobs/7", rig.fixer)));
    while (rig.desk->cancelled_now() < 2)
        std::this_thread::yield();
    rig.desk->finish("7", Outcome::rolled_back, "fixer cancelled it");
    const Answer ended = client.receive();
    CHECK(ended.status == 200);
    CHECK(body_of(ended)["outcome"] == "rolled_back");
    const Answer late = client.ask(del("/repair/jobs/7", rig.fixer));
    CHECK(late.status == 409);
    CHECK(body_of(late)["type"] == "urn:rdpmedic:problem:not-undoable");
    CHECK(client.ask(del("/repair/jobs/7", rig.reader)).status == 403);
}

TEST_CASE("a job that ends at once when it is cancelled is 200 at once") {
    Rig rig;
    rig.desk->remember(job_of("7", Outcome::running));
    rig.desk->ends_when_cancelled = true;
    RawClient client(rig.start());
    CHECK(client.ask(del("/repair/jobs/7", rig.fixer)).status == 200);
}

TEST_CASE("options of a repair reach the desk from the query and from the body") {
    Rig rig;
    rig.desk->start_answer = job_of("7", Outcome::not_needed);
    std::get<Job>(rig.desk->start_answer).repair = "termservice";
    RawClient client(rig.start());
    CHECK(client.ask(get("/repair/termservice?force=true&user=EXAMPLE%5Canna")).status == 200);
    CHECK(rig.desk->planned_with == Options{{"force", "true"}, {"user", "EXAMPLE\\anna"}});
    const Answer made = client.ask(post("/repair/termservice?how=restart", rig.fixer, R"({"options": {"after": 5}})"));
    CHECK(made.status == 200);
    REQUIRE(rig.desk->requests.size() == 1);
    CHECK(rig.desk->requests[0].options == Options{{"how", "restart"}, {"after", "5"}});
}

TEST_CASE("an option that a repair does not have is refused before the desk is asked") {
    Rig rig;
    const std::uint16_t port = rig.start();
    for (const std::string& request :
         {get("/repair/termservice?frobnicate=1"), get("/repair/cert?force=true"), get("/repair/termservice?force=yes"),
          get("/repair/termservice?after=61"), get("/repair/termservice?how=stop"), get("/repair/termservice?user="),
          get("/repair/termservice?force=true&force=false"), get("/repair/termservice?force=%"),
          post("/repair/termservice?force=1", rig.fixer),
          post("/repair/termservice?force=true", rig.fixer, R"({"options": {"force": true}})"),
          post("/repair/termservice", rig.fixer, R"({"options": {"user": "a\nb"}})")}) {
        CAPTURE(request);
        RawClient client(port);
        const Answer answer = client.ask(request);
        CHECK(answer.status == 400);
        CHECK(body_of(answer)["type"] == "urn:rdpmedic:problem:bad-option");
    }
    CHECK(rig.desk->requests.empty());
    CHECK(rig.desk->planned_with.empty());
    CHECK(RawClient(port).ask(get("/repair?force=true")).status == 400);
}

TEST_CASE("the desk hears of everybody who was let in with a token, and of nobody else") {
    Rig rig;
    const std::uint16_t port = rig.start();
    RawClient(port).ask(get("/health"));
    RawClient(port).ask(get("/health", "Authorization: Bearer wrong\r\n"));
    RawClient(port).ask(post("/repair/cert", rig.reader)); // refused: not let in
    CHECK(rig.desk->heard_now().empty());
    RawClient(port).ask(get("/livez", rig.reader));
    CHECK(rig.desk->heard_now() == std::vector<std::string>{"127.0.0.1"});
}
