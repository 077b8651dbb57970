// What exactly does the caller of POST /repair/{name} want?
#pragma once

#include "agent/repair/desk.hpp"
#include "api/message.hpp"
#include "api/problem.hpp"

namespace rdpmedic::api {

// What the request says beside its path.
struct RepairOrder {
    bool disconnect_sessions = false;
    Options options{}; // of the query and of the body
    std::string idempotency_key{};
    std::chrono::seconds wait{30};
};
// A refusal where the body, the query or a field is not understood, or where both name the same option.
std::variant<RepairOrder, Problem> read_order(const Request& request);

// The query as options of a repair; 400 bad-option where it cannot be read.
std::variant<Options, Problem> read_options(std::string_view query);

// "wait=10" and "respond-async" of Prefer, RFC 7240; what is not understood is ignored, as it says. At most 30 s, which
// is also what nothing means.
std::chrono::seconds wait_of(std::string_view prefer);

// The body of a rollback: none, {}, or disconnect_sessions, which is returned.
std::variant<bool, Problem> read_consent(const Request& request);

// Which plans If-Match allows.
struct WantedPlans {
    bool any = true;                   // there is no such field, or it is "*"
    std::vector<std::string> hashes{}; // the strong tags in it, without their quotes
};
// No field is a view of nothing. A field without a value is one, and allows no plan: a script that has lost the tag
// must not be taken for one that wants none.
WantedPlans wanted_plans(std::string_view if_match);

} // namespace rdpmedic::api
