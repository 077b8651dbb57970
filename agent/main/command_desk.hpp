// At which desk does the command line ask for repairs?
#pragma once

#include "agent/log.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/machine.hpp"
#include "agent/repair/make_desk.hpp"

#include <atomic>

namespace rdpmedic {

enum class Hands { none, own };

// One of its own, in this process: the journal, the guards and the lock are those of the service. It needs no HTTP.
class CommandDesk {
  public:
    // Who only looks gets no hands: not even what an earlier process left half done is taken back then. What happens by
    // hands is written to the Windows Event Log. Blocks.
    static Result<std::unique_ptr<CommandDesk>> open(const CommonOptions& common, Hands hands);

    CommandDesk(const CommandDesk&) = delete;
    CommandDesk& operator=(const CommandDesk&) = delete;
    // Says on standard error where the handshakes of a repair could not be noted.
    ~CommandDesk();

    RepairDesk& operator*() const { return *desk_; }
    RepairDesk* operator->() const { return desk_.get(); }
    // Another process repaired this host when the desk was opened: its job, and those before it, are not known here.
    bool others_repair() const { return others_repair_; }

  private:
    CommandDesk(Settings settings, Machine machine, std::unique_ptr<Log> log)
        : settings_(std::move(settings)), machine_(std::move(machine)), log_(std::move(log)) {}

    Settings settings_;
    Machine machine_;
    std::unique_ptr<Log> log_;
    std::atomic<bool> others_repair_ = false;
    std::unique_ptr<RepairDesk> desk_; // goes first
};

// The user of this process as the system knows them, on the command line.
Caller command_line_caller();

// Says on standard error why it was refused, on standard output as JSON where that is wanted; 2.
int say_refused(const Refusal& refusal, bool json);

// Asks on the terminal, whose answer must be y or yes; without a terminal it says that --yes is needed. `json`: nobody
// has seen what it is about, so it is not asked.
bool agreed_to(const std::string& question, bool json);

} // namespace rdpmedic
