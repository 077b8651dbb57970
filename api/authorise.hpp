// May this caller use this route? Decided before any of the body is read.
#pragma once

#include "api/routes.hpp"
#include "api/token_keeper.hpp"

namespace rdpmedic::api {

// What is known about a caller from the connection and the header alone.
struct Credentials {
    Presented::Kind token = Presented::Kind::none;
    bool loopback = false;       // the peer's address
    bool loopback_host = false;  // the Host field names this machine: localhost, 127.0.0.0/8, [::1]
    bool foreign_origin = false; // a browser says that the page comes from elsewhere
};

enum class Verdict { allowed, foreign_host, foreign_origin, no_token, wrong_token, role_too_low, tokens_unavailable };

// Pure. A page on another site can make a browser send requests to a loopback address, also under a name of its own
// that resolves to it; hence the two foreign verdicts, which hold for every path and whatever the token.
constexpr Verdict authorise(Permission needs, const Credentials& caller) {
    if (caller.loopback && !caller.loopback_host)
        return Verdict::foreign_host;
    if (caller.foreign_origin)
        return Verdict::foreign_origin;
    if (needs == Permission::none)
        return Verdict::allowed;
    switch (caller.token) {
    case Presented::Kind::none:
        return needs == Permission::read && caller.loopback ? Verdict::allowed : Verdict::no_token;
    case Presented::Kind::wrong:
        return Verdict::wrong_token;
    case Presented::Kind::unavailable:
        return Verdict::tokens_unavailable;
    case Presented::Kind::read:
        return needs == Permission::read ? Verdict::allowed : Verdict::role_too_low;
    case Presented::Kind::repair:
        return Verdict::allowed;
    }
    return Verdict::wrong_token;
}

// The host of a Host field or of an Origin, without its port; brackets of IPv6 stay.
std::string_view without_port(std::string_view authority);
bool is_loopback_host(std::string_view host_field);
// True when `origin` is there and is not the very host and port that the request went to.
bool is_foreign_origin(std::string_view origin, std::string_view host_field);

} // namespace rdpmedic::api
