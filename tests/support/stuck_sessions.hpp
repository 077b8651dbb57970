// Which sessions does a server have on which some are stuck?
#pragma once

#include "probes/registry.hpp"
#include "tests/support/serving_host.hpp"

namespace rdpmedic::testing {

Session session(std::uint32_t id, SessionState state, std::string station, std::string user = {});

// A server with one user who works, and one who is at its console.
struct SessionHost : ServingHost {
    SessionHost();
    ~SessionHost() override;
    void add(Session one);
    // Longer than the limit of one hour when it is more than that and ten minutes.
    void add_disconnected(std::uint32_t id, std::string user, std::chrono::minutes ago);
    // Active for Windows, silent for an hour, and without a connection.
    void add_half_open(std::uint32_t id, std::string user);
};

} // namespace rdpmedic::testing
