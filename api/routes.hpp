// Which paths are there, who may call them, and how much may they send?
#pragma once

#include "api/message.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace rdpmedic::api {

struct Call; // what a handler is given, see handlers.hpp

enum class Permission { none, read, repair };
using Handler = Reply (*)(const Call&);

struct Route {
    Method method = Method::get; // get answers HEAD too
    std::string_view path;       // "/repair/{name}": the last segment may be a parameter
    Permission needs = Permission::repair;
    std::size_t body_limit = 0;
    Handler handle = nullptr;
    std::string_view what; // one line for people
};

// The one table.
std::span<const Route> routes() noexcept;

struct Found {
    const Route* route = nullptr;
    unsigned status = 404;                        // 200 with a route, else 404 or 405
    std::string_view parameter{};                 // what stands for {name}
    bool allows_get = false, allows_post = false; // on 405
};

// The part of `path` that stands for the parameter of `pattern`; the whole of it is not empty and has no slash.
constexpr bool matches(std::string_view pattern, std::string_view path, std::string_view& parameter) {
    const std::size_t brace = pattern.find('{');
    if (brace == std::string_view::npos)
        return pattern == path;
    if (!path.starts_with(pattern.substr(0, brace)))
        return false;
    parameter = path.substr(brace);
    return !parameter.empty() && parameter.find('/') == std::string_view::npos;
}

constexpr Found find_route(std::span<const Route> table, Method method, std::string_view path) {
    Found found;
    if (method == Method::head)
        method = Method::get;
    for (const Route& route : table) {
        std::string_view parameter;
        if (!matches(route.path, path, parameter))
            continue;
        if (route.method == method)
            return {&route, 200, parameter};
        found.status = 405;
        (route.method == Method::post ? found.allows_post : found.allows_get) = true;
    }
    return found;
}

} // namespace rdpmedic::api
