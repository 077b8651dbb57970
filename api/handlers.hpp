// What does each path answer? One function a row of the route table; none of them checks who may call it.
#pragma once

#include "api/limits.hpp"
#include "api/message.hpp"
#include "api/problem.hpp"
#include "api/render_health.hpp"
#include "api/render_metrics.hpp"
#include "api/server.hpp"

namespace rdpmedic::api {

// What handlers share. Lives on the thread of the server.
struct Office {
    explicit Office(Services given) : services(std::move(given)) {}

    Services services;
    HealthPage health{};
    // Shared with work on other threads, which may outlive the server when a call into Windows hangs.
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// One request that has been let in.
struct Call {
    const Request& request;
    std::string_view parameter; // what stands for {name} in the path
    Office& office;
    Time now;
    Caller caller;
};

Reply get_index(const Call& call);
Reply get_livez(const Call& call);
Reply get_readyz(const Call& call);
Reply get_health(const Call& call);
Reply get_probe_health(const Call& call);
Reply get_metrics(const Call& call);
Reply get_repairs(const Call& call);
Reply get_repair(const Call& call);
Reply post_repair(const Call& call);
Reply get_job(const Call& call);

// What POST /repair/{name} says beside its path. A refusal where the body or a field is not understood.
struct RepairOrder {
    bool disconnect_sessions = false;
    std::string idempotency_key{};
    std::chrono::seconds wait{30};
};
std::variant<RepairOrder, Problem> read_order(const Request& request);

} // namespace rdpmedic::api
