// Which members has each fact of a session? Those of facts/sessions.hpp.
#pragma once

#include "probes/facts/sessions.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<Session> T>
void fields(V& visit, T& facts) {
    auto& [id, state, station, user, domain, client, client_address, connected_at, disconnected_at, last_input,
           logged_on_at, now] = facts;
    visit("id", id), visit("state", state), visit("station", station), visit("user", user), visit("domain", domain);
    visit("client", client), visit("client_address", client_address);
    visit("connected_at", connected_at), visit("disconnected_at", disconnected_at);
    visit("last_input", last_input), visit("logged_on_at", logged_on_at), visit("now", now);
}

} // namespace rdpmedic::recorded
