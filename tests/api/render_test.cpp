// Do the renderers say what the snapshot, the plan and the job say?
#include "api/handlers.hpp"
#include "api/render_health.hpp"
#include "api/render_metrics.hpp"
#include "api/render_repair.hpp"
#include "api/response_writer.hpp"
#include "tests/support/fake_desk.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::api;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr Time start{std::chrono::seconds{1'770'000'000}};

Snapshot silent() {
    Snapshot snapshot;
    snapshot.started = snapshot.taken = start;
    for (const char* id : {"cert", "firewall"}) {
        snapshot.probes[id].probe = id;
        snapshot.probes[id].period = 60s;
    }
    return snapshot;
}

Report report(const std::string& probe, Time at, Result<std::vector<Finding>> findings) {
    Report made;
    made.probe = probe;
    made.finished = at;
    made.took = 1234ms;
    made.findings = std::move(findings);
    return made;
}

Finding expired() {
    Finding finding{"cert.expired", Severity::critical, "The certificate has expired"};
    finding.subject = "ab12";
    finding.evidence = {"notAfter = 2026-01-01"};
    finding.repair = "cert";
    return finding;
}

json body_of(const Response& response) { return json::parse(*response.body); }

std::string tag_of(const Response& response) {
    for (const auto& [name, value] : response.fields)
        if (name == "ETag")
            return value;
    return {};
}

} // namespace

TEST_CASE("a probe that has not reported is visible and warns, then fails") {
    const Response early = render_health(silent(), start + 10s, "1.2.3");
    CHECK(early.status == 200);
    const json body = body_of(early);
    CHECK(body["status"] == "warn");
    CHECK(body["version"] == "1.2.3");
    CHECK(body["checks"]["cert"][0]["code"] == "agent.no_report");
    CHECK(body["checks"]["cert"][0]["status"] == "warn");
    const Response late = render_health(silent(), start + 181s, "1.2.3");
    CHECK(late.status == 503);
    CHECK(body_of(late)["checks"]["cert"][0]["status"] == "fail");
    CHECK(render_ready(silent()).status == 503);
    CHECK(body_of(render_ready(silent()))["output"] == "waiting for the first report of cert, firewall");
}

TEST_CASE("a finding is shown with its code, times, evidence and repair; a probe without findings passes") {
    Snapshot snapshot = fold(silent(), report("cert", start + 5s, std::vector<Finding>{expired()}));
    snapshot = fold(snapshot, report("cert", start + 65s, std::vector<Finding>{expired()}));
    snapshot = fold(snapshot, report("firewall", start + 6s, std::vector<Finding>{}));
    const Response response = render_health(snapshot, start + 70s, "1");
    CHECK(response.status == 503);
    CHECK(response.type == "application/health+json");
    const json body = body_of(response);
    CHECK(body["output"] == "cert.expired: The certificate has expired");
    CHECK(body["checks"]["cert"] == json::array({{{"status", "fail"},
                                                  {"code", "cert.expired"},
                                                  {"severity", "critical"},
                                                  {"output", "The certificate has expired"},
                                                  {"since", "2026-02-02T02:40:05Z"},
                                                  {"time", "2026-02-02T02:41:05Z"},
                                                  {"subject", "ab12"},
                                                  {"evidence", {"notAfter = 2026-01-01"}},
                                                  {"repair", "/repair/cert"}}}));
    CHECK(body["checks"]["firewall"] == json::array({{{"status", "pass"}, {"time", "2026-02-02T02:40:06Z"}}}));
    CHECK(render_health(snapshot, "firewall", start + 70s, "1")->status == 200);
    CHECK(render_health(snapshot, "cert", start + 70s, "1")->status == 503);
    CHECK_FALSE(render_health(snapshot, "nothing", start, "1").has_value());
}

TEST_CASE("what could not be read warns and fails once it has been unread for too long") {
    Snapshot snapshot = fold(silent(), report("firewall", start, std::vector<Finding>{}));
    snapshot = fold(snapshot, report("cert", start, Error{Errc::access_denied, 5, "CertOpenStore(My)"}));
    CHECK(body_of(render_health(snapshot, start + 10s, "1"))["checks"]["cert"][0]["status"] == "warn");
    const json late = body_of(render_health(snapshot, start + 181s, "1"));
    CHECK(late["status"] == "fail");
    CHECK(late["checks"]["cert"][0]["code"] == "cert.unknown");
    CHECK(late["checks"]["cert"][0]["status"] == "fail");
    // The firewall was read well once; its runner is silent since.
    CHECK(late["checks"]["firewall"][0]["status"] == "fail");
    CHECK(late["checks"]["firewall"][0]["code"] == "agent.no_report");
}

TEST_CASE("text that is not UTF-8 does not break the answer") {
    const Finding broken{"cert.expired", Severity::critical, "bad \xff\xfe bytes | and\nlines"};
    const Snapshot snapshot = fold(silent(), report("cert", start, std::vector<Finding>{broken}));
    CHECK(body_of(render_health(snapshot, start, "1"))["status"] == "fail");
    const std::string line = *render_nagios(snapshot, {}, start)->body;
    CHECK(line.starts_with("RDPMEDIC CRITICAL - cert.expired: bad"));
    CHECK(std::count(line.begin(), line.end(), '|') == 1);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
}

TEST_CASE("the Nagios line names the state and counts the probes") {
    Snapshot snapshot = fold(silent(), report("cert", start, std::vector<Finding>{}));
    snapshot = fold(snapshot, report("firewall", start, std::vector<Finding>{}));
    CHECK(*render_nagios(snapshot, {}, start)->body == "RDPMEDIC OK - all 2 probes pass | fail=0 warn=0 pass=2\n");
    CHECK(*render_nagios(snapshot, "cert", start)->body == "RDPMEDIC OK - the probe passes | fail=0 warn=0 pass=1\n");
    CHECK_FALSE(render_nagios(snapshot, "nothing", start).has_value());
}

TEST_CASE("the ETag changes with statuses and findings, not with the clock") {
    Snapshot calm = fold(silent(), report("cert", start, std::vector<Finding>{}));
    calm = fold(calm, report("firewall", start, std::vector<Finding>{}));
    const Snapshot again = fold(calm, report("cert", start + 60s, std::vector<Finding>{}));
    const Snapshot worse = fold(calm, report("cert", start + 60s, std::vector<Finding>{expired()}));
    const Response first = render_health(calm, start, "1");
    CHECK(tag_of(first).starts_with("W/\""));
    CHECK(tag_of(render_health(again, start + 60s, "1")) == tag_of(first));
    CHECK(tag_of(render_health(worse, start + 60s, "1")) != tag_of(first));
    CHECK(tag_of(render_health(calm, start + 181s, "1")) != tag_of(first));

    CHECK(unless_known(first, tag_of(first)).status == 304);
    CHECK(unless_known(first, "\"x\", " + tag_of(first)).status == 304);
    CHECK(unless_known(first, "*").status == 304);
    CHECK(unless_known(first, "\"x\"").status == 200);
    CHECK(unless_known(first, "").status == 200);
    const Response failing = render_health(worse, start + 60s, "1");
    CHECK(unless_known(failing, tag_of(failing)).status == 503);
}

TEST_CASE("the page of the host is made again when the snapshot or, with time, a status changes") {
    HealthPage page;
    Snapshot calm = fold(silent(), report("cert", start, std::vector<Finding>{}));
    calm = fold(calm, report("firewall", start, std::vector<Finding>{}));
    const auto snapshot = std::make_shared<const Snapshot>(calm);
    const auto first = page.at(snapshot, start, "1").body;
    CHECK(page.at(snapshot, start + 100s, "1").body == first);
    CHECK(page.at(snapshot, start + 181s, "1").status == 503);
    const auto worse =
        std::make_shared<const Snapshot>(fold(calm, report("cert", start, std::vector<Finding>{expired()})));
    CHECK(page.at(worse, start, "1").body->find("cert.expired") != std::string::npos);
}

TEST_CASE("metrics name every probe and escape what would break a label") {
    Finding odd{"cert.expired", Severity::warning, "text"};
    Snapshot snapshot = fold(silent(), report("cert", start + 5s, std::vector<Finding>{odd, odd}));
    Counters counters;
    counters.answered(200);
    counters.answered(200);
    counters.refused("ce\"rt\\\n", "busy");
    const std::string text = *render_metrics(snapshot, counters, start + 5s, "1.2.3").body;
    for (const char* line : {
             "rdpmedic_build_info{version=\"1.2.3\"} 1\n",
             "rdpmedic_probe_status{probe=\"cert\",status=\"warn\"} 1\n",
             "rdpmedic_probe_status{probe=\"cert\",status=\"pass\"} 0\n",
             "rdpmedic_probe_success{probe=\"cert\"} 1\n",
             "rdpmedic_probe_success{probe=\"firewall\"} 0\n",
             "rdpmedic_probe_last_run_timestamp_seconds{probe=\"cert\"} 1770000005\n",
             "rdpmedic_probe_duration_seconds{probe=\"cert\"} 1.234\n",
             "rdpmedic_probe_stuck{probe=\"firewall\"} 0\n",
             "rdpmedic_findings{probe=\"cert\",code=\"cert.expired\",severity=\"warning\"} 2\n",
             "rdpmedic_http_requests_total{code=\"200\"} 2\n",
             "rdpmedic_repairs_total{repair=\"ce\\\"rt\\\\\\n\",outcome=\"busy\"} 1\n",
             "# TYPE rdpmedic_repairs_total counter\n",
         }) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.find("last_run_timestamp_seconds{probe=\"firewall\"}") == std::string::npos);
}

TEST_CASE("a job is counted once, when its outcome is known") {
    testing::FakeDesk desk;
    Job job;
    job.id = "7";
    desk.start_answer = job;
    RepairRequest request;
    request.repair = "cert";
    const Job begun = std::get<Job>(desk.start(request));
    Counters counters;
    counters.began(begun);
    counters.began(begun);
    counters.settle(desk);
    CHECK(counters.repairs().empty());
    desk.finish("7", Outcome::rolled_back, "");
    counters.settle(desk);
    counters.settle(desk);
    const Counters::ByRepair expected{{{"cert", "rolled_back"}, 1}};
    CHECK(counters.repairs() == expected);
    CHECK(counters.rollbacks().empty());
}

TEST_CASE("a rollback is counted apart from the repairs that were rolled back by themselves") {
    Job undoing;
    undoing.id = "8";
    undoing.repair = "cert";
    undoing.undoes = "7";
    undoing.outcome = Outcome::rolled_back;
    Counters counters;
    counters.began(undoing);
    counters.began(undoing);
    counters.rollback_refused("cert", "changed-since");
    CHECK(counters.repairs().empty());
    const std::string text = *render_metrics(silent(), counters, start, "1", 3).body;
    CHECK(text.find("rdpmedic_rollbacks_total{repair=\"cert\",outcome=\"rolled_back\"} 1\n") != std::string::npos);
    CHECK(text.find("rdpmedic_rollbacks_total{repair=\"cert\",outcome=\"changed-since\"} 1\n") != std::string::npos);
    CHECK(text.find("rdpmedic_event_streams 3\n") != std::string::npos);
}

TEST_CASE("every outcome of a job has its status") {
    Job job;
    job.id = "7";
    job.started = start;
    const auto status = [&](Outcome outcome, bool cancelled = false) {
        job.outcome = outcome;
        return render_outcome(job, cancelled).status;
    };
    CHECK(status(Outcome::running) == 202);
    CHECK(status(Outcome::repaired) == 200);
    CHECK(status(Outcome::not_needed) == 200);
    CHECK(status(Outcome::pending_reboot) == 200);
    CHECK(status(Outcome::refused) == 409);
    CHECK(status(Outcome::rolled_back) == 500);
    CHECK(status(Outcome::rollback_failed) == 500);
    CHECK(status(Outcome::running, true) == 202);
    CHECK(status(Outcome::rolled_back, true) == 200);
    CHECK(status(Outcome::refused, true) == 200);
    CHECK(status(Outcome::rollback_failed, true) == 500);
    job.undoes = "6";
    CHECK(status(Outcome::rolled_back) == 200);
    CHECK(status(Outcome::rollback_failed) == 500);
    job.steps = {{"rung", "do it", StepState::failed, "\xff", start}};
    CHECK(body_of(render_job(job, 200))["steps"][0]["state"] == name_of(StepState::failed));
}

TEST_CASE("Prefer says how long to wait, and nonsense in it is ignored") {
    const auto [prefer, seconds] = GENERATE(table<std::string, int>({{"", 30},
                                                                     {"wait=0", 0},
                                                                     {"wait=7", 7},
                                                                     {"wait=31", 30},
                                                                     {"wait=99999999999999", 30},
                                                                     {"wait=-1", 30},
                                                                     {"wait=5x", 30},
                                                                     {"respond-async", 0},
                                                                     {"respond-async, wait=5", 5},
                                                                     {"handling=lenient; wait=3", 3}}));
    Request request;
    request.prefer = prefer;
    CAPTURE(prefer);
    const auto order = read_order(request);
    REQUIRE(std::holds_alternative<RepairOrder>(order));
    CHECK(std::get<RepairOrder>(order).wait == std::chrono::seconds{seconds});
}

TEST_CASE("an answer on the wire says its length, its date and whether the connection stays") {
    std::string wire;
    append(wire, respond(404, "text/plain", "no\n"), {false, false, false, to_http_date(start)});
    CHECK(wire == "HTTP/1.1 404 Not Found\r\nServer: rdpmedic\r\nDate: Mon, 02 Feb 2026 02:40:00 GMT\r\n"
                  "Content-Type: text/plain\r\nContent-Length: 3\r\nCache-Control: no-store\r\n"
                  "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nno\n");
    wire.clear();
    append(wire, respond(200, "text/plain", "no\n"), {true, true, false, ""});
    CHECK(wire.ends_with("nosniff\r\n\r\n"));
    CHECK(wire.find("Content-Length: 3") != std::string::npos);
    wire.clear();
    Response stream = respond(200, "text/event-stream", "");
    stream.open_ended = true;
    append(wire, stream, {false, false, false, ""});
    CHECK(wire.find("Content-Length") == std::string::npos);
    CHECK(wire.ends_with("Connection: close\r\n\r\n"));
    wire.clear();
    append(wire, respond(204, "text/plain", ""), {false, true, false, ""});
    CHECK(wire.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(wire.find("\nContent-") == std::string::npos);
}
