// Which connections to the listener were our own?
//
// Each leaves events on the host like any client's; who reads the events leaves these out.
#pragma once

#include "probes/facts.hpp"

#include <deque>
#include <mutex>

namespace rdpmedic {

struct OwnHandshake {
    Time from{}, until{};      // by the machine's clock
    std::string local_address; // "127.0.0.1:51000"; empty where no connection came about
    bool tls_completed = false;
};

// The last 64, oldest first. Thread-safe, does not block: the handshake adds, others look.
class OwnHandshakes {
  public:
    void add(OwnHandshake handshake);
    std::vector<OwnHandshake> list() const;

  private:
    mutable std::mutex mutex_;
    std::deque<OwnHandshake> list_;
};

} // namespace rdpmedic
