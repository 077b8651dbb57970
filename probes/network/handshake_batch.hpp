// How are many hosts asked at once?
#pragma once

#include "probes/facts.hpp"

#include <functional>
#include <stop_token>

namespace rdpmedic::handshake {

struct Batch {
    std::vector<Endpoint> targets;
    unsigned parallel = 16; // at most so many at a time
    // Called on threads of the batch, several at once; must not throw. Usually rdp_handshake.
    std::function<Result<HandshakeFacts>(const Endpoint&)> shake;
    // Both are called on the thread that runs the batch. `result` comes in the order of the targets, each as soon as
    // all before it are there.
    std::function<void(std::size_t index, const Result<HandshakeFacts>&)> result;
    std::function<void(std::size_t finished)> progress;
    // After a stop, handshakes under way have so long to end properly; those that still run are abandoned.
    std::chrono::milliseconds grace{2000};
    // Runs `work` beside the caller, or throws std::system_error. Null: in a thread of its own.
    std::function<void(std::function<void()> work)> start{};
};

// Asks every target and returns how many results were delivered: all of them, unless `stop` was requested. After a stop
// no further host is contacted, and `result` is left out for those that have none. Where the system gives fewer threads
// than wanted, fewer hosts are asked at a time; where it gives none, the caller asks them one by one. Blocks for as long
// as the handshakes take; abandoned ones end by themselves, in threads of their own.
std::size_t run_batch(Batch batch, std::stop_token stop);

} // namespace rdpmedic::handshake
