// What do the paths below /repair/jobs answer?
#include "api/handlers.hpp"

#include "api/query.hpp"
#include "api/render_repair.hpp"

namespace rdpmedic::api {
namespace {

constexpr std::size_t usual_jobs = 50, most_jobs = 200; // as many as the desk keeps

Response no_such_job() {
    return respond(Problem{404, "no-such-job", "there is no job of that id; the agent forgets old ones"});
}

// Waits for the job that the desk has given, where it still runs.
Reply follow(const Job& job, std::chrono::seconds wait, bool cancelled) {
    if (job.outcome != Outcome::running)
        return render_outcome(job, cancelled);
    return AwaitJob{job.id, wait, cancelled};
}

} // namespace

Reply get_jobs(const Call& call) {
    const std::variant<std::size_t, Problem> limit = limit_of(call.request.query, usual_jobs, most_jobs);
    if (const Problem* problem = std::get_if<Problem>(&limit))
        return respond(*problem);
    std::vector<Job> jobs = call.office.services.repairs.jobs();
    const bool more = jobs.size() > std::get<std::size_t>(limit);
    if (more)
        jobs.resize(std::get<std::size_t>(limit));
    return unless_known(render_jobs(jobs, more), call.request.if_none_match);
}

Reply get_job(const Call& call) {
    const std::optional<Job> job = call.office.services.repairs.job(std::string(call.parameter));
    if (!job)
        return no_such_job();
    return unless_known(render_job(*job, 200), call.request.if_none_match);
}

Reply delete_job(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    const std::string id(call.parameter);
    if (!desk.job(id))
        return no_such_job();
    return acting([&desk, id, counters = call.office.counters, caller = call.caller,
                   wait = wait_of(call.request.prefer)]() -> Reply {
        const std::variant<Job, Refusal> asked = desk.cancel(id, caller);
        if (const Refusal* refusal = std::get_if<Refusal>(&asked))
            return render_refusal(*refusal);
        const Job& job = std::get<Job>(asked);
        if (!job.undoes.empty()) // it waited for a restart, and another job takes it back
            counters->began(job);
        return follow(job, wait, true);
    });
}

Reply post_rollback(const Call& call) {
    RepairDesk& desk = call.office.services.repairs;
    const std::optional<Job> known = desk.job(std::string(call.parameter));
    if (!known)
        return no_such_job();
    const std::variant<bool, Problem> consent = read_consent(call.request);
    if (const Problem* problem = std::get_if<Problem>(&consent))
        return respond(*problem);
    return acting([&desk, known = *known, consent = std::get<bool>(consent), counters = call.office.counters,
                   caller = call.caller, wait = wait_of(call.request.prefer)]() -> Reply {
        const std::variant<Job, Refusal> begun = desk.roll_back(known.id, caller, consent);
        if (const Refusal* refusal = std::get_if<Refusal>(&begun)) {
            counters->rollback_refused(known.repair, kind_of(refusal->kind));
            return render_refusal(*refusal);
        }
        const Job& job = std::get<Job>(begun);
        counters->began(job);
        return follow(job, wait, false);
    });
}

} // namespace rdpmedic::api
