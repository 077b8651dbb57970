// How do plans, jobs and refusals look to a program?
#include "api/render_repair.hpp"

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
              {"disrupts", rung.disruption.empty() ? "none" : rung.disruption},
              {"disconnects_sessions", rung.disconnects_sessions}};
    if (rung.await_new_certificate_in)
        json["then_waits_for"] = "a new certificate in the store " + *rung.await_new_certificate_in;
    return json;
}

const char* state_of(const Plan& plan) {
    if (!plan.obstacles.empty())
        return "impossible";
    return plan.rungs.empty() ? "not_needed" : "called_for";
}

const char* undo_of(const Plan& plan) {
    return plan.rungs.empty()
               ? "nothing to undo"
               : "the inverse of every change is captured and journalled before the first change; if no rung "
                 "cures, the inverses are applied in reverse order";
}

unsigned status_of_outcome(Outcome outcome) {
    switch (outcome) {
    case Outcome::running:
        return 202;
    case Outcome::repaired:
    case Outcome::not_needed:
    case Outcome::pending_reboot:
        return 200;
    case Outcome::refused:
        return 409;
    case Outcome::rolled_back:
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

unsigned status_of_refusal(Refusal::Kind kind) {
    switch (kind) {
    case Refusal::Kind::unknown_repair:
        return 404;
    case Refusal::Kind::busy:
    case Refusal::Kind::sessions:
    case Refusal::Kind::policy:
        return 409;
    case Refusal::Kind::cool_down:
    case Refusal::Kind::too_many_attempts:
        return 429;
    case Refusal::Kind::impossible:
    case Refusal::Kind::unsupported:
        return 422;
    case Refusal::Kind::journal:
        return 503;
    }
    return 503;
}

} // namespace

std::string etag_of(const Plan& plan) { return "\"" + plan.hash() + "\""; }

Response render_plan(const Plan& plan) {
    Json rungs = Json::array();
    for (const Rung& rung : plan.rungs)
        rungs.push_back(rung_json(rung));
    Json body{{"repair", plan.repair},     {"state", state_of(plan)}, {"cures", cures_of(plan)},
              {"steps", std::move(rungs)}, {"undo", undo_of(plan)},   {"plan", plan.hash()}};
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

Response render_repairs(const std::vector<std::pair<std::string, std::variant<Plan, Refusal>>>& plans) {
    Json list = Json::array();
    for (const auto& [name, answer] : plans) {
        Json row{{"name", name}, {"path", "/repair/" + name}};
        if (const Plan* plan = std::get_if<Plan>(&answer)) {
            row["state"] = state_of(*plan);
            Json codes = Json::array();
            for (const Finding& finding : plan->cures)
                codes.push_back(finding.code);
            row["cures"] = std::move(codes);
        } else {
            const Refusal& refusal = std::get<Refusal>(answer);
            row["state"] = "unknown";
            row["output"] = refusal.text;
            row["type"] = "urn:rdpmedic:problem:" + std::string(kind_of(refusal.kind));
        }
        list.push_back(std::move(row));
    }
    return respond(200, "application/json", text_of(Json{{"repairs", std::move(list)}}));
}

Response render_job(const Job& job, unsigned status) {
    Json steps = Json::array();
    for (const JobStep& step : job.steps)
        steps.push_back(step_json(step));
    Json body{{"id", job.id},
              {"repair", job.repair},
              {"outcome", name_of(job.outcome)},
              {"reason", job.reason},
              {"caller", {{"name", job.caller.name}, {"from", job.caller.from}}},
              {"started", to_iso(job.started)}};
    if (job.finished)
        body["finished"] = to_iso(*job.finished);
    body["plan"] = job.plan_hash;
    body["steps"] = std::move(steps);
    return respond(status, "application/json", text_of(body));
}

Response render_outcome(const Job& job) {
    Response response = render_job(job, status_of_outcome(job.outcome));
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
