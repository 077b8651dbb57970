// How do plans, jobs and refusals look to a program?
#include "api/render_repair.hpp"

#include "agent/repair/plan_text.hpp"
#include "agent/repair/undo_words.hpp"
#include "api/render_history.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::api {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json cures_of(const Plan& plan) {
    Json cures = Json::array();
    for (const Finding& finding : plan.cures) {
        Json cure{{"code", finding.code}, {"severity", name_of(finding.severity)}, {"output", finding.text}};
        if (!finding.subject.empty())
            cure["subject"] = finding.subject;
        if (!finding.evidence.empty())
            cure["evidence"] = finding.evidence;
        cures.push_back(std::move(cure));
    }
    return cures;
}

Json rung_json(const Rung& rung) {
    Json touches = Json::array();
    for (const Change& change : rung.changes)
        touches.push_back(describe(change));
    Json json{{"id", rung.id},
              {"what", rung.title},
              {"why", rung.why},
              {"touches", std::move(touches)},
              {"disrupts", disruption_of(rung)},
              {"disconnects_sessions", rung.disconnects_sessions}};
    if (rung.await_new_certificate_in)
        json["then_waits_for"] = "a new certificate in the store " + *rung.await_new_certificate_in;
    json["undo"] = undo_of(rung);
    if (!rung.irreversible.empty())
        json["irreversible"] = rung.irreversible;
    json["takes_effect_at_restart"] = rung.takes_effect_at_restart;
    if (rung.confirm_within.count() > 0)
        json["confirm_within"] = rung.confirm_within.count();
    return json;
}

Json option_json(const OptionSpec& spec) {
    Json json{{"name", spec.name}, {"kind", name_of(spec.kind)}, {"what", spec.what}};
    if (spec.kind == OptionSpec::Kind::choice)
        json["choices"] = spec.choices;
    if (spec.kind == OptionSpec::Kind::number)
        json["least"] = spec.least, json["most"] = spec.most;
    if (spec.kind == OptionSpec::Kind::text)
        json["longest"] = spec.longest;
    return json;
}

Json options_json(const RepairInfo& repair) {
    Json options = Json::array();
    for (const OptionSpec& spec : repair.options)
        options.push_back(option_json(spec));
    return options;
}

const char* undo_of(const Plan& plan) {
    return plan.rungs.empty()
               ? "nothing to undo"
               : "the inverse of every change is captured and journalled before the first change; if no rung "
                 "cures, the inverses are applied in reverse order";
}

// What the list says of a plan.
void describe_plan(const Plan& plan, Json& row) {
    const std::vector<std::string> blocking = blocked_by(plan);
    row["state"] = name_of(state_of(plan));
    row["cures"] = cures_of(plan);
    if (!plan.asked_for.empty())
        row["asked_for"] = plan.asked_for;
    row["disruption"] = {{"first", first_disruption(plan)}, {"worst", worst_disruption(plan)}};
    row["blocked"] = !blocking.empty();
    if (!blocking.empty())
        row["blocked_by"] = blocking;
}

// What the list says where there is no plan.
void describe_unknown(const std::string& why, std::string_view kind, Json& row) {
    row["state"] = "unknown";
    row["output"] = why;
    row["type"] = "urn:rdpmedic:problem:" + std::string(kind);
}

unsigned status_of(const Job& job, bool cancelled) {
    switch (job.outcome) {
    case Outcome::running:
        return 202;
    case Outcome::repaired:
    case Outcome::not_needed:
    case Outcome::pending_reboot:
    case Outcome::improved:
        return 200;
    case Outcome::refused:
        return cancelled ? 200 : 409;
    case Outcome::rolled_back: // what a cancellation and a rollback were asked for
        return cancelled || !job.undoes.empty() ? 200 : 500;
    case Outcome::rollback_failed:
        return 500;
    }
    return 500;
}

Json step_json(const JobStep& step) {
    Json json{{"rung", step.rung}, {"what", step.what}, {"state", name_of(step.state)}};
    if (!step.detail.empty())
        json["detail"] = step.detail;
    if (step.at)
        json["at"] = to_iso(*step.at);
    return json;
}

// A job without its steps.
Json head_of(const Job& job) {
    Json json{{"id", job.id},
              {"repair", job.repair},
              {"outcome", name_of(job.outcome)},
              {"reason", job.reason},
              {"caller", {{"name", job.caller.name}, {"from", job.caller.from}}},
              {"started", to_iso(job.started)}};
    if (job.finished)
        json["finished"] = to_iso(*job.finished);
    json["plan"] = job.plan_hash;
    if (!job.undoes.empty())
        json["undoes"] = job.undoes;
    if (job.undone_by)
        json["undone_by"] = *job.undone_by;
    return json;
}

unsigned status_of_refusal(Refusal::Kind kind) {
    switch (kind) {
    case Refusal::Kind::unknown_repair:
    case Refusal::Kind::unknown_job:
        return 404;
    case Refusal::Kind::bad_option:
        return 400;
    case Refusal::Kind::plan_changed:
        return 412;
    case Refusal::Kind::not_undoable:
    case Refusal::Kind::changed_since:
    case Refusal::Kind::busy:
    case Refusal::Kind::sessions:
    case Refusal::Kind::policy:
        return 409;
    case Refusal::Kind::cool_down:
    case Refusal::Kind::too_many_attempts:
        return 429;
    case Refusal::Kind::impossible:
    case Refusal::Kind::unsupported:
    case Refusal::Kind::key_reused:
        return 422;
    case Refusal::Kind::journal:
        return 503;
    }
    return 503;
}

} // namespace

std::string etag_of(const Plan& plan) { return "\"" + plan.hash() + "\""; }

Response render_plan(const Plan& plan, const RepairInfo& repair) {
    Json rungs = Json::array();
    for (const Rung& rung : plan.rungs)
        rungs.push_back(rung_json(rung));
    Json body{{"repair", plan.repair}, {"what", repair.what}};
    describe_plan(plan, body);
    if (!plan.options.empty())
        body["options"] = plan.options;
    body["steps"] = std::move(rungs);
    body["undo"] = undo_of(plan);
    body["plan"] = plan.hash();
    if (!plan.obstacles.empty())
        body["obstacles"] = plan.obstacles;
    if (!plan.sessions.empty())
        body["sessions"] = plan.sessions;
    if (!plan.blocked_by_policy.empty())
        body["blocked_by_policy"] = plan.blocked_by_policy;
    Response response = respond(200, "application/json", text_of(body));
    response.fields.emplace_back("ETag", etag_of(plan));
    return response;
}

PlanAnswer answer_of_desk(std::variant<Plan, Refusal> said) {
    return std::visit([](auto& answer) -> PlanAnswer { return std::move(answer); }, said);
}

Response render_repairs(const std::vector<Listed>& plans) {
    Json list = Json::array();
    for (const auto& [repair, answer] : plans) {
        Json row{{"name", repair.name}, {"path", "/repair/" + repair.name}, {"what", repair.what}};
        if (const Plan* plan = std::get_if<Plan>(&answer))
            describe_plan(*plan, row);
        else if (const Refusal* refusal = std::get_if<Refusal>(&answer))
            describe_unknown(refusal->text, kind_of(refusal->kind), row);
        else
            describe_unknown(std::get<Problem>(answer).detail, std::get<Problem>(answer).kind, row);
        row["options"] = options_json(repair);
        list.push_back(std::move(row));
    }
    return with_tag(respond(200, "application/json", text_of(Json{{"repairs", std::move(list)}})));
}

Response render_jobs(const std::vector<Job>& jobs, bool more) {
    Json list = Json::array();
    for (const Job& job : jobs) {
        Json row = head_of(job);
        row["path"] = "/repair/jobs/" + job.id;
        list.push_back(std::move(row));
    }
    return with_tag(respond(200, "application/json", text_of(Json{{"jobs", std::move(list)}, {"more", more}})));
}

Response render_job(const Job& job, unsigned status) {
    Json steps = Json::array();
    for (const JobStep& step : job.steps)
        steps.push_back(step_json(step));
    Json body = head_of(job);
    body["steps"] = std::move(steps);
    return with_tag(respond(status, "application/json", text_of(body)));
}

Response render_outcome(const Job& job, bool cancelled) {
    Response response = render_job(job, status_of(job, cancelled));
    response.fields.emplace_back("Location", "/repair/jobs/" + job.id);
    return response;
}

std::string_view kind_of(Refusal::Kind kind) noexcept {
    switch (kind) {
    case Refusal::Kind::unknown_repair:
        return "unknown-repair";
    case Refusal::Kind::busy:
        return "busy";
    case Refusal::Kind::cool_down:
        return "cool-down";
    case Refusal::Kind::too_many_attempts:
        return "too-many-attempts";
    case Refusal::Kind::sessions:
        return "sessions";
    case Refusal::Kind::policy:
        return "policy";
    case Refusal::Kind::impossible:
        return "impossible";
    case Refusal::Kind::unsupported:
        return "unsupported";
    case Refusal::Kind::journal:
        return "journal";
    case Refusal::Kind::bad_option:
        return "bad-option";
    case Refusal::Kind::plan_changed:
        return "plan-changed";
    case Refusal::Kind::key_reused:
        return "idempotency-key-reused";
    case Refusal::Kind::unknown_job:
        return "no-such-job";
    case Refusal::Kind::not_undoable:
        return "not-undoable";
    case Refusal::Kind::changed_since:
        return "changed-since";
    }
    return "impossible";
}

Response render_refusal(const Refusal& refusal) {
    const unsigned status = status_of_refusal(refusal.kind);
    std::chrono::seconds retry = refusal.retry_after;
    if (status == 429)
        retry = std::max(retry, std::chrono::seconds{1}); // RFC 6585 wants one; 0 would mean "at once"
    return respond(Problem{status, kind_of(refusal.kind), refusal.text, refusal.details, retry});
}

} // namespace rdpmedic::api
