// What is it, most likely, that a user sees these numbers?
#include "agent/atomic_file.hpp"
#include "agent/configured_probes.hpp"
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/machine.hpp"
#include "agent/main/print.hpp"
#include "agent/watch/answers.hpp"
#include "agent/watch/watch.hpp"
#include "probes/diagnosis/attempt.hpp"
#include "probes/diagnosis/render.hpp"
#include "probes/registry.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

constexpr int not_asked = 3;

// Reads one number and says on standard error how it was read where that may surprise.
Result<std::optional<std::uint32_t>> number(const std::string& typed, std::span<const diagnosis::CodeRow> table) {
    if (typed.empty())
        return std::optional<std::uint32_t>{};
    const Result<diagnosis::TypedNumber> read = diagnosis::read_number(typed);
    if (!read)
        return read.error();
    if (const std::string note = diagnosis::reading_note(*read, table); !note.empty())
        std::cerr << "rdpmedic: " << note << "\n";
    return std::optional(read->value);
}

Result<std::optional<Time>> time_of(const std::string& typed, Time now) {
    if (typed.empty())
        return std::optional<Time>{};
    const Result<Time> at = diagnosis::attempt_time(typed, now);
    if (!at)
        return at.error();
    return std::optional(*at);
}

// All probes once, then the event logs: our own handshakes, this one and those of the service, are known by then and
// left out.
diagnosis::Answers ask(const Machine& machine, const Settings& settings, Time now, std::optional<Time> at) {
    const std::vector<Probe> probes = configured_probes(settings, machine.own);
    const Snapshot snapshot = check_once(*machine.host, probes, settings.limits, now);
    JudgeContext context;
    context.now = now;
    context.limits = settings.limits;
    const auto events =
        at ? events::collect_span(*machine.host, context, diagnosis::span_of_attempt(*at, now), machine.own.get())
           : events::collect(*machine.host, context, machine.own.get());
    diagnosis::Answers answers = answers_of(snapshot, events);
    answers.questions = questions_of(probes);
    return answers;
}

std::string name_of_host(const Host& host) {
    const Result<std::string> name =
        read_text(host, {R"(SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName)"}, "ComputerName");
    return name ? *name : "this host";
}

int exit_code(diagnosis::Conclusion conclusion) {
    switch (conclusion) {
    case diagnosis::Conclusion::nothing_found:
        return 0;
    case diagnosis::Conclusion::outside:
    case diagnosis::Conclusion::possible:
        return 1;
    case diagnosis::Conclusion::found:
        return 2;
    case diagnosis::Conclusion::cannot_tell:
        return 3;
    }
    return 3;
}

} // namespace

int diagnose_command(const CommonOptions& common, const DiagnoseOptions& options) {
    const auto code = number(options.code, diagnosis::disconnect_reasons());
    if (!code)
        return complain("the error code: " + code.error().where, not_asked);
    const auto extended = number(options.extended, diagnosis::extended_reasons());
    if (!extended)
        return complain("the extended error code: " + extended.error().where, not_asked);
    const auto loaded = load_settings(config_file(common.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return complain(describe(*wrong), not_asked);
    const Settings& settings = std::get<Settings>(loaded);
    const Result<Machine> opened = open_machine(common.recording);
    if (!opened)
        return complain(opened.error(), not_asked);
    const Machine machine = noting(*opened, common.data_folder, settings.limits.evidence_window);
    const Result<Time> now = machine.host->now();
    if (!now)
        return complain(now.error(), not_asked);
    const auto at = time_of(options.at, *now);
    if (!at)
        return complain("the time of the attempt: " + at.error().where, not_asked);
    const diagnosis::Diagnosis found =
        diagnosis::diagnose({*code, *extended, *at}, ask(machine, settings, *now, *at), *now);
    say(trouble_of(machine));
    int status = exit_code(found.conclusion);
    if (!options.report.empty()) {
        const std::string page = diagnosis::to_html(found, name_of_host(*machine.host), RDPMEDIC_VERSION);
        if (Result<> written = write_file_atomically(options.report, page); !written)
            status = complain(written.error(), not_asked); // the diagnosis is shown all the same
    }
    if (common.json)
        std::cout << diagnosis::to_json(found).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    else
        std::cout << diagnosis::to_text(found);
    return status;
}

} // namespace rdpmedic
