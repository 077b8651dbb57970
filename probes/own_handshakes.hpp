// Which connections to the listener were our own?
//
// Each leaves events on the host like any client's; who reads the events leaves these out.
#pragma once

#include "probes/facts.hpp"

#include <compare>
#include <deque>
#include <mutex>

namespace rdpmedic {

struct OwnHandshake {
    Time from{}, until{};      // by the machine's clock
    std::string local_address; // "127.0.0.1:51000"; empty where no connection came about
    bool tls_completed = false;
    friend auto operator<=>(const OwnHandshake&, const OwnHandshake&) = default;
};

// Whether a connection never left this host: one to an address of its own comes from that address, one to 127.0.0.0/8
// from 127.0.0.1. False where none came about. Pure.
bool stayed_here(const HandshakeFacts& facts);

// What this process has made, for as long as it lives; agent/kept_handshakes is the one that outlives it and is shared.
// Thread-safe.
class OwnHandshakes {
  public:
    static constexpr std::size_t most = 4096; // one in five minutes for two weeks; the oldest go

    virtual ~OwnHandshakes() = default;
    virtual void add(OwnHandshake handshake);
    virtual std::vector<OwnHandshake> list() const; // oldest first
    // Why the list is not whole, or is not known to others, once for each time that this changes.
    virtual std::optional<Error> trouble() { return std::nullopt; }

  private:
    mutable std::mutex mutex_;
    std::deque<OwnHandshake> list_;
};

} // namespace rdpmedic
