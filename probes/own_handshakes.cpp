// Which connections to the listener were our own?
#include "probes/own_handshakes.hpp"

namespace rdpmedic {

void OwnHandshakes::add(OwnHandshake handshake) {
    constexpr std::size_t kept = 64;
    const std::lock_guard lock(mutex_);
    list_.push_back(std::move(handshake));
    if (list_.size() > kept)
        list_.pop_front();
}

std::vector<OwnHandshake> OwnHandshakes::list() const {
    const std::lock_guard lock(mutex_);
    return {list_.begin(), list_.end()};
}

} // namespace rdpmedic
