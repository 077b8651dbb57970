// How does a caller hear what happens, for as long as it listens?
#pragma once

#include "api/session.hpp"

namespace rdpmedic::api {

// False when the caller did not take it.
using WriteOut = std::function<boost::asio::awaitable<bool>(std::string)>;

// The header of the stream, which ends with the connection.
Response stream_header();

// Writes items of the feed, from behind `wanted.after` on, and a comment where there is nothing to tell for long. Ends
// when the job that is asked about has ended, the server stops, or the caller hangs up, says something else or does not
// take what is written within Limits::response: nothing is kept for it but the ring.
boost::asio::awaitable<void> stream_events(Hall& hall, Connection& connection, EventStream wanted, WriteOut write);

} // namespace rdpmedic::api
