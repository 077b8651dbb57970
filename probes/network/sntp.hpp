// How far apart are the clocks of this machine and another?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic {

struct SntpOptions {
    std::uint16_t port = 123;
    std::chrono::milliseconds timeout{3000}; // for everything, the name included
};

// Asks `server`, a name or an address, by SNTP over UDP. Blocks for at most the timeout. An answer that is not one to
// our question is passed over. timed_out: nothing came; malformed: nothing but rubbish came; unsupported: the server
// has no time to give; not_found: the name has no address; io: nothing is there, or the system refused.
Result<ClockOffset> sntp_clock_offset(const std::string& server, const SntpOptions& options = {});

} // namespace rdpmedic
