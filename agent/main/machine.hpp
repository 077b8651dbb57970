// Which host is this about, and may it be changed?
#pragma once

#include "agent/repair/change.hpp"
#include "probes/host.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace rdpmedic {

struct Machine {
    std::shared_ptr<const Host> host;
    std::shared_ptr<HostControl> control; // null for a recording
    // The clock by which this host's reports age: in a recording, time stands still.
    std::function<Time()> now;
};

// The recording in `recording` if that is not empty, else this machine. Elsewhere than on Windows there is only the
// recording; the error says so.
Result<Machine> open_machine(const std::filesystem::path& recording);

} // namespace rdpmedic
