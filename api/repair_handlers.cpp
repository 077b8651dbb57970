// What do the paths below /repair answer?
#include "api/handlers.hpp"

#include "api/render_repair.hpp"
#include "api/strict_json.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::api {
namespace {

constexpr std::array<std::string_view, 1> order_keys{"disconnect_sessions"};
constexpr std::size_t longest_key = 128;
constexpr std::chrono::seconds longest_wait{30};

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// "wait=10" and "respond-async" of RFC 7240; what is not understood is ignored, as it says.
std::chrono::seconds wait_of(std::string_view prefer) {
    std::chrono::seconds wait = longest_wait;
    while (!prefer.empty()) {
        const std::size_t end = std::min(prefer.find_first_of(",;"), prefer.size());
        const std::string_view one = trimmed(prefer.substr(0, end));
        prefer.remove_prefix(std::min(end + 1, prefer.size()));
        if (one == "respond-async")
            wait = std::chrono::seconds{0};
        if (!one.starts_with("wait="))
            continue;
        unsigned seconds = 0;
        const auto [last, error] = std::from_chars(one.data() + 5, one.data() + one.size(), seconds);
        if (error == std::errc{} && last == one.data() + one.size())
            wait = std::min(longest_wait, std::chrono::seconds{seconds});
    }
    return wait;
}

bool is_json(std::string_view content_type) {
    constexpr std::string_view json = "application/json";
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return std::equal(type.begin(), type.end(), json.begin(), json.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

bool is_listed(std::string_view tags, const std::string& tag) {
    while (!tags.empty()) {
        const std::size_t comma = std::min(tags.find(','), tags.size());
        const std::string_view one = trimmed(tags.substr(0, comma));
        tags.remove_prefix(std::min(comma + 1, tags.size()));
        if (one == "*" || one == tag)
            return true;
    }
    return false;
}

Problem bad_body(std::string why) { return {400, "bad-body", std::move(why)}; }

bool is_known(RepairDesk& desk, std::string_view name) {
    const std::vector<std::string> names = desk.names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

Response no_such_repair(RepairDesk& desk, std::string_view name) {
    std::string known;
    for (const std::string& one : desk.names())
        known += (known.empty() ? "" : ", ") + one;
    Refusal refusal;
    refusal.kind = Refusal::Kind::unknown_repair;
    refusal.text = "there is no repair '" + std::string(name.substr(0, 40)) + "'; there are " + known;
    return render_refusal(refusal);
}

// Runs on a thread of its own.
struct Order {
    RepairDesk& desk;
    std::shared_ptr<Counters> counters;
    RepairRequest request;
    std::chrono::seconds wait;
    std::string if_match; // empty: any plan will do

    Reply refused(const Refusal& refusal) const {
        counters->refused(request.repair, kind_of(refusal.kind));
        return render_refusal(refusal);
    }

    Reply operator()() const {
        if (!if_match.empty()) {
            const std::variant<Plan, Refusal> plan = desk.plan(request.repair);
            if (const Refusal* refusal = std::get_if<Refusal>(&plan))
                return refused(*refusal);
            if (!is_listed(if_match, etag_of(std::get<Plan>(plan))))
                return respond(Problem{412, "plan-changed",
                                       "the plan is not the one that If-Match names; look at GET /repair/" +
                                           request.repair + " again"});
        }
        const std::variant<Job, Refusal> begun = desk.start(request);
        if (const Refusal* refusal = std::get_if<Refusal>(&begun))
            return refused(*refusal);
        const Job& job = std::get<Job>(begun);
        if (job.repair != request.repair)
            return respond(Problem{422, "idempotency-key-reused",
                                   "this Idempotency-Key was used for the repair '" + job.repair + "'"});
        counters->began(job);
        if (job.outcome != Outcome::running)
            return render_outcome(job);
        return AwaitJob{job.id, wait};
    }
};

} // namespace

std::variant<RepairOrder, Problem> read_order(const Request& request) {
    RepairOrder order;
    order.wait = wait_of(request.prefer);
    const bool printable = std::all_of(request.idempotency_key.begin(), request.idempotency_key.end(),
                                       [](char c) { return c > ' ' && c < 127; });
    if (request.idempotency_key.size() > longest_key || !printable)
        return Problem{400, "bad-idempotency-key",
                       "Idempotency-Key is at most 128 printable characters without spaces"};
    order.idempotency_key = request.idempotency_key;
    if (request.body.empty())
        return order;
    if (!request.content_type.empty() && !is_json(request.content_type))
        return Problem{415, "not-json", "the body is expected as application/json"};
    const Result<nlohmann::json> body = parse_strictly(request.body);
    if (!body)
        return bad_body("the body: " + body.error().where);
    if (std::string unknown_key = first_unknown_key(*body, "", order_keys); !unknown_key.empty())
        return bad_body("the body: " + unknown_key);
    const auto disconnect = body->find("disconnect_sessions");
    if (disconnect == body->end())
        return order;
    if (!disconnect->is_boolean())
        return bad_body(std::string("the body: /disconnect_sessions: expected true or false, found ") +
                        disconnect->type_name());
    order.disconnect_sessions = disconnect->get<bool>();
    return order;
}

Reply get_repairs(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    return Blocking{[&desk]() -> Reply {
        std::vector<std::pair<std::string, std::variant<Plan, Refusal>>> plans;
        for (const std::string& name : desk.names())
            plans.emplace_back(name, desk.plan(name));
        return render_repairs(plans);
    }};
}

Reply get_repair(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    if (!is_known(desk, call.parameter))
        return no_such_repair(desk, call.parameter);
    return Blocking{
        [&desk, name = std::string(call.parameter), known = std::string(call.request.if_none_match)]() -> Reply {
            const std::variant<Plan, Refusal> plan = desk.plan(name);
            if (const Refusal* refusal = std::get_if<Refusal>(&plan))
                return render_refusal(*refusal);
            return unless_known(render_plan(std::get<Plan>(plan)), known);
        }};
}

Reply post_repair(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    if (!is_known(desk, call.parameter))
        return no_such_repair(desk, call.parameter);
    const std::variant<RepairOrder, Problem> order = read_order(call.request);
    if (const Problem* problem = std::get_if<Problem>(&order))
        return respond(*problem);
    const RepairOrder& wish = std::get<RepairOrder>(order);
    RepairRequest request{std::string(call.parameter), wish.disconnect_sessions, {}, call.caller};
    // Two callers who happen to choose the same key do not get each other's job.
    if (!wish.idempotency_key.empty())
        request.idempotency_key = call.caller.name + "/" + wish.idempotency_key;
    return Blocking{
        Order{desk, call.office.counters, std::move(request), wish.wait, std::string(call.request.if_match)}};
}

Reply get_job(const Call& call) {
    const std::optional<Job> job = call.office.services.repairs.job(std::string(call.parameter));
    if (!job)
        return respond(Problem{404, "no-such-job", "there is no job of that id; the agent forgets old ones"});
    return render_job(*job, 200);
}

} // namespace rdpmedic::api
