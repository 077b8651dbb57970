// What do the paths answer that tell what has happened?
#include "api/handlers.hpp"

#include "agent/feed.hpp"
#include "api/query.hpp"
#include "api/render_history.hpp"

#include <charconv>

namespace rdpmedic::api {
namespace {

constexpr std::size_t usual_rows = 100, most_rows = 1000;

Problem bad_query(std::string why) { return {400, "bad-query", std::move(why)}; }

// The job that the query names; empty: all. A refusal where it names something else.
std::variant<std::string, Problem> job_of(std::string_view query) {
    auto parameters = parameters_of(query);
    if (!parameters)
        return bad_query(parameters.error().where);
    std::string job;
    for (auto& [name, value] : *parameters) {
        if (name != "job" || value.empty())
            return bad_query("there is no parameter '" + name.substr(0, 40) + "' of that kind; there is job=ID");
        job = std::move(value);
    }
    return job;
}

// Whether the ring still holds news of `job` behind `after`.
bool has_news(const Feed& feed, std::uint64_t after, const std::string& job) {
    for (const auto& item : feed.after(after, most_rows).items)
        if (item->job == job)
            return true;
    return false;
}

// Null where all are taken. Compared and taken at once: between this and the first event others are let in.
std::shared_ptr<const void> take_seat(Office& office) {
    if (office.streams >= office.most_streams)
        return nullptr;
    ++office.streams;
    return std::shared_ptr<const void>(&office, [](Office* taken) { --taken->streams; });
}

Response too_many(std::size_t most) {
    return respond(Problem{503,
                           "too-many-streams",
                           std::to_string(most) + " callers listen already; one of them must go first",
                           {},
                           std::chrono::seconds{30}});
}

} // namespace

Reply get_events(const Call& call) {
    const Services& services = call.office.services;
    std::variant<std::string, Problem> read = job_of(call.request.query);
    if (const Problem* problem = std::get_if<Problem>(&read))
        return respond(*problem);
    EventStream stream{services.feed->newest(), std::get<std::string>(std::move(read))};
    std::optional<Job> job;
    if (!stream.job.empty()) {
        job = services.repairs.job(stream.job);
        if (!job)
            return respond(Problem{404, "no-such-job", "there is no job of that id; the agent forgets old ones"});
        stream.after = services.feed->before_oldest(); // whoever has begun it wants to see it from its first step on
    }
    if (const std::string_view last = call.request.last_event_id; !last.empty()) {
        const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), stream.after);
        if (error != std::errc{} || end != last.data() + last.size())
            return respond(Problem{400, "bad-event-id", "Last-Event-ID is a number that this agent has sent as an id"});
        // 204 tells a browser not to come back.
        // https://html.spec.whatwg.org/multipage/server-sent-events.html#server-sent-events-intro
        if (job && job->outcome != Outcome::running && !has_news(*services.feed, stream.after, stream.job))
            return respond(204, "text/event-stream", "");
    }
    stream.seat = take_seat(call.office);
    if (!stream.seat)
        return too_many(call.office.most_streams);
    return stream;
}

Reply get_history(const Call& call) {
    const std::variant<std::size_t, Problem> limit = limit_of(call.request.query, usual_rows, most_rows);
    if (const Problem* problem = std::get_if<Problem>(&limit))
        return respond(*problem);
    const Feed& feed = *call.office.services.feed;
    const Feed::News all = feed.after(feed.before_oldest(), most_rows);
    return unless_known(render_history(all.items, std::get<std::size_t>(limit)), call.request.if_none_match);
}

Reply get_audit(const Call& call) {
    const std::variant<std::size_t, Problem> limit = limit_of(call.request.query, usual_rows, most_rows);
    if (const Problem* problem = std::get_if<Problem>(&limit))
        return respond(*problem);
    return Blocking{[file = call.office.services.data_folder / "audit.jsonl", limit = std::get<std::size_t>(limit),
                     known = std::string(call.request.if_none_match)]() -> Reply {
        const Result<AuditTrail> trail = read_audit(file, limit);
        if (!trail)
            return respond(
                Problem{503, "audit-unreadable", "the audit trail cannot be read: " + describe(trail.error())});
        return unless_known(render_audit(*trail), known);
    }};
}

} // namespace rdpmedic::api
