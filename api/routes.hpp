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
    std::string_view path;       // "/repair/jobs/{id}/rollback": one segment may be a parameter
    Permission needs = Permission::repair;
    std::size_t body_limit = 0;
    Handler handle = nullptr;
    std::string_view what; // one line for people
};

// The one table.
std::span<const Route> routes() noexcept;

struct Found {
    const Route* route = nullptr;
    unsigned status = 404;                                               // 200 with a route, else 404 or 405
    std::string_view parameter{};                                        // what stands for {name}
    bool allows_get = false, allows_post = false, allows_delete = false; // on 405
};

// The part of `path` that stands for the parameter of `pattern`; it is not empty and has no slash.
constexpr bool matches(std::string_view pattern, std::string_view path, std::string_view& parameter) {
    const std::size_t brace = pattern.find('{');
    if (brace == std::string_view::npos)
        return pattern == path;
    const std::string_view before = pattern.substr(0, brace), after = pattern.substr(pattern.find('}') + 1);
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after))
        return false;
    parameter = path.substr(brace, path.size() - before.size() - after.size());
    return parameter.find('/') == std::string_view::npos;
}

// A path that stands in the table as it is, is no parameter: /repair/jobs is not the repair "jobs".
constexpr Found find_route(std::span<const Route> table, Method method, std::string_view path) {
    Found found;
    if (method == Method::head)
        method = Method::get;
    bool written_out = false;
    for (const Route& route : table)
        written_out = written_out || (route.path == path && path.find('{') == std::string_view::npos);
    for (const Route& route : table) {
        std::string_view parameter;
        if (written_out ? route.path != path : !matches(route.path, path, parameter))
            continue;
        if (route.method == method)
            return {&route, 200, parameter};
        found.status = 405;
        (route.method == Method::post  ? found.allows_post
         : route.method == Method::del ? found.allows_delete
                                       : found.allows_get) = true;
    }
    return found;
}

} // namespace rdpmedic::api
