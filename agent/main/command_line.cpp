// What did the user type?
#include "agent/main/command_line.hpp"

#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/print.hpp"
#include "agent/main/run.hpp"
#include "probes/probe.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <iostream>

#ifdef _WIN32
#include "agent/windows/service_main.hpp"
#endif

namespace rdpmedic {
namespace {

// Everything that options are written into, and the command that was chosen.
struct Choice {
    std::string data_folder, recording, target, hosts, file, output, name;
    unsigned parallel = 16, limit = 100;
    bool json = false, service = false;
    std::vector<std::string> probes;
    RepairOptions repair;
    DiagnoseOptions diagnose;
    TokenOptions token;
    std::function<int()> command;

    // Options come in UTF-8; std::filesystem::path(std::string) would take them as the ANSI code page on Windows.
    static std::filesystem::path path_of(const std::string& text) {
        return std::filesystem::path(std::u8string(text.begin(), text.end()));
    }
    CommonOptions common() const {
        return {data_folder.empty() ? default_data_folder() : path_of(data_folder), path_of(recording), json};
    }
};

CLI::App* add(CLI::App& parent, Choice& choice, const char* name, const char* help, std::function<int()> command) {
    CLI::App* sub = parent.add_subcommand(name, help);
    sub->callback([&choice, command = std::move(command)] { choice.command = command; });
    return sub;
}

void add_host(CLI::App* command, Choice& choice) {
    command->add_option("--host", choice.recording, "a recorded host (see 'rdpmedic record') instead of this machine")
        ->type_name("FILE");
}

void add_json(CLI::App* command, Choice& choice) { command->add_flag("--json", choice.json, "print JSON"); }

int run(const Choice& choice) {
    const RunOptions options{choice.common().data_folder, choice.common().recording};
#ifdef _WIN32
    if (choice.service)
        return run_as_service([&](ServiceLink& link) { return run_agent(options, &link); });
#endif
    return run_agent(options, nullptr);
}

void add_run_and_service(CLI::App& app, Choice& choice) {
    CLI::App* command =
        add(app, choice, "run", "Watch this host and answer HTTP until Ctrl-C", [&] { return run(choice); });
    add_host(command, choice);
#ifdef _WIN32
    command->add_flag("--service", choice.service, "run under the service control manager")->group("");
#endif
    CLI::App* service = app.add_subcommand("service", "Install and control the Windows service");
    service->require_subcommand(1);
    const auto action = [&](const char* name, const char* help) {
        return add(*service, choice, name, help, [&choice, name] { return service_command(choice.common(), name); });
    };
    action("install", "create the service, its data folder and the first repair token");
    action("uninstall", "stop and remove the service; the data folder stays");
    action("start", "start it and wait until it runs");
    action("stop", "stop it and wait until it has stopped");
    add_json(action("status", "0 running, 3 not running, 4 not installed"), choice);
    action("configure", "set service SID, privileges and restart after failure of the installed service again");
}

void add_handshake(CLI::App& app, Choice& choice) {
    CLI::App* handshake = add(
        app, choice, "handshake",
        "Connect to an RDP host as a client would, without logging on, and say how far it came; exits 0 through, "
        "1 warning, 2 not through, 3 not tried or wrongly asked; of many hosts the worst",
        [&] {
            return handshake_command(choice.common(), {choice.target, Choice::path_of(choice.hosts), choice.parallel});
        });
    CLI::Option* target =
        handshake->add_option("target", choice.target, "HOST, HOST:PORT or [IPV6]:PORT")->type_name("HOST[:PORT]");
    CLI::Option* hosts = handshake
                             ->add_option("--hosts", choice.hosts,
                                          "a file with one HOST[:PORT] a line, # begins a comment; - is standard input")
                             ->type_name("FILE")
                             ->excludes(target);
    handshake->add_option("--parallel", choice.parallel, "at most so many of the hosts at a time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str()
        ->needs(hosts);
    handshake->parse_complete_callback([target, hosts] {
        if (target->count() == 0 && hosts->count() == 0)
            throw CLI::RequiredError("HOST[:PORT] or --hosts FILE");
    });
    add_json(handshake, choice);
}

// "cert, termservice, ..."
std::string names_of_probes() {
    std::string names;
    for (const Probe& probe : all_probes())
        names.append(names.empty() ? "" : ", ").append(probe.id);
    return names;
}

void add_probing(CLI::App& app, Choice& choice) {
    CLI::App* check =
        add(app, choice, "check",
            "Run the probes once and print what they find; exits 0, 1, 2 or 3 as Nagios plugins do, 3 when wrongly "
            "asked, too",
            [&] { return check_command(choice.common(), choice.probes); });
    check->add_option("probe", choice.probes, "only these probes: " + names_of_probes());
    add_host(check, choice);
    add_json(check, choice);

    CLI::App* record = add(
        app, choice, "record",
        "Write down every read of every probe as JSON, to look at this host elsewhere; it names users and addresses",
        [&] { return record_command(choice.common(), Choice::path_of(choice.output)); });
    record->add_option("-o,--output", choice.output, "instead of standard output")->type_name("FILE");
    add_host(record, choice);

    add_handshake(app, choice);
}

void add_diagnose(CLI::App& app, Choice& choice) {
    CLI::App* diagnose = add(
        app, choice, "diagnose",
        "Say what the numbers of a client mean and which cause is likeliest on this host; exits 0 nothing speaks for "
        "a cause, 1 outside this host or only possible, 2 a cause on this host, 3 it cannot be told or was wrongly "
        "asked",
        [&] {
            choice.diagnose.report = Choice::path_of(choice.output);
            return diagnose_command(choice.common(), choice.diagnose);
        });
    diagnose->add_option("code", choice.diagnose.code, "the error code that the client shows: 0x904 or 2308");
    diagnose->add_option("extended", choice.diagnose.extended, "its extended error code: 0x7 or 7");
    diagnose
        ->add_option("--at", choice.diagnose.at,
                     "when the client tried, with its zone (2026-01-15T08:30Z) or how long ago (20m, 2h): then the "
                     "events of that time count")
        ->type_name("TIME");
    diagnose->add_option("--report", choice.output, "write a page to print")->type_name("FILE");
    add_host(diagnose, choice);
    add_json(diagnose, choice);
}

void add_repair_jobs(CLI::App& repair, Choice& choice) {
    CLI::App* rollback =
        add(repair, choice, "rollback", "take a finished repair back; exits 0 taken back, 1 not, 2 refused",
            [&] { return repair_rollback_command(choice.common(), choice.name, choice.repair); });
    rollback->add_flag("--yes", choice.repair.yes, "do not ask");
    rollback->add_flag("--disconnect-sessions", choice.repair.disconnect_sessions,
                       "allow that RDP sessions are cut off where TermService must be stopped for it");
    CLI::App* cancel =
        add(repair, choice, "cancel", "take back a job that waits for a restart; exits 0 taken back, 1 not, 2 refused",
            [&] { return repair_cancel_command(choice.common(), choice.name); });
    CLI::App* jobs = add(repair, choice, "jobs", "the repairs that are remembered, newest first",
                         [&] { return repair_jobs_command(choice.common()); });
    for (CLI::App* command : {rollback, cancel})
        command->add_option("job", choice.name, "id, as 'repair jobs' shows it")->required();
    for (CLI::App* command : {rollback, cancel, jobs}) {
        add_host(command, choice);
        add_json(command, choice);
    }
}

void add_repair(CLI::App& app, Choice& choice) {
    CLI::App* repair = app.add_subcommand(
        "repair", "Without a name, list the repairs; with one, show its plan and carry it out (as an administrator). "
                  "Exits 0 repaired, not needed or waits for a restart, 1 taken back, 2 refused");
    // Runs after the callbacks of its own subcommands, whose choice stands.
    repair->callback([&choice] {
        if (!choice.command)
            choice.command = [&choice] { return repair_command(choice.common(), choice.repair); };
    });
    repair->add_option("name", choice.repair.repair,
                       "as listed without a name; rollback, jobs and cancel are commands");
    repair->add_flag("--dry-run", choice.repair.dry_run, "show the plan and change nothing");
    repair->add_option("--option", choice.repair.options, "NAME=VALUE, more than once where there are more")
        ->type_name("NAME=VALUE")
        ->expected(1)
        ->take_all();
    repair->add_flag("--disconnect-sessions", choice.repair.disconnect_sessions,
                     "allow a repair that cuts off RDP sessions");
    repair->add_flag("--yes", choice.repair.yes, "do not ask before it disrupts, cannot be undone or needs a restart");
    add_host(repair, choice);
    add_json(repair, choice);
    add_repair_jobs(*repair, choice);
}

void add_audit(CLI::App& app, Choice& choice) {
    CLI::App* audit = app.add_subcommand("audit", "Who had what done to this host");
    audit->require_subcommand(1);
    add_json(add(*audit, choice, "verify", "0 when nobody has changed the trail, 1 with the line when somebody has",
                 [&] { return audit_verify_command(choice.common()); }),
             choice);
    CLI::App* show = add(*audit, choice, "show", "the newest lines, oldest first",
                         [&] { return audit_show_command(choice.common(), choice.limit); });
    show->add_option("--limit", choice.limit, "at most so many")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    add_json(show, choice);
}

void add_tokens_and_config(CLI::App& app, Choice& choice) {
    CLI::App* token = app.add_subcommand("token", "Who may ask the API");
    token->require_subcommand(1);
    CLI::App* made = add(*token, choice, "add", "make a token and show it once",
                         [&] { return token_add_command(choice.common(), choice.token); });
    made->add_option("name", choice.token.name, "what it is for")->required();
    made->add_option("--role", choice.token.role, "read, or repair which includes read")
        ->check(CLI::IsMember({"read", "repair"}))
        ->capture_default_str();
    made->add_option("--days", choice.token.days, "expires after so many days; 0: never")
        ->check(CLI::Range(0, 36500))
        ->capture_default_str();
    add_json(made, choice);
    add_json(add(*token, choice, "list", "names, roles and dates", [&] { return token_list_command(choice.common()); }),
             choice);
    CLI::App* gone = add(*token, choice, "remove", "refuse a token from now on",
                         [&] { return token_remove_command(choice.common(), choice.name); });
    gone->add_option("name", choice.name, "as 'token list' shows it")->required();

    CLI::App* config = app.add_subcommand("config", "Check and show the configuration");
    config->require_subcommand(1);
    const auto with_file = [&](CLI::App* command) {
        command->add_option("file", choice.file, "instead of config.json in the data folder")->type_name("FILE");
        add_json(command, choice);
    };
    with_file(add(*config, choice, "check", "0 when it is valid, 2 with place and reason when not",
                  [&] { return config_check_command(choice.common(), Choice::path_of(choice.file)); }));
    with_file(add(*config, choice, "show", "all keys with their values and what they mean",
                  [&] { return config_show_command(choice.common(), Choice::path_of(choice.file)); }));
    add(*config, choice, "schema", "the JSON schema of config.json", [] { return config_schema_command(); });
}

// Of the commands whose exit status a monitor reads, 2 says that something is critical; 3 is unknown:
// https://nagios-plugins.org/doc/guidelines.html
int status_without_answer(const CLI::App& app) {
    for (const char* monitored : {"check", "diagnose", "handshake"})
        if (app.got_subcommand(monitored))
            return 3;
    return 2;
}

} // namespace

int run_command_line(std::vector<std::string> arguments) {
    Choice choice;
    CLI::App app{"rdpmedic finds out why Remote Desktop does not work on this host, and repairs it.\n"
                 "Start with 'rdpmedic check'; 'rdpmedic COMMAND --help' explains each command.",
                 "rdpmedic"};
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "rdpmedic " RDPMEDIC_VERSION);
    app.add_option("--data", choice.data_folder, "data folder, by default " + default_data_folder().string())
        ->type_name("FOLDER");
    add_probing(app, choice);
    add_diagnose(app, choice);
    add_repair(app, choice);
    add_audit(app, choice);
    add_run_and_service(app, choice);
    add_tokens_and_config(app, choice);
    std::reverse(arguments.begin(), arguments.end()); // CLI11 takes them from the back
    try {
        app.parse(arguments);
        return choice.command();
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : status_without_answer(app);
    } catch (const std::exception& error) {
        std::cerr << "rdpmedic: internal error: " << error.what() << "\n";
        return status_without_answer(app);
    }
}

} // namespace rdpmedic
