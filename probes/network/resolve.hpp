// Which addresses does a name have, when the answer may not take longer than the caller can wait?
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace rdpmedic {

struct Resolved {
    std::vector<boost::asio::ip::tcp::endpoint> endpoints; // empty: `error` says why
    std::string error;
    bool looked_up = true; // false: the host was a literal address
};

// The addresses of a name, or a literal address itself, at most four. Blocks for at most `timeout`: the resolver of the
// system cannot be cancelled, so a late answer is dropped by the thread that waits for it.
Resolved resolve(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout);

} // namespace rdpmedic
