// At which desk does the command line ask for repairs?
#include "agent/main/command_desk.hpp"

#include "agent/boot_mark.hpp"
#include "agent/data_folder.hpp"
#include "agent/main/log_event.hpp"
#include "agent/main/print.hpp"
#include "agent/main/terminal.hpp"
#include "agent/main/user_name.hpp"
#include "agent/settings.hpp"
#include "api/render_repair.hpp"

namespace rdpmedic {

Result<std::unique_ptr<CommandDesk>> CommandDesk::open(const CommonOptions& common, Hands hands) {
    const auto loaded = load_settings(config_file(common.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return Error{Errc::malformed, 0, describe(*wrong)};
    Result<Machine> machine = open_machine(common.recording);
    if (!machine)
        return machine.error();
    if (Result<> made = prepare_data_folder(common.data_folder); !made)
        return made.error();
    const Settings& settings = std::get<Settings>(loaded);
    // To the Windows Event Log alone: the job itself is shown, and the log file is the service's, which rotates it.
    Result<std::unique_ptr<Log>> log = make_log(settings, {{}, false, true});
    if (!log)
        return log.error();
    std::unique_ptr<CommandDesk> opened(new CommandDesk(
        settings, noting(std::move(*machine), common.data_folder, settings.limits.evidence_window), std::move(*log)));
    HostControl* control = hands == Hands::own ? opened->machine_.control.get() : nullptr;
    DeskParts parts{*opened->machine_.host, control, common.data_folder, opened->settings_};
    parts.boot_mark = boot_mark;
    parts.told = [desk = opened.get(), changes = control != nullptr](const RepairEvent& event) {
        if (event.kind == RepairEventKind::busy)
            desk->others_repair_ = true;
        if (changes) // a look, or a recording, is nothing that happens to this host
            log_event(*desk->log_, event);
    };
    Result<std::unique_ptr<RepairDesk>> desk = make_repair_desk(std::move(parts));
    if (!desk)
        return desk.error();
    opened->desk_ = std::move(*desk);
    return opened;
}

CommandDesk::~CommandDesk() {
    desk_.reset();
    say(trouble_of(machine_));
}

Caller command_line_caller() { return {user_name(), "command line"}; }

int say_refused(const Refusal& refusal, bool json) {
    if (json)
        std::cout << *api::render_refusal(refusal).body;
    std::cerr << "rdpmedic: refused: " << refusal.text << "\n";
    for (const std::string& detail : refusal.details)
        std::cerr << "  " << detail << "\n";
    if (refusal.kind == Refusal::Kind::sessions)
        std::cerr << "  --disconnect-sessions carries it out all the same\n";
    return 2;
}

bool agreed_to(const std::string& question, bool json) {
    if (json || !can_ask()) {
        std::cerr << "rdpmedic: refused: " << question << "; nobody can be asked here, so --yes is needed\n";
        return false;
    }
    std::cerr << question << ". Proceed? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes")
        return true;
    std::cerr << "rdpmedic: nothing was changed\n";
    return false;
}

} // namespace rdpmedic
