// How do plans, jobs and refusals look to a program? Pure.
#pragma once

#include "agent/repair/desk.hpp"
#include "api/message.hpp"
#include "api/problem.hpp"

namespace rdpmedic::api {

// The plan as a change request: what, why, what it touches and disrupts, and how it is undone. ETag is its hash.
Response render_plan(const Plan& plan, const RepairInfo& repair);
// A repair of the list: its plan without options, the refusal to make one, or why there was neither.
using PlanAnswer = std::variant<Plan, Refusal, Problem>;
using Listed = std::pair<RepairInfo, PlanAnswer>;
// What the desk has said.
PlanAnswer answer_of_desk(std::variant<Plan, Refusal> said);
// Every repair with whether it is called for.
Response render_repairs(const std::vector<Listed>& plans);
// In this order, without their steps; `more`: there are others.
Response render_jobs(const std::vector<Job>& jobs, bool more);
// The job with `status`.
Response render_job(const Job& job, unsigned status);
// 200 repaired, not_needed and pending_reboot; 202 running, with Location; 409 refused; 500 rolled back or not even
// that. Rolled back is 200 where that was asked for: of a rollback, and where the caller has `cancelled` the job.
Response render_outcome(const Job& job, bool cancelled = false);
// The stable name of a refusal: "busy", "cool-down", ...
std::string_view kind_of(Refusal::Kind kind) noexcept;
Response render_refusal(const Refusal& refusal);
// The ETag of a plan.
std::string etag_of(const Plan& plan);

} // namespace rdpmedic::api
