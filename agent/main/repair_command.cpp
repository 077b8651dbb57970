// What would a repair do here, and does it work?
#include "agent/main/command_desk.hpp"
#include "agent/main/follow.hpp"
#include "agent/main/print.hpp"
#include "agent/repair/job_text.hpp"
#include "agent/repair/plan_text.hpp"
#include "api/render_repair.hpp"

namespace rdpmedic {
namespace {

std::string of_option(const OptionSpec& option) {
    std::string text = option.name + "=";
    if (option.kind == OptionSpec::Kind::choice)
        for (const std::string& choice : option.choices)
            text += (text.ends_with('=') ? "" : "|") + choice;
    else if (option.kind == OptionSpec::Kind::number)
        text += std::to_string(option.least) + ".." + std::to_string(option.most);
    else
        text += option.kind == OptionSpec::Kind::flag ? "true|false" : "TEXT";
    return text + "  " + option.what;
}

void print_row(const RepairInfo& repair, const std::variant<Plan, Refusal>& answer) {
    const Plan* plan = std::get_if<Plan>(&answer);
    std::string name = repair.name;
    name.resize(std::max<std::size_t>(name.size(), 13), ' ');
    std::string state = plan != nullptr ? name_of(state_of(*plan)) : "unknown";
    state.resize(12, ' ');
    std::cout << name << state << repair.what << "\n";
    if (plan != nullptr) {
        for (const Finding& finding : plan->cures)
            std::cout << "    " << finding.code << ": " << finding.text << "\n";
        for (const std::string& obstacle : blocked_by(*plan))
            std::cout << "    blocked by: " << obstacle << "\n";
        if (const std::string first = first_disruption(*plan), worst = worst_disruption(*plan); !plan->rungs.empty())
            std::cout << "    disrupts: " << first << (first == worst ? "" : "; at worst: " + worst) << "\n";
    } else {
        std::cout << "    " << std::get<Refusal>(answer).text << "\n";
    }
    for (const OptionSpec& option : repair.options)
        std::cout << "    --option " << of_option(option) << "\n";
    std::cout << std::flush;
}

// A row is shown as soon as it is known: where a call into Windows hangs, those before it are seen.
int list(RepairDesk& desk, bool json) {
    std::vector<api::Listed> plans;
    for (RepairInfo& one : desk.repairs()) {
        std::variant<Plan, Refusal> plan = desk.plan(one.name, {});
        if (!json)
            print_row(one, plan);
        else
            plans.emplace_back(std::move(one), api::answer_of_desk(std::move(plan)));
    }
    if (json)
        std::cout << *api::render_repairs(plans).body;
    return 0;
}

RepairInfo info_of(const RepairDesk& desk, const std::string& name) {
    for (const RepairInfo& one : desk.repairs())
        if (one.name == name)
            return one;
    return {name, ""};
}

// "name=value" each; the error names the first that is not.
Result<Options> options_of(const std::vector<std::string>& given) {
    Options options;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            return Error{Errc::malformed, 0, "--option " + one + ": expected NAME=VALUE"};
        if (!options.emplace(one.substr(0, equals), one.substr(equals + 1)).second)
            return Error{Errc::malformed, 0, "--option " + one + ": this option is given twice"};
    }
    return options;
}

void print_plan(const RepairDesk& desk, const Plan& plan, bool json) {
    const RepairInfo info = info_of(desk, plan.repair);
    if (json)
        std::cout << *api::render_plan(plan, info).body;
    else
        std::cout << to_text(plan, info.what);
}

bool agreed_to_plan(const Plan& plan, const RepairOptions& options, bool json) {
    const std::vector<std::string> reasons = reasons_to_ask(plan, options.disconnect_sessions);
    if (options.yes || reasons.empty())
        return true;
    std::string question;
    for (const std::string& reason : reasons)
        question += (question.empty() ? "" : "; ") + reason;
    return agreed_to(question, json);
}

// What was shown and agreed to is what is carried out: the desk compares the plan again.
int carry_out(RepairDesk& desk, const Plan& plan, const RepairOptions& options, bool json) {
    RepairRequest request;
    request.repair = plan.repair;
    request.disconnect_sessions = options.disconnect_sessions;
    request.caller = command_line_caller();
    request.options = plan.options;
    request.plans = {plan.hash()};
    std::variant<Job, Refusal> answer = desk.start(request);
    if (const Refusal* refusal = std::get_if<Refusal>(&answer))
        return say_refused(*refusal, json);
    const Job job = follow(desk, std::move(std::get<Job>(answer)), request.caller, json);
    if (json)
        std::cout << *api::render_outcome(job).body;
    else
        std::cout << ending_of(job) << "\n";
    return exit_code_of(job);
}

} // namespace

int repair_command(const CommonOptions& common, const RepairOptions& options) {
    const Result<Options> wanted = options_of(options.options);
    if (!wanted)
        return complain(wanted.error().where, 2);
    const bool looks = options.repair.empty() || options.dry_run;
    const auto opened = CommandDesk::open(common, looks ? Hands::none : Hands::own);
    if (!opened)
        return complain(opened.error(), 2);
    RepairDesk& desk = ***opened;
    if (options.repair.empty())
        return list(desk, common.json);
    const std::variant<Plan, Refusal> answer = desk.plan(options.repair, *wanted);
    if (const Refusal* refusal = std::get_if<Refusal>(&answer))
        return say_refused(*refusal, common.json);
    const Plan& plan = std::get<Plan>(answer);
    if (options.dry_run || !common.json)
        print_plan(desk, plan, common.json);
    if (options.dry_run)
        return state_of(plan) == PlanState::impossible ? 2 : 0;
    if (!agreed_to_plan(plan, options, common.json))
        return 2;
    return carry_out(desk, plan, options, common.json);
}

} // namespace rdpmedic
