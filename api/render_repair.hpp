// How do plans, jobs and refusals look to a program? Pure.
#pragma once

#include "agent/repair/desk.hpp"
#include "api/message.hpp"
#include "api/problem.hpp"

namespace rdpmedic::api {

// The plan as a change request: what, why, what it touches and disrupts, and how it is undone. ETag is its hash.
Response render_plan(const Plan& plan);
// Every repair with whether it is called for: one plan, or the refusal to make one, by name.
Response render_repairs(const std::vector<std::pair<std::string, std::variant<Plan, Refusal>>>& plans);
// The job with `status`.
Response render_job(const Job& job, unsigned status);
// 200 repaired, not_needed and pending_reboot; 202 running, with Location; 409 refused; 500 rolled back or not even
// that.
Response render_outcome(const Job& job);
// The stable name of a refusal: "busy", "cool-down", ...
std::string_view kind_of(Refusal::Kind kind) noexcept;
Response render_refusal(const Refusal& refusal);
// The ETag of a plan.
std::string etag_of(const Plan& plan);

} // namespace rdpmedic::api
