// What does an answer look like on the wire?
#pragma once

#include "api/message.hpp"

#include "probes/facts.hpp"

namespace rdpmedic::api {

// "Not Found" for 404.
std::string_view reason_of(unsigned status) noexcept;

// "Sun, 01 Mar 2026 12:00:00 GMT", for the Date field.
std::string to_http_date(Time time);

struct Framing {
    bool head = false;       // the header of the answer to GET, without its body
    bool keep_alive = true;  // the connection stays open after this answer
    bool old_http = false;   // the caller speaks HTTP/1.0
    std::string_view date{}; // of HTTP
};

// Appends the answer to `wire`. Says how long it is, unless a stream follows; 204 and 304 say nothing about a body.
void append(std::string& wire, const Response& response, const Framing& framing);

} // namespace rdpmedic::api
