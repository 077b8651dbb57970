// What does a socket's error mean, in the same words on every system?
#pragma once

#include "probes/result.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace rdpmedic::sockets {

std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint); // "127.0.0.1:3389", "[::1]:3389"

// A connection that was there and was torn down, as the different systems name it.
bool is_reset(const boost::system::error_code& error);
bool is_unreachable(const boost::system::error_code& error);

// The system's own words come in the language and code page of the host; facts are read elsewhere too.
std::string words(const boost::system::error_code& error);

// The system itself refused the call: nothing could be tried.
Error not_tried(const boost::system::error_code& error, const std::string& call);

} // namespace rdpmedic::sockets
