// Is another process repairing this host right now?
//
// One implementation a system: agent/posix/repair_lock.cpp and agent/windows/repair_lock.cpp.
#pragma once

#include "probes/result.hpp"

#include <filesystem>
#include <memory>

namespace rdpmedic {

// Held as long as it lives; the system gives it free when the process ends, however it ends. May be let go by another
// thread than the one that took it.
class RepairLock {
  public:
    virtual ~RepairLock() = default;
};

// timed_out: somebody else holds it. Does not wait. The lock is a file in the data folder, which must exist.
Result<std::unique_ptr<RepairLock>> take_repair_lock(const std::filesystem::path& data_folder);

} // namespace rdpmedic
