// What has been repaired here, and can it be taken back?
#include "agent/main/command_desk.hpp"
#include "agent/main/follow.hpp"
#include "agent/main/print.hpp"
#include "agent/repair/job_text.hpp"
#include "api/render_repair.hpp"

namespace rdpmedic {
namespace {

// What the desk has given is watched to its end.
int watch(RepairDesk& desk, const std::variant<Job, Refusal>& answer, bool json) {
    if (const Refusal* refusal = std::get_if<Refusal>(&answer))
        return say_refused(*refusal, json);
    const Job job = follow(desk, std::get<Job>(answer), command_line_caller(), json);
    if (json)
        std::cout << *api::render_outcome(job).body;
    else
        std::cout << ending_of(job) << "\n";
    return exit_code_of(job);
}

// Nothing where the job is known; else the exit code, and why it is not.
std::optional<int> unknown(const CommandDesk& desk, const std::string& id) {
    if (desk->job(id))
        return std::nullopt;
    if (desk.others_repair())
        return complain(
            "refused: another process repairs this host now, and a job of another process cannot be reached "
            "from here; where that is the service, DELETE /repair/jobs/" +
                id + " ends it",
            2);
    return complain(
        "refused: there is no repair job \"" + id + "\", or it is forgotten; 'rdpmedic repair jobs' lists them", 2);
}

void print_done(const Job& job) {
    std::cout << row_of(job) << "\n";
    for (const JobStep& step : job.steps)
        if (step.state == StepState::done)
            std::cout << "  " << line_of(step) << "\n";
}

} // namespace

int repair_jobs_command(const CommonOptions& common) {
    const auto opened = CommandDesk::open(common, Hands::none);
    if (!opened)
        return complain(opened.error(), 2);
    const CommandDesk& desk = **opened;
    const std::vector<Job> jobs = desk->jobs();
    if (common.json)
        std::cout << *api::render_jobs(jobs, false).body;
    else
        for (const Job& job : jobs)
            std::cout << row_of(job) << "\n";
    if (desk.others_repair())
        return complain("another process repairs this host now; ask again when it has ended", 2);
    if (jobs.empty() && !common.json)
        std::cout << "no repair is remembered\n";
    return 0;
}

int repair_rollback_command(const CommonOptions& common, const std::string& id, const RepairOptions& options) {
    const auto opened = CommandDesk::open(common, Hands::own);
    if (!opened)
        return complain(opened.error(), 2);
    const CommandDesk& desk = **opened;
    if (const std::optional<int> code = unknown(desk, id))
        return *code;
    if (!common.json)
        print_done(*desk->job(id));
    if (!options.yes &&
        !agreed_to("what job " + id + " did is taken back, which can disrupt as much as it did", common.json))
        return 2;
    return watch(*desk, desk->roll_back(id, command_line_caller(), options.disconnect_sessions), common.json);
}

int repair_cancel_command(const CommonOptions& common, const std::string& id) {
    const auto opened = CommandDesk::open(common, Hands::own);
    if (!opened)
        return complain(opened.error(), 2);
    const CommandDesk& desk = **opened;
    if (const std::optional<int> code = unknown(desk, id))
        return *code;
    return watch(*desk, desk->cancel(id, command_line_caller()), common.json);
}

} // namespace rdpmedic
