// What does a socket's error mean, in the same words on every system?
#include "probes/network/socket_errors.hpp"

namespace rdpmedic::sockets {

namespace asio = boost::asio;
using boost::system::error_code;

std::string text_of(const asio::ip::tcp::endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

bool is_reset(const error_code& error) {
    return error == asio::error::connection_reset || error == asio::error::connection_aborted ||
           error == asio::error::broken_pipe;
}

bool is_unreachable(const error_code& error) {
    return error == asio::error::timed_out || error == asio::error::network_unreachable ||
           error == asio::error::host_unreachable || error == asio::error::network_down ||
           error == boost::system::errc::address_not_available;
}

std::string words(const error_code& error) {
    if (error == asio::error::connection_refused)
        return "connection refused";
    if (is_reset(error))
        return "connection reset by the peer";
    if (error == asio::error::timed_out)
        return "no answer to the connection request";
    if (is_unreachable(error))
        return "no route to the address (error " + std::to_string(error.value()) + ")";
    if (error.category() == boost::system::system_category())
        return "error " + std::to_string(error.value());
    return error.message();
}

Error not_tried(const error_code& error, const std::string& call) {
    const bool denied =
        error == boost::system::errc::permission_denied || error == boost::system::errc::operation_not_permitted;
    return {denied ? Errc::access_denied : Errc::io, static_cast<std::uint32_t>(error.value()), call};
}

} // namespace rdpmedic::sockets
