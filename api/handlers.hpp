// What does each path answer? One function a row of the route table; none of them checks who may call it.
#pragma once

#include "agent/repair/audit.hpp"
#include "api/event_reader.hpp"
#include "api/limits.hpp"
#include "api/message.hpp"
#include "api/plan_list.hpp"
#include "api/problem.hpp"
#include "api/render_health.hpp"
#include "api/render_metrics.hpp"
#include "api/repair_order.hpp"
#include "api/server.hpp"
#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::api {

// What handlers share. Lives on the thread of the server.
struct Office {
    explicit Office(Services given, const Limits& limits)
        : services(std::move(given)), events(std::make_shared<EventReader>(services.recent_events, limits)),
          plans(services.repairs, services.feed, limits), most_streams(limits.streams) {}

    Services services;
    HealthPage health{};
    std::shared_ptr<EventReader> events; // shared as `counters` are
    PlanList plans;
    std::size_t plans_waiting = 0;         // callers
    std::size_t streams = 0, most_streams; // of GET /events that are open now
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
Reply get_diagnose(const Call& call);
Reply get_repairs(const Call& call);
Reply get_repair(const Call& call);
Reply post_repair(const Call& call);
Reply get_jobs(const Call& call);
Reply get_job(const Call& call);
Reply delete_job(const Call& call);
Reply post_rollback(const Call& call);
Reply get_events(const Call& call);
Reply get_history(const Call& call);
Reply get_audit(const Call& call);

// The query of GET /diagnose. A refusal with what was read where a parameter is unknown, given twice or no number.
std::variant<diagnosis::Question, Problem> read_question(std::string_view query, Time now);

} // namespace rdpmedic::api
