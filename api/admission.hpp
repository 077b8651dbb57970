// Is this request let in? Decided from the connection and the header alone.
#pragma once

#include "api/authorise.hpp"
#include "api/problem.hpp"

#include <optional>

namespace rdpmedic::api {

struct Admission {
    const Route* route = nullptr; // null: refused
    std::string_view parameter{};
    std::string caller{}; // name of the token; "loopback" or "anonymous" without one
    bool with_token = false;
    std::optional<Response> refusal{};
};

// May read the token file.
Admission admit(const Request& request, bool loopback, TokenKeeper& tokens, Time now);

} // namespace rdpmedic::api
