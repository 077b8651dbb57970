// Does a plan read like a change request, and is nobody surprised by what it does?
#include "agent/repair/job_text.hpp"
#include "agent/repair/plan_text.hpp"
#include "agent/repair/repairs.hpp"
#include "agent/repair/undo_words.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {

Plan called_for() {
    Plan plan;
    plan.repair = "cert";
    plan.cures = {
        {"cert.expired", Severity::critical, "The certificate has expired", "ab12", {"notAfter = 2026-01-01"}}};
    plan.rungs = {{"renew",
                   "Let SessionEnv make another",
                   "it has expired",
                   {SetServiceState{"SessionEnv", ServiceState::stopped}, DeleteCertificate{"Remote Desktop", "ab12"},
                    SetServiceState{"SessionEnv", ServiceState::running}}}};
    return plan;
}

Rung restart() { return {"restart", "Restart TermService", "", {}, "all RDP sessions are disconnected", true}; }

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("whether a repair is called for is judged as the desk does") {
    Plan plan;
    CHECK(state_of(plan) == PlanState::not_needed);
    plan.asked_for = "UDP off";
    CHECK(state_of(plan) == PlanState::not_needed); // it is so already
    plan.rungs = {restart()};
    CHECK(state_of(plan) == PlanState::asked_only);
    plan.rungs.clear();
    plan.obstacles = {"no such adapter"};
    CHECK(state_of(plan) == PlanState::impossible);
    CHECK(blocked_by(plan) == std::vector<std::string>{"no such adapter"});

    plan = called_for();
    CHECK(state_of(plan) == PlanState::called_for);
    plan.obstacles = {"one way is closed"};
    CHECK(state_of(plan) == PlanState::called_for);
    CHECK(blocked_by(plan).empty());
    plan.rungs.clear();
    plan.blocked_by_policy = "CertTemplateName";
    CHECK(state_of(plan) == PlanState::impossible);
    CHECK(blocked_by(plan) == std::vector<std::string>{"Group Policy: CertTemplateName", "one way is closed"});
    plan.obstacles.clear();
    plan.blocked_by_policy.clear();
    CHECK(state_of(plan) == PlanState::impossible);
    CHECK(blocked_by(plan).size() == 1);
}

TEST_CASE("the disruption of a plan is that of its first rung and of its worst") {
    Plan plan = called_for();
    CHECK(first_disruption(plan) == "none");
    CHECK(worst_disruption(plan) == "none");
    plan.rungs.push_back(restart());
    Rung reboot{"reboot", "Restart the machine", ""};
    reboot.disruption = "the machine restarts";
    reboot.takes_effect_at_restart = true;
    plan.rungs.push_back(reboot);
    CHECK(first_disruption(plan) == "none");
    CHECK(worst_disruption(plan) == "all RDP sessions are disconnected");
    plan.rungs.erase(plan.rungs.begin() + 1);
    CHECK(worst_disruption(plan) == "the machine restarts");
    CHECK(worst_disruption(Plan{}) == "none");
}

TEST_CASE("somebody is asked before anything is disrupted, lost, restarted or cut off") {
    Plan plan = called_for();
    CHECK(reasons_to_ask(plan, false).empty());
    plan.rungs.push_back(restart());
    CHECK(reasons_to_ask(plan, false) == std::vector<std::string>{"it may disrupt: all RDP sessions are disconnected"});
    plan.sessions = {"user07 (active)"};
    CHECK(reasons_to_ask(plan, false).empty()); // the desk leaves that rung out
    CHECK(reasons_to_ask(plan, true).size() == 1);

    plan = called_for();
    plan.rungs[0].irreversible = "unsaved work";
    plan.rungs[0].takes_effect_at_restart = true;
    plan.rungs[0].confirm_within = 60s;
    CHECK(reasons_to_ask(plan, false) == std::vector<std::string>{"it cannot undo: unsaved work",
                                                                  "it takes effect when the machine restarts",
                                                                  "it can cut this connection off"});
    plan.rungs.push_back(plan.rungs[0]);
    CHECK(reasons_to_ask(plan, false).size() == 3);
    plan = Plan{};
    Rung silent{"x", "x", ""};
    silent.disconnects_sessions = true;
    plan.rungs = {silent};
    CHECK(reasons_to_ask(plan, false) == std::vector<std::string>{"it may disconnect sessions"});
}

TEST_CASE("the text of a plan says what, why, what it touches and disrupts, and how it is undone") {
    Plan plan = called_for();
    plan.rungs.push_back(restart());
    plan.rungs[1].irreversible = "open connections";
    plan.sessions = {"user07 (active, id 3)"};
    plan.options = {{"way", "renew"}};
    const std::string text = to_text(plan, "gives the listener a certificate");
    CHECK(says(text, "cert: gives the listener a certificate\n"));
    CHECK(says(text, "called_for"));
    CHECK(says(text, "cert.expired: The certificate has expired"));
    CHECK(says(text, "notAfter = 2026-01-01"));
    CHECK(says(text, "way=renew"));
    CHECK(says(text, "first: Let SessionEnv make another"));
    CHECK(says(text, "stop service SessionEnv"));
    CHECK(says(text, "disrupts        none"));
    CHECK(says(text, "undone by       service SessionEnv runs as it did before"));
    CHECK(says(text, "if that does not cure: Restart TermService"));
    CHECK(says(text, "not undone      open connections"));
    CHECK(says(text, "would be cut off: user07"));
    CHECK_FALSE(says(to_text(Plan{}, "x"), "verified"));
}

TEST_CASE("the ways back come in the order in which they would be gone, each once") {
    const Plan plan = called_for();
    CHECK(undo_of(plan.rungs[0]) ==
          std::vector<std::string>{"service SessionEnv runs as it did before",
                                   "certificate ab12 is put back with its properties and its key file"});
    Rung started;
    started.changes = {SetServiceStart{"TermService", StartType::manual},
                       SetServiceState{"TermService", ServiceState::running}};
    CHECK(undo_of(started) == std::vector<std::string>{"service TermService is stopped where it was stopped",
                                                       "service TermService gets its old start type"});
    Rung twice;
    twice.changes = {FlushDns{}, FlushDns{}};
    CHECK(undo_of(twice).size() == 1);
    twice.undo = "as the vendor says";
    CHECK(undo_of(twice) == std::vector<std::string>{"as the vendor says"});
}

TEST_CASE("what cannot be undone by its nature says so") {
    CHECK(undo_of(Change{LogOffSession{3, "EXAMPLE\\anna"}}).starts_with("cannot be undone"));
    CHECK(undo_of(Change{TellSession{3, "", "hello", 5}}).starts_with("cannot be undone"));
    CHECK(undo_of(Change{CannotUndo{"gone"}}) == "cannot be undone: gone");
    CHECK(undo_of(Change{FlushDns{}}).starts_with("nothing to undo"));
    CHECK(undo_of(Change{SetFirewallRule{"RDP-In", "", true}}) == "the firewall rule RDP-In is switched off again");
}

TEST_CASE("progress is one line a step, cut to the terminal and without control characters") {
    Job job;
    job.steps = {{"a", "stop service SessionEnv", StepState::done, "", {}},
                 {"a", "delete \x1b[2J\n certificate", StepState::failed, "access denied", {}},
                 {"a", "verify", StepState::planned, "", {}}};
    const auto lines = progress_of(job, 200);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "[x] stop service SessionEnv");
    CHECK(lines[1] == "[!] delete  [2J  certificate (access denied)");
    CHECK(lines[2] == "[ ] verify");
    job.steps[0].what = "\xc3\xbc\xc3\xbc";
    CHECK(progress_of(job, 7)[0] == "[x] \xc3\xbc");
    CHECK(line_of(job.steps[1]) == "failed: delete  [2J  certificate (access denied)");
}

TEST_CASE("the row of a job names whose job it takes back and who took it back") {
    Job job;
    job.id = "20260101T000000Z-00000001";
    job.repair = "cert";
    job.outcome = Outcome::repaired;
    job.undone_by = "8";
    CHECK(says(row_of(job), "repaired"));
    CHECK(says(row_of(job), "taken back by 8"));
    job.undoes = "6";
    CHECK(says(row_of(job), "takes back 6"));
}

TEST_CASE("no repair has the name of a path or of a command beside it, and all say what they do") {
    std::set<std::string> names;
    for (const Repair& repair : all_repairs()) {
        CAPTURE(repair.name);
        CHECK(names.insert(repair.name).second);
        CHECK(std::string("jobs rollback cancel").find(repair.name) == std::string::npos);
        CHECK(repair.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos);
        CHECK_FALSE(repair.what.empty());
        for (const OptionSpec& option : repair.options) {
            CAPTURE(option.name);
            CHECK_FALSE(option.what.empty());
            CHECK(option.name.find_first_of("=&+% ") == std::string::npos);
            CHECK((option.kind == OptionSpec::Kind::choice) != option.choices.empty());
        }
    }
}
