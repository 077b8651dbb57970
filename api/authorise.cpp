// May this caller use this route?
#include "api/authorise.hpp"
#include "probes/letter_case.hpp"

#include <charconv>

namespace rdpmedic::api {
namespace {

constexpr Credentials local{.loopback = true, .loopback_host = true};
constexpr Credentials remote{};

constexpr Credentials with(Credentials caller, Presented::Kind token) {
    caller.token = token;
    return caller;
}

using Kind = Presented::Kind;
// Loopback may read without a token; nobody may repair without one; others may do neither.
static_assert(authorise(Permission::read, local) == Verdict::allowed);
static_assert(authorise(Permission::repair, local) == Verdict::no_token);
static_assert(authorise(Permission::read, remote) == Verdict::no_token);
static_assert(authorise(Permission::none, remote) == Verdict::allowed);
// A token that is wrong or cannot be checked is never treated as no token.
static_assert(authorise(Permission::read, with(local, Kind::wrong)) == Verdict::wrong_token);
static_assert(authorise(Permission::read, with(local, Kind::unavailable)) == Verdict::tokens_unavailable);
static_assert(authorise(Permission::repair, with(remote, Kind::unavailable)) == Verdict::tokens_unavailable);
// Roles.
static_assert(authorise(Permission::read, with(remote, Kind::read)) == Verdict::allowed);
static_assert(authorise(Permission::repair, with(local, Kind::read)) == Verdict::role_too_low);
static_assert(authorise(Permission::repair, with(remote, Kind::repair)) == Verdict::allowed);
// Browsers that were tricked, also with a good token.
static_assert(authorise(Permission::none, {.loopback = true}) == Verdict::foreign_host);
static_assert(authorise(Permission::repair, {Kind::repair, true, true, true}) == Verdict::foreign_origin);

// Four numbers to 255, the first of which is 127.
bool is_loopback_v4(std::string_view text) {
    for (int part = 0; part < 4; ++part) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || value > 255 || (part == 0 && value != 127))
            return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (part == 3)
            return text.empty();
        if (!text.starts_with('.'))
            return false;
        text.remove_prefix(1);
    }
    return false;
}

} // namespace

std::string_view without_port(std::string_view authority) {
    if (authority.starts_with('['))
        return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
}

bool is_loopback_host(std::string_view host_field) {
    const std::string_view host = without_port(host_field);
    const std::string_view port = host_field.substr(host.size());
    const bool port_is_fine = port.empty() || (port.size() > 1 && port.front() == ':' &&
                                               port.find_first_not_of("0123456789", 1) == std::string_view::npos);
    return port_is_fine && (same_ignoring_case(host, "localhost") || host == "[::1]" || is_loopback_v4(host));
}

bool is_foreign_origin(std::string_view origin, std::string_view host_field) {
    if (origin.empty())
        return false;
    for (const std::string_view scheme : {"http://", "https://"})
        if (origin.starts_with(scheme))
            return !same_ignoring_case(origin.substr(scheme.size()), host_field);
    return true; // "null" and whatever else a browser calls a page without a home
}

} // namespace rdpmedic::api
