// What runs when rdpmedic runs? Watch, repairs and API on one host, with one configuration.
#pragma once

#include "agent/log.hpp"
#include "agent/main/machine.hpp"
#include "agent/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace rdpmedic {

class Agent {
  public:
    // Rolls back what an earlier process left half done, starts watching and listens. Blocks until it listens; an
    // error leaves nothing running.
    static Result<std::unique_ptr<Agent>> start(const Settings& settings, const std::filesystem::path& data_folder,
                                                const Machine& machine, Log& log);
    virtual ~Agent() = default; // only after stop() has returned true
    // Within five seconds, with requests and probes in flight; a repair in flight is taken back first. Blocks. False
    // when a call into Windows still hangs: the agent must then not be destroyed before the process ends.
    [[nodiscard]] virtual bool stop() = 0;
    virtual std::vector<std::uint16_t> ports() const = 0;
    // Writes down since when findings stand and what probes remember, where that has changed. Blocks for the write.
    virtual void save_state() = 0;
    // Looks once a minute, however often it is called, whether another process has died in a repair, and has that taken
    // back in the background. Does not block.
    virtual void recover_others() = 0;
    virtual bool repairs() const = 0; // a job runs
};

} // namespace rdpmedic
