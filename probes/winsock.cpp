// Is the Winsock catalogue whole, and who has put itself into it?
#include "probes/winsock.hpp"

namespace rdpmedic::winsock {

Probe probe(const ProbeOptions&) {
    return make_probe("winsock", "Is the Winsock catalogue whole, and who has put itself into it?",
                      std::chrono::minutes{5}, std::chrono::seconds{10}, collect, judge);
}

} // namespace rdpmedic::winsock
