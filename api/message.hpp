// What did the caller ask, and what is the answer? HTTP without sockets and without Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rdpmedic::api {

enum class Method { get, head, post, del, other };

// Views into the reader's buffer, good until the next request is read.
struct Request {
    Method method = Method::other;
    std::string_view method_name, target;
    std::string_view path, query; // of the target
    std::string_view host, origin, authorization, if_match, if_none_match, prefer, expect, idempotency_key,
        content_type, accept, last_event_id;
    bool twice = false;    // a field that may occur once (Host, Authorization, ...) occurs twice
    bool old_http = false; // HTTP/1.0
    bool keep_alive = true;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
    std::string_view body;
};

struct Response {
    unsigned status = 200;
    std::string_view type = "application/json"; // a literal
    std::shared_ptr<const std::string> body{};
    std::vector<std::pair<std::string_view, std::string>> fields{}; // names are literals
    bool cacheable = false;                                         // else Cache-Control: no-store
    bool open_ended = false; // a stream follows; its end is the end of the connection
};

inline Response respond(unsigned status, std::string_view type, std::string body) {
    return {status, type, std::make_shared<const std::string>(std::move(body))};
}

// What a handler gives back: an answer, or what has to happen before there is one.
struct Blocking;
struct AwaitJob {
    std::string id;
    std::chrono::milliseconds patience{0};
    bool cancelled = false; // its end is what was asked for
};
// The list of repairs, which is made once for all who wait for it.
struct AwaitPlans {
    std::string known{}; // If-None-Match
};
// Server-sent events from the feed, from behind the item `after` on.
struct EventStream {
    std::uint64_t after = 0;
    std::string job{};                  // only of this one, and until it has ended; empty: all
    std::shared_ptr<const void> seat{}; // one of the places for listeners, taken for as long as this lives
};
using Reply = std::variant<Response, Blocking, AwaitJob, AwaitPlans, EventStream>;
// Work that may block for seconds. Runs on a thread of its own: it owns all that it touches but the desk.
struct Blocking {
    enum class Kind { looks, acts }; // who only looks cannot take the threads of those who change something
    std::function<Reply()> work;
    Kind kind = Kind::looks;
    std::string plan_of{}; // the repair whose plan is made, on the threads of that repair; empty: no plan
};
inline Blocking acting(std::function<Reply()> work) { return {std::move(work), Blocking::Kind::acts}; }
inline Blocking planning(std::string repair, std::function<Reply()> work) {
    return {std::move(work), Blocking::Kind::looks, std::move(repair)};
}

} // namespace rdpmedic::api
