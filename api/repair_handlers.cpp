// What do /repair and /repair/{name} answer?
#include "api/handlers.hpp"

#include "api/render_repair.hpp"

namespace rdpmedic::api {
namespace {

std::optional<RepairInfo> find(const RepairDesk& desk, std::string_view name) {
    for (RepairInfo& one : desk.repairs())
        if (one.name == name)
            return std::move(one);
    return std::nullopt;
}

Response no_such_repair(RepairDesk& desk, std::string_view name) {
    std::string known;
    for (const RepairInfo& one : desk.repairs())
        known += (known.empty() ? "" : ", ") + one.name;
    Refusal refusal;
    refusal.kind = Refusal::Kind::unknown_repair;
    refusal.text = "there is no repair '" + std::string(name.substr(0, 40)) + "'; there are " + known;
    return render_refusal(refusal);
}

std::optional<Problem> problem_of_options(const Options& options, const RepairInfo& repair) {
    std::string wrong = problem_of(options, repair.options);
    if (wrong.empty())
        return std::nullopt;
    return Problem{400, "bad-option", std::move(wrong)};
}

Refusal no_plan_named(const std::string& repair) {
    return {Refusal::Kind::plan_changed,
            "If-Match names no plan; it takes the ETag of GET /repair/" + repair + ", several of them, or *."};
}

// Runs on a thread of its own.
struct Order {
    RepairDesk& desk;
    std::shared_ptr<Counters> counters;
    RepairRequest request;
    std::chrono::seconds wait;

    Reply refused(const Refusal& refusal) const {
        counters->refused(request.repair, kind_of(refusal.kind));
        return render_refusal(refusal);
    }

    Reply operator()() const {
        const std::variant<Job, Refusal> begun = desk.start(request);
        if (const Refusal* refusal = std::get_if<Refusal>(&begun))
            return refused(*refusal);
        const Job& job = std::get<Job>(begun);
        counters->began(job);
        if (job.outcome != Outcome::running)
            return render_outcome(job);
        return AwaitJob{job.id, wait};
    }
};

} // namespace

Reply get_repairs(const Call& call) {
    if (!call.request.query.empty())
        return respond(Problem{400, "bad-query", "GET /repair has no parameters; options belong to /repair/{name}"});
    return AwaitPlans{std::string(call.request.if_none_match)};
}

Reply get_repair(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    const std::optional<RepairInfo> repair = find(desk, call.parameter);
    if (!repair)
        return no_such_repair(desk, call.parameter);
    const std::variant<Options, Problem> read = read_options(call.request.query);
    if (const Problem* problem = std::get_if<Problem>(&read))
        return respond(*problem);
    const Options& options = std::get<Options>(read);
    if (const std::optional<Problem> problem = problem_of_options(options, *repair))
        return respond(*problem);
    const auto plan = [&desk, repair = *repair, options, known = std::string(call.request.if_none_match)]() -> Reply {
        const std::variant<Plan, Refusal> made = desk.plan(repair.name, options);
        if (const Refusal* refusal = std::get_if<Refusal>(&made))
            return render_refusal(*refusal);
        return unless_known(render_plan(std::get<Plan>(made), repair), known);
    };
    return planning(repair->name, plan);
}

Reply post_repair(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    const std::optional<RepairInfo> repair = find(desk, call.parameter);
    if (!repair)
        return no_such_repair(desk, call.parameter);
    std::variant<RepairOrder, Problem> order = read_order(call.request);
    if (const Problem* problem = std::get_if<Problem>(&order))
        return respond(*problem);
    RepairOrder& wish = std::get<RepairOrder>(order);
    if (const std::optional<Problem> problem = problem_of_options(wish.options, *repair))
        return respond(*problem);
    RepairRequest request{repair->name, wish.disconnect_sessions, {}, call.caller, std::move(wish.options)};
    WantedPlans wanted = wanted_plans(call.request.if_match);
    if (!wanted.any)
        request.plans = std::move(wanted.hashes);
    // Two callers who happen to choose the same key do not get each other's job.
    if (!wish.idempotency_key.empty())
        request.idempotency_key = call.caller.name + "/" + wish.idempotency_key;
    const Order ready{desk, call.office.counters, std::move(request), wish.wait};
    if (!wanted.any && ready.request.plans.empty())
        return ready.refused(no_plan_named(ready.request.repair));
    return acting(ready);
}

} // namespace rdpmedic::api
