// Who begins the repairs that the configuration allows without being asked?
#pragma once

#include "agent/repair/auto_repair.hpp"
#include "agent/repair/desk.hpp"
#include "agent/repair/repair_event.hpp"
#include "agent/watch/board.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace rdpmedic {

struct AutoRepairParts {
    Board& board;
    RepairDesk& desk;
    std::vector<AutoRepairRule> rules;
    std::function<Time()> now;
    std::function<void(const RepairEvent&)> told = [](const RepairEvent&) {};
    // The hour of the host's own clock. Empty: local time of this process.
    std::function<unsigned(Time)> hour{};
};

// One look at a time, on a thread of its own between `start` and `stop`; tests call `look`.
class AutoRepair {
  public:
    explicit AutoRepair(AutoRepairParts parts);
    AutoRepair(const AutoRepair&) = delete;
    AutoRepair& operator=(const AutoRepair&) = delete;
    ~AutoRepair(); // as stop()

    // Without rules nothing happens and no thread is started.
    void start();
    // No further look begins. Does not block.
    void ask_to_stop();
    // Blocks until the look that is under way has ended, which may be as long as the desk takes to plan.
    void stop();
    // Begins the first repair that is due, and publishes what was given up as the findings of the check "auto_repair".
    // Blocks as RepairDesk::start does.
    void look();

  private:
    void ask(const RuleState& state);
    void publish(const std::vector<RuleState>& states);

    AutoRepairParts parts_;
    std::map<std::string, RuleMemory> memory_; // by finding
    std::set<std::string> told_;               // findings of rules that have given up
    std::optional<std::vector<Finding>> published_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace rdpmedic
