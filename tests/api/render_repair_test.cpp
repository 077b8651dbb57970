// Does a plan read like a change request, and a list like a list of what can be repaired?
#include "api/render_repair.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::api;
using nlohmann::json;

namespace {

json body_of(const Response& response) { return json::parse(*response.body); }

std::string tag_of(const Response& response) {
    for (const auto& [name, value] : response.fields)
        if (name == "ETag")
            return value;
    return {};
}

Finding expired() {
    Finding finding{"cert.expired", Severity::critical, "The certificate has expired"};
    finding.evidence = {"notAfter = 2026-01-01"};
    return finding;
}

const RepairInfo cert{"cert",
                      "gives the listener a certificate",
                      {{"pin", OptionSpec::Kind::text, "thumbprint"},
                       {"way", OptionSpec::Kind::choice, "which", {"renew", "unpin"}},
                       {"days", OptionSpec::Kind::number, "how many", {}, 1, 9}}};

Plan plan_of_cert() {
    Plan plan;
    plan.repair = "cert";
    plan.cures = {expired()};
    plan.rungs = {{"renew",
                   "Let SessionEnv make another",
                   "it has expired",
                   {DeleteCertificate{"Remote Desktop", "ab12"}, SetServiceState{"SessionEnv", ServiceState::running}},
                   "none",
                   false,
                   "Remote Desktop"}};
    return plan;
}

} // namespace

TEST_CASE("a plan is shown as a change request") {
    Plan plan = plan_of_cert();
    plan.sessions = {"user07 (active, id 3, RDP-Tcp#3)"};
    plan.options = {{"way", "renew"}};
    const Response response = render_plan(plan, cert);
    const json body = body_of(response);
    CHECK(tag_of(response) == "\"" + plan.hash() + "\"");
    CHECK(body["plan"] == plan.hash());
    CHECK(body["what"] == "gives the listener a certificate");
    CHECK(body["state"] == "called_for");
    CHECK(body["blocked"] == false);
    CHECK(body["options"] == json{{"way", "renew"}});
    CHECK(body["cures"][0] == json{{"code", "cert.expired"},
                                   {"severity", "critical"},
                                   {"output", "The certificate has expired"},
                                   {"evidence", {"notAfter = 2026-01-01"}}});
    const json step = body["steps"][0];
    CHECK(step["touches"].size() == 2);
    CHECK(step["disrupts"] == "none");
    CHECK(step["then_waits_for"] == "a new certificate in the store Remote Desktop");
    CHECK(step["undo"] == json{"service SessionEnv is stopped where it was stopped",
                               "certificate ab12 is put back with its properties and its key file"});
    CHECK(step["takes_effect_at_restart"] == false);
    CHECK_FALSE(step.contains("irreversible"));
    CHECK_FALSE(step.contains("confirm_within"));
    CHECK(body["sessions"][0] == "user07 (active, id 3, RDP-Tcp#3)");
}

TEST_CASE("a plan says what cannot be undone, what waits for a restart and what must be confirmed") {
    Plan plan;
    plan.repair = "sessions";
    plan.asked_for = "session 3 logged off";
    Rung rung{"log-off", "Log off", "asked for", {LogOffSession{3, "EXAMPLE\\anna"}}, "one session ends", true};
    rung.undo = "not at all";
    rung.irreversible = "unsaved work of EXAMPLE\\anna";
    rung.takes_effect_at_restart = true;
    rung.confirm_within = std::chrono::seconds{60};
    plan.rungs = {rung};
    const json body = body_of(render_plan(plan, {"sessions", "ends sessions"}));
    CHECK(body["state"] == "asked_only");
    CHECK(body["asked_for"] == "session 3 logged off");
    const json step = body["steps"][0];
    CHECK(step["undo"] == json{"not at all"});
    CHECK(step["irreversible"] == "unsaved work of EXAMPLE\\anna");
    CHECK(step["takes_effect_at_restart"] == true);
    CHECK(step["confirm_within"] == 60);
    CHECK(step["disconnects_sessions"] == true);
}

TEST_CASE("the list says which repairs are called for, why, at what price and what blocks them") {
    Plan blocked = plan_of_cert();
    blocked.rungs.clear();
    blocked.obstacles = {"SessionEnv is missing"};
    blocked.blocked_by_policy = R"(HKLM\SOFTWARE\Policies\...: CertTemplateName)";
    Plan two_rungs = plan_of_cert();
    two_rungs.rungs.push_back({"restart", "Restart", "", {}, "all sessions are disconnected", true});
    const Response response = render_repairs({{cert, two_rungs},
                                              {{"tls", "b"}, blocked},
                                              {{"dns", "c"}, Plan{}},
                                              {{"winsock", "d"}, Refusal{Refusal::Kind::impossible, "unreadable"}},
                                              {{"network", "e"}, Problem{503, "no-answer", "timed out"}}});
    const json rows = body_of(response)["repairs"];
    REQUIRE(rows.size() == 5);
    CHECK(rows[0]["name"] == "cert");
    CHECK(rows[0]["path"] == "/repair/cert");
    CHECK(rows[0]["what"] == "gives the listener a certificate");
    CHECK(rows[0]["state"] == "called_for");
    CHECK(rows[0]["cures"][0]["code"] == "cert.expired");
    CHECK(rows[0]["cures"][0]["output"] == "The certificate has expired");
    CHECK(rows[0]["disruption"] == json{{"first", "none"}, {"worst", "all sessions are disconnected"}});
    CHECK(rows[0]["blocked"] == false);
    CHECK(rows[0]["options"][0] == json{{"name", "pin"}, {"kind", "text"}, {"what", "thumbprint"}, {"longest", 200}});
    CHECK(rows[0]["options"][1]["choices"] == json{"renew", "unpin"});
    CHECK(rows[0]["options"][2]["most"] == 9);
    CHECK(rows[1]["state"] == "impossible");
    CHECK(rows[1]["blocked"] == true);
    CHECK(rows[1]["blocked_by"] ==
          json{R"(Group Policy: HKLM\SOFTWARE\Policies\...: CertTemplateName)", "SessionEnv is missing"});
    CHECK(rows[2]["state"] == "not_needed");
    CHECK(rows[2]["disruption"]["worst"] == "none");
    CHECK(rows[3]["state"] == "unknown");
    CHECK(rows[3]["output"] == "unreadable");
    CHECK(rows[3]["type"] == "urn:rdpmedic:problem:impossible");
    CHECK(rows[4] == json{{"name", "network"},
                          {"path", "/repair/network"},
                          {"what", "e"},
                          {"state", "unknown"},
                          {"output", "timed out"},
                          {"type", "urn:rdpmedic:problem:no-answer"},
                          {"options", json::array()}});
}

TEST_CASE("the tag of the list changes with what it says") {
    const auto tag = [](const Plan& plan) { return tag_of(render_repairs({{cert, plan}})); };
    Plan other = plan_of_cert();
    other.cures[0].text = "The certificate expired yesterday";
    CHECK_FALSE(tag(plan_of_cert()).empty());
    CHECK(tag(plan_of_cert()) == tag(plan_of_cert()));
    CHECK(tag(plan_of_cert()) != tag(other));
}

TEST_CASE("obstacles beside a way that is open do not block it, and are shown") {
    Plan plan = plan_of_cert();
    plan.obstacles = {"the rights of the key file could not be read"};
    const json body = body_of(render_plan(plan, cert));
    CHECK(body["state"] == "called_for");
    CHECK(body["blocked"] == false);
    CHECK(body["obstacles"].size() == 1);
}

TEST_CASE("a job says which one it takes back, and which one took it back") {
    Job job;
    job.id = "7";
    job.repair = "cert";
    CHECK_FALSE(body_of(render_job(job, 200)).contains("undoes"));
    CHECK_FALSE(body_of(render_job(job, 200)).contains("undone_by"));
    job.undoes = "6";
    job.undone_by = "8";
    const json body = body_of(render_job(job, 200));
    CHECK(body["undoes"] == "6");
    CHECK(body["undone_by"] == "8");
    const json list = body_of(render_jobs({job}, true));
    CHECK(list["more"] == true);
    CHECK(list["jobs"][0]["undone_by"] == "8");
    CHECK(list["jobs"][0]["path"] == "/repair/jobs/7");
    CHECK_FALSE(list["jobs"][0].contains("steps"));
}
