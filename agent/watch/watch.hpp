// Who asks the probes, again and again, and survives the ones that never answer?
#pragma once

#include "agent/watch/board.hpp"
#include "agent/watch/notebooks.hpp"
#include "probes/probe.hpp"

#include <functional>
#include <memory>

namespace rdpmedic {

struct WatchOptions {
    Thresholds limits{};
    std::size_t workers = 4;
    std::size_t slow_workers = 0;     // for probes that are slow, beside `workers`; 0: one for each of them
    std::shared_ptr<Notebooks> notes; // what probes remember; null: nothing
};

// Runs probes on a pool of workers, slow ones on a pool of their own with a worker for each, so that they never hold a
// worker that others need, slow or not: a license server that is away blocks for tens of seconds. A probe that does not
// come back within its timeout is reported as stuck; its worker stays with it, another takes its place, and the probe
// is not started again until it has come back.
//
// `stop` returns even when probes are stuck. Such a worker keeps `host` and its own state alive and ends with the
// process, so `host` is shared.
class Watch {
  public:
    Watch(std::shared_ptr<const Host> host, std::vector<Probe> probes, Board& board, WatchOptions options);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch(); // as stop()

    void start();
    // Ends the schedule and waits for workers that are between two calls, at most `patience`. Blocks.
    void stop(std::chrono::milliseconds patience = std::chrono::milliseconds{500});
    // Asks for a run as soon as possible. Thread-safe, does not block.
    void hurry(const std::string& probe);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

// Every probe once, one after the other, on this thread: for the command line and for recordings. Blocks.
Snapshot check_once(const Host& host, const std::vector<Probe>& probes, const Thresholds& limits, Time now);

} // namespace rdpmedic
