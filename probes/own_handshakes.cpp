// Which connections to the listener were our own?
#include "probes/own_handshakes.hpp"

#include "probes/formats/ip_address.hpp"

namespace rdpmedic {
namespace {

// "[::1]:51000", "127.0.0.1:51000"
std::optional<IpAddress> address_of(std::string_view socket) {
    const auto colon = socket.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    socket = socket.substr(0, colon);
    if (socket.size() > 2 && socket.front() == '[' && socket.back() == ']')
        socket = socket.substr(1, socket.size() - 2);
    return parse_ip_address(socket);
}

} // namespace

bool stayed_here(const HandshakeFacts& facts) {
    const std::optional<IpAddress> there = parse_ip_address(facts.address), here = address_of(facts.local_address);
    return there && here && (*there == *here || (there->is_loopback() && here->is_loopback()));
}

void OwnHandshakes::add(OwnHandshake handshake) {
    const std::lock_guard lock(mutex_);
    list_.push_back(std::move(handshake));
    if (list_.size() > most)
        list_.pop_front();
}

std::vector<OwnHandshake> OwnHandshakes::list() const {
    const std::lock_guard lock(mutex_);
    return {list_.begin(), list_.end()};
}

} // namespace rdpmedic
