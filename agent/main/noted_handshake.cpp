// Would an RDP client get through, and will the service know that it was us?
#include "agent/main/noted_handshake.hpp"

#include "probes/handshake.hpp"
#include "probes/network/rdp_handshake.hpp"

namespace rdpmedic {
namespace {

Time now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

} // namespace

Result<HandshakeFacts> HandshakeNoter::shake(const Endpoint& target) {
    const Time from = now();
    Result<HandshakeFacts> facts = rdp_handshake(target);
    if (facts && stayed_here(*facts))
        note({from, now(), facts->local_address, facts->stage == HandshakeStage::complete}, target.port);
    return facts;
}

std::string HandshakeNoter::trouble() const {
    const std::lock_guard lock(mutex_);
    return machine_ ? trouble_of(*machine_) : std::string();
}

void HandshakeNoter::note(const OwnHandshake& handshake, std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    if (!machine_) {
        const Result<Machine> opened = open_machine({});
        machine_ = opened ? noting(*opened, data_folder_, look_back_) : Machine{};
    }
    if (!machine_->host)
        return;
    const Result<std::uint16_t> listener = handshake::listener_port(*machine_->host);
    if (listener && *listener == port)
        machine_->own->add(handshake);
}

} // namespace rdpmedic
