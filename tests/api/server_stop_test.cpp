// Does the server end in time, whatever is in flight?
#include "tests/api/running_server.hpp"

#include <future>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using Speak = RawClient::Speak;

TEST_CASE("stop ends idle, half-heard and TLS connections, and a second stop does nothing") {
    Rig rig;
    rig.settings.listen.push_back({"127.0.0.1", 0, true});
    rig.start();
    const auto ports = rig.server->ports();
    RawClient idle(ports[0]), half(ports[0]), silent_tls(ports[1]), tls(ports[1], Speak::tls);
    CHECK(idle.ask(get("/livez")).status == 200);
    CHECK(tls.ask(get("/livez")).status == 200);
    REQUIRE(half.send("GET /"));
    rig.server->stop();
    rig.server->stop();
    CHECK(idle.sees_end());
    CHECK(half.sees_end());
    CHECK(tls.sees_end());
    CHECK(silent_tls.sees_end());
    CHECK(RawClient(ports[0]).ask(get("/livez")).status == 0);
}

TEST_CASE("stop lets a running request end") {
    Rig rig;
    rig.limits.stop = 10s; // the request ends it, not the limit
    rig.desk->hold();
    RawClient client(rig.start());
    REQUIRE(client.send(get("/repair/cert")));
    rig.desk->await_hanging(1);
    auto stopped = std::async(std::launch::async, [&] { rig.server->stop(); });
    CHECK(stopped.wait_for(100ms) == std::future_status::timeout);
    rig.desk->release();
    const Answer answer = client.receive();
    CHECK(answer.status == 200);
    CHECK(answer.field("Connection") == "close");
    stopped.get();
}

TEST_CASE("stop tells a caller who waits for a job where to look for it") {
    Rig rig;
    Job job;
    job.id = "7";
    rig.desk->start_answer = job;
    RawClient client(rig.start());
    REQUIRE(client.send(post("/repair/cert", rig.fixer)));
    while (!rig.desk->job("7"))
        std::this_thread::yield();
    auto stopped = std::async(std::launch::async, [&] { rig.server->stop(); });
    const Answer answer = client.receive();
    stopped.get();
    CHECK(answer.status == 202);
    CHECK(answer.field("Location") == "/repair/jobs/7");
}

TEST_CASE("stop leaves a call behind that does not come back") {
    Rig rig;
    rig.limits.stop = 100ms;
    rig.desk->hold();
    RawClient client(rig.start());
    REQUIRE(client.send(get("/repair/cert")));
    rig.desk->await_hanging(1);
    rig.server->stop();
    CHECK(client.sees_end());
    rig.server.reset();
    rig.desk->release(); // the call comes back to a server that is gone
    rig.desk->await_hanging(0);
}

TEST_CASE("stop leaves a list of repairs behind whose plan does not come back") {
    Rig rig;
    rig.limits.stop = 100ms;
    rig.limits.plan_ready = 1h;
    rig.desk->hold("cert");
    RawClient client(rig.start());
    REQUIRE(client.send(get("/repair")));
    rig.desk->await_hanging(1);
    const auto began = std::chrono::steady_clock::now();
    rig.server->stop();
    CHECK(std::chrono::steady_clock::now() - began < 2s);
    CHECK(client.sees_end());
    rig.server.reset();
    rig.desk->release(); // the plan comes back to a server that is gone
    rig.desk->await_hanging(0);
}
