// What does each command do? One function each; all return the exit code of the program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rdpmedic {

// What several commands share.
struct CommonOptions {
    std::filesystem::path data_folder;
    std::filesystem::path recording; // --host FILE; empty: this machine
    bool json = false;
};

// As Nagios plugins: 0 pass, 1 warning, 2 critical, 3 something could not be read (and nothing is worse).
// Unknown probes: 3, with the list of those that exist.
int check_command(const CommonOptions& common, const std::vector<std::string>& probes);

// Every read of every probe as JSON, to `output` or standard output. 0, or 1 when it cannot be written.
int record_command(const CommonOptions& common, const std::filesystem::path& output);

struct HandshakeTargets {
    std::string target;          // HOST[:PORT], or
    std::filesystem::path hosts; // a file that names many, "-" for standard input
    unsigned parallel = 16;
};
// 0 when a client would get through, 1 with a warning, 2 when it would not, 3 when it could not be tried; of many hosts
// the worst.
int handshake_command(const CommonOptions& common, const HandshakeTargets& targets);

struct DiagnoseOptions {
    std::string code, extended;   // as typed; empty: not asked
    std::string at;               // when the client tried, as typed; empty: the events of the evidence window
    std::filesystem::path report; // empty: no page is written
};
// Runs all probes and reads the event logs. 0 nothing speaks for a cause, 1 it is outside this host or only possible,
// 2 a cause on this host, 3 it could not be told, or not be asked. The page stands alone and is written atomically.
int diagnose_command(const CommonOptions& common, const DiagnoseOptions& options);

struct RepairOptions {
    std::string repair;               // empty: list the repairs
    std::vector<std::string> options; // of the repair, "name=value" each
    bool dry_run = false, disconnect_sessions = false;
    bool yes = false; // do not ask
};
// 0 repaired, not needed or waits for a restart, 1 rolled back, 2 refused, impossible or not agreed to. A plan that may
// disrupt, cannot be taken back or needs a restart is agreed to first: on a terminal by answering, elsewhere by `yes`.
int repair_command(const CommonOptions& common, const RepairOptions& options);
// Takes back a finished repair. 0 taken back, 1 not, 2 refused or not agreed to.
int repair_rollback_command(const CommonOptions& common, const std::string& job, const RepairOptions& options);
// The jobs that are remembered, newest first. 0, or 2 when they cannot be read.
int repair_jobs_command(const CommonOptions& common);
// Takes back a job that waits for a restart of the machine. 0 taken back, 1 not, 2 refused: it runs in another process,
// it has ended, or there is none.
int repair_cancel_command(const CommonOptions& common, const std::string& job);

// 0 the chain is whole, 1 it is broken, 2 the trail cannot be read.
int audit_verify_command(const CommonOptions& common);
// The newest `limit` lines, oldest first. 0, or 2 when the trail cannot be read.
int audit_show_command(const CommonOptions& common, unsigned limit);

struct TokenOptions {
    std::string name, role = "read";
    unsigned days = 0; // 0: does not expire
};
int token_add_command(const CommonOptions& common, const TokenOptions& options);
int token_list_command(const CommonOptions& common);
int token_remove_command(const CommonOptions& common, const std::string& name);

// 0, or 2 when the configuration is wrong.
int config_check_command(const CommonOptions& common, const std::filesystem::path& file);
int config_show_command(const CommonOptions& common, const std::filesystem::path& file);
int config_schema_command();

// install, uninstall, start, stop, status, configure. 0, 1 when Windows refused, 2 where there are no services; status:
// 0 running, 3 not running, 4 not installed.
int service_command(const CommonOptions& common, const std::string& action);

} // namespace rdpmedic
