// How do plans and jobs look in the journal?
#include "agent/repair/desk_json.hpp"

#include "agent/repair/json_fields.hpp"

#include <array>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr std::array outcomes{Outcome::running,        Outcome::repaired,    Outcome::not_needed,
                              Outcome::refused,        Outcome::rolled_back, Outcome::rollback_failed,
                              Outcome::pending_reboot, Outcome::improved};
constexpr std::array step_states{StepState::planned, StepState::running,     StepState::done,   StepState::failed,
                                 StepState::undone,  StepState::undo_failed, StepState::skipped};

template <class Values>
auto by_name(const Values& values, JsonFields& fields, const char* field) {
    const std::string name = fields.text(field);
    for (const auto value : values)
        if (name == name_of(value))
            return value;
    fields.complain(std::string(field) + " has the unknown value \"" + name + "\"");
    return values.front();
}

json time_json(const std::optional<Time>& time) {
    return time ? json(time->time_since_epoch().count()) : json(nullptr);
}

std::optional<Time> time_from(JsonFields& fields, const char* name) {
    const json* field = fields.find(name);
    if (field == nullptr || field->is_null())
        return std::nullopt;
    return Time{std::chrono::seconds{fields.number(name)}};
}

json step_json(const JobStep& step) {
    return {{"rung", step.rung},
            {"what", step.what},
            {"state", name_of(step.state)},
            {"detail", step.detail},
            {"at", time_json(step.at)}};
}

Result<JobStep> step_from(const json& value) {
    JsonFields fields(value, "step");
    JobStep step;
    step.rung = fields.text("rung");
    step.what = fields.text("what");
    step.state = by_name(step_states, fields, "state");
    step.detail = fields.text("detail");
    step.at = time_from(fields, "at");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return step;
}

json rung_json(const Rung& rung) {
    json changes = json::array();
    for (const Change& change : rung.changes)
        changes.push_back(to_json(change));
    return {{"id", rung.id},
            {"changes", changes},
            {"disconnects_sessions", rung.disconnects_sessions},
            {"await_new_certificate_in", rung.await_new_certificate_in.value_or("")},
            {"only_without_new_certificate", rung.only_without_new_certificate},
            {"takes_effect_at_restart", rung.takes_effect_at_restart},
            {"confirm_within", rung.confirm_within.count()}};
}

} // namespace

const char* name_of(Outcome outcome) noexcept {
    switch (outcome) {
    case Outcome::running:
        return "running";
    case Outcome::repaired:
        return "repaired";
    case Outcome::not_needed:
        return "not_needed";
    case Outcome::refused:
        return "refused";
    case Outcome::rolled_back:
        return "rolled_back";
    case Outcome::rollback_failed:
        return "rollback_failed";
    case Outcome::pending_reboot:
        return "pending_reboot";
    case Outcome::improved:
        return "improved";
    }
    return "unknown";
}

const char* name_of(StepState state) noexcept {
    switch (state) {
    case StepState::planned:
        return "planned";
    case StepState::running:
        return "running";
    case StepState::done:
        return "done";
    case StepState::failed:
        return "failed";
    case StepState::undone:
        return "undone";
    case StepState::undo_failed:
        return "undo_failed";
    case StepState::skipped:
        return "skipped";
    }
    return "unknown";
}

json to_json(const Job& job) {
    json steps = json::array();
    for (const JobStep& step : job.steps)
        steps.push_back(step_json(step));
    return {{"id", job.id},
            {"repair", job.repair},
            {"caller", {{"name", job.caller.name}, {"from", job.caller.from}}},
            {"started", time_json(job.started)},
            {"finished", time_json(job.finished)},
            {"outcome", name_of(job.outcome)},
            {"reason", job.reason},
            {"plan_hash", job.plan_hash},
            {"undoes", job.undoes},
            {"undone_by", job.undone_by ? json(*job.undone_by) : json(nullptr)},
            {"steps", steps}};
}

Result<Job> job_from_json(const json& value) {
    JsonFields fields(value, "job");
    Job job;
    job.id = fields.text("id");
    job.repair = fields.text("repair");
    if (const json* caller = fields.find("caller")) {
        JsonFields inner(*caller, "caller");
        job.caller = {inner.text("name"), inner.text("from")};
        if (auto finished = inner.finish(); !finished)
            fields.complain(finished.error().where);
    }
    job.started = time_from(fields, "started").value_or(Time{});
    job.finished = time_from(fields, "finished");
    job.outcome = by_name(outcomes, fields, "outcome");
    job.reason = fields.text("reason");
    job.plan_hash = fields.text("plan_hash");
    job.undoes = fields.text("undoes");
    if (const json* by = fields.find("undone_by"); by != nullptr && !by->is_null())
        job.undone_by = fields.text("undone_by");
    if (const json* steps = fields.find("steps"); steps != nullptr && steps->is_array())
        for (const json& item : *steps)
            if (auto step = step_from(item))
                job.steps.push_back(*step);
            else
                fields.complain(step.error().where);
    else
        fields.complain("steps is not a list");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return job;
}

json canonical_json(const Plan& plan) {
    json cures = json::array(), rungs = json::array();
    for (const Finding& finding : plan.cures)
        cures.push_back({finding.code, finding.subject});
    for (const Rung& rung : plan.rungs)
        rungs.push_back(rung_json(rung));
    return {{"repair", plan.repair}, {"options", plan.options}, {"cures", cures}, {"rungs", rungs}};
}

Result<std::string> dump_strictly(const json& value) {
    try {
        return value.dump();
    } catch (const json::type_error& error) {
        return Error{Errc::malformed, 0, std::string("writing JSON: ") + error.what()};
    }
}

// Foreign text that is not UTF-8 is replaced: a hash only recognises, it is never read back.
std::string Plan::hash() const {
    return sha256_hex(canonical_json(*this).dump(-1, ' ', false, json::error_handler_t::replace));
}

} // namespace rdpmedic
