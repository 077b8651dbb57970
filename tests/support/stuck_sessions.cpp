// Which sessions does a server have on which some are stuck?
#include "tests/support/stuck_sessions.hpp"

#include <utility>

namespace rdpmedic::testing {

Session session(std::uint32_t id, SessionState state, std::string station, std::string user) {
    Session result;
    result.id = id;
    result.state = state;
    result.station = std::move(station);
    result.user = std::move(user);
    if (!result.user.empty())
        result.domain = "EXAMPLE";
    return result;
}

SessionHost::SessionHost() {
    session_list = std::vector<Session>{
        session(0, SessionState::disconnected, "Services"), session(1, SessionState::active, "Console", "chief"),
        session(2, SessionState::active, "RDP-Tcp#0", "anna"), session(65536, SessionState::listen, "RDP-Tcp")};
    set_dword(keys::rdp_tcp, "MaxDisconnectionTime", 3'600'000);
    set_dword(keys::rdp_tcp, "fInheritMaxDisconnectionTime", 0);
    TcpConnection connection;
    connection.local_port = 3389;
    connection.state = TcpState::established;
    connection.remote_address = "192.0.2.2";
    give("tcp_connections", std::vector<TcpConnection>{connection});
}

SessionHost::~SessionHost() = default;

void SessionHost::add(Session one) { session_list->push_back(std::move(one)); }

void SessionHost::add_disconnected(std::uint32_t id, std::string user, std::chrono::minutes ago) {
    Session one = session(id, SessionState::disconnected, "", std::move(user));
    one.disconnected_at = time - ago;
    add(one);
}

void SessionHost::add_half_open(std::uint32_t id, std::string user) {
    Session one = session(id, SessionState::active, "RDP-Tcp#7", std::move(user));
    one.client_address = "192.0.2.77";
    one.now = time;
    one.last_input = time - std::chrono::hours{1};
    add(one);
}

} // namespace rdpmedic::testing
