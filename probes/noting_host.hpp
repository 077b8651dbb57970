// Which handshakes with a host were made through it?
#pragma once

#include "probes/host.hpp"
#include "probes/own_handshakes.hpp"

#include <memory>

namespace rdpmedic {

// Passes every read on to `inner` and notes each RDP handshake in `own` once it has ended, whoever asked for it: the
// probe, a repair that proves its cure, a command. One that could not be tried is not noted.
std::shared_ptr<const Host> make_noting_host(std::shared_ptr<const Host> inner, std::shared_ptr<OwnHandshakes> own);

} // namespace rdpmedic
