// Would an RDP client get through, and will the service know that it was us?
#pragma once

#include "agent/main/machine.hpp"

#include <mutex>

namespace rdpmedic {

// Any host can be asked. A handshake with the listener of this one is noted like those of the probe; one with another
// host, or with another port of this one, leaves nothing that could be taken for a client of it. Thread-safe.
class HandshakeNoter {
  public:
    HandshakeNoter(std::filesystem::path data_folder, std::chrono::seconds look_back)
        : data_folder_(std::move(data_folder)), look_back_(look_back) {}

    // As rdp_handshake; blocks for the list, too, where it notes.
    Result<HandshakeFacts> shake(const Endpoint& target);
    // As trouble_of.
    std::string trouble() const;

  private:
    void note(const OwnHandshake& handshake, std::uint16_t port);

    const std::filesystem::path data_folder_;
    const std::chrono::seconds look_back_;
    mutable std::mutex mutex_; // guards what follows
    std::optional<Machine>
        machine_; // opened at the first handshake that stayed here; an empty one elsewhere than on Windows
};

} // namespace rdpmedic
