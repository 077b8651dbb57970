// Where does everybody find the present snapshot? Readers never wait for a probe.
#pragma once

#include "agent/watch/snapshot.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace rdpmedic {

// Thread-safe. `current` takes a lock for the time of copying a shared_ptr.
class Board {
  public:
    // Called after every publication, one at a time and in their order, with the probe that has reported: must neither
    // block nor publish.
    using Told = std::function<void(const Snapshot& before, const Snapshot& after, const std::string& probe)>;

    explicit Board(Snapshot first, Told told = {})
        : told_(std::move(told)), current_(std::make_shared<const Snapshot>(std::move(first))) {}

    std::shared_ptr<const Snapshot> current() const;
    // Folds `report` into the present snapshot and publishes the result, which is returned.
    std::shared_ptr<const Snapshot> publish(const Report& report);
    // Waits until the generation is above `generation`, at most `patience`. Blocks. False when the time ran out.
    bool wait_beyond(std::uint64_t generation, std::chrono::milliseconds patience) const;

  private:
    const Told told_;
    std::mutex order_; // held over a whole publication
    mutable std::mutex mutex_;
    mutable std::condition_variable published_;
    std::shared_ptr<const Snapshot> current_;
};

} // namespace rdpmedic
