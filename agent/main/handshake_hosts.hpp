// Would an RDP client get through to each host of a list?
#pragma once

#include "probes/probe.hpp"

#include <filesystem>

namespace rdpmedic {

// Called on several threads at once, and by some even after the answer: what it stands on must live as long.
using Shake = std::function<Result<HandshakeFacts>(const Endpoint&)>;

// Asks the hosts of the file ("-" is standard input), at most `parallel` at a time, and prints one line for each, or a
// JSON array. Returns the worst exit code of `rdpmedic handshake`: 2 before 1 before 3 before 0. 3 without contacting
// anybody when the file cannot be read, a line is no host, or the system has no thread left to listen for Ctrl-C.
// Ctrl-C ends it within some two seconds; hosts without a result then count as not tried.
int handshake_with_hosts(const std::filesystem::path& file, Shake shake, unsigned parallel, const JudgeContext& context,
                         bool json);

} // namespace rdpmedic
