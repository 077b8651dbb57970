// Which sessions does the session manager know?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// WTS_CONNECTSTATE_CLASS in its documented order.
enum class SessionState {
    active,
    connected,
    connect_query,
    shadow,
    disconnected,
    idle,
    listen,
    reset,
    down,
    init,
    unknown
};

struct Session {
    std::uint32_t id = 0;
    SessionState state = SessionState::unknown;
    std::string station; // "RDP-Tcp#3", "Console", "RDP-Tcp" for the listener
    std::string user;    // empty when nobody is logged on
    std::string domain;
    std::string client;         // name of the client machine
    std::string client_address; // as the client reported it, empty where there is none
    std::optional<Time> connected_at, disconnected_at, last_input, logged_on_at;
    std::optional<Time> now; // the clock of the session manager: compare the times above with this one
};

} // namespace rdpmedic
