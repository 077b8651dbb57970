// What would a repair do here, and does it work?
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/machine.hpp"
#include "agent/main/print.hpp"
#include "agent/repair/make_desk.hpp"
#include "agent/settings.hpp"
#include "api/render_repair.hpp"

#include <cstdlib>

namespace rdpmedic {
namespace {

using namespace std::chrono_literals;

#ifdef _WIN32
constexpr char user_variable[] = "USERNAME";
#else
constexpr char user_variable[] = "USER";
#endif

int refused(const Refusal& refusal, bool json) {
    if (json)
        std::cout << *api::render_refusal(refusal).body << "\n";
    std::cerr << "rdpmedic: refused: " << refusal.text << "\n";
    for (const std::string& detail : refusal.details)
        std::cerr << "  " << detail << "\n";
    if (refusal.kind == Refusal::Kind::sessions)
        std::cerr << "  --disconnect-sessions carries it out all the same\n";
    return 2;
}

void print_plan(const Plan& plan) {
    if (plan.cures.empty()) {
        std::cout << plan.repair << ": nothing to do\n";
        return;
    }
    std::cout << plan.repair << " is called for by:\n";
    for (const Finding& finding : plan.cures)
        std::cout << "  " << finding.code << ": " << finding.text << "\n";
    for (const std::string& obstacle : plan.obstacles)
        std::cout << "cannot be carried out: " << obstacle << "\n";
    if (!plan.blocked_by_policy.empty())
        std::cout << "Group Policy owns: " << plan.blocked_by_policy << "\n";
    for (std::size_t i = 0; i < plan.rungs.size(); ++i) {
        const Rung& rung = plan.rungs[i];
        std::cout << (i == 0 ? "first: " : "if that does not cure: ") << rung.title << "\n  why: " << rung.why
                  << "\n  disrupts: " << rung.disruption << "\n";
        for (const Change& change : rung.changes)
            std::cout << "  - " << describe(change) << "\n";
    }
    for (const std::string& session : plan.sessions)
        std::cout << "would be cut off: " << session << "\n";
    std::cout << "the host is verified after each of these; what does not cure is undone\n";
}

int list(RepairDesk& desk, bool json) {
    std::vector<std::pair<std::string, std::variant<Plan, Refusal>>> plans;
    for (const std::string& name : desk.names())
        plans.emplace_back(name, desk.plan(name));
    if (json) {
        std::cout << *api::render_repairs(plans).body << "\n";
        return 0;
    }
    for (const auto& [name, answer] : plans) {
        if (const Plan* plan = std::get_if<Plan>(&answer))
            print_plan(*plan);
        else
            std::cout << name << ": " << std::get<Refusal>(answer).text << "\n";
    }
    return 0;
}

int show(RepairDesk& desk, const std::string& name, bool json) {
    const std::variant<Plan, Refusal> answer = desk.plan(name);
    if (const Refusal* refusal = std::get_if<Refusal>(&answer))
        return refused(*refusal, json);
    const Plan& plan = std::get<Plan>(answer);
    if (json)
        std::cout << *api::render_plan(plan).body << "\n";
    else
        print_plan(plan);
    return plan.obstacles.empty() ? 0 : 2;
}

// Prints each step once it has reached a new state, until the job has finished.
Job follow(const RepairDesk& desk, Job job, bool quiet) {
    std::vector<StepState> shown;
    while (true) {
        shown.resize(job.steps.size(), StepState::planned);
        for (std::size_t i = 0; i < job.steps.size() && !quiet; ++i) {
            const JobStep& step = job.steps[i];
            if (step.state == shown[i])
                continue;
            shown[i] = step.state;
            std::cout << name_of(step.state) << ": " << step.what
                      << (step.detail.empty() ? "" : " (" + step.detail + ")") << std::endl;
        }
        if (job.finished)
            return job;
        if (std::optional<Job> next = desk.wait(job.id, 200ms))
            job = std::move(*next);
    }
}

int carry_out(RepairDesk& desk, const RepairOptions& options, bool json) {
    RepairRequest request;
    request.repair = options.repair;
    request.disconnect_sessions = options.disconnect_sessions;
    const char* user = std::getenv(user_variable);
    request.caller = {user ? user : "unknown user", "command line"};
    std::variant<Job, Refusal> answer = desk.start(request);
    if (const Refusal* refusal = std::get_if<Refusal>(&answer))
        return refused(*refusal, json);
    const Job job = follow(desk, std::move(std::get<Job>(answer)), json);
    if (json)
        std::cout << *api::render_outcome(job).body << "\n";
    else
        std::cout << name_of(job.outcome) << (job.reason.empty() ? "" : ": " + job.reason) << "\n";
    switch (job.outcome) {
    case Outcome::repaired:
    case Outcome::not_needed:
    case Outcome::pending_reboot:
        return 0;
    case Outcome::rolled_back:
    case Outcome::rollback_failed:
    case Outcome::running:
        return 1;
    case Outcome::refused:
        return 2;
    }
    return 1;
}

} // namespace

int repair_command(const CommonOptions& common, const RepairOptions& options) {
    const auto loaded = load_settings(config_file(common.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return complain(describe(*wrong), 2);
    const Settings& settings = std::get<Settings>(loaded);
    const Result<Machine> machine = open_machine(common.recording);
    if (!machine)
        return complain(machine.error(), 2);
    if (Result<> made = prepare_data_folder(common.data_folder); !made)
        return complain(made.error(), 2);
    // Who only looks has no hands: not even what an earlier process left half done is taken back then.
    const bool looks = options.repair.empty() || options.dry_run;
    DeskParts parts{*machine->host, looks ? nullptr : machine->control.get(), common.data_folder, settings};
    Result<std::unique_ptr<RepairDesk>> desk = make_repair_desk(std::move(parts));
    if (!desk)
        return complain(desk.error(), 2);
    if (options.repair.empty())
        return list(**desk, common.json);
    if (options.dry_run)
        return show(**desk, options.repair, common.json);
    return carry_out(**desk, options, common.json);
}

} // namespace rdpmedic
