// Which members has each fact of a page of events? Those of facts/events.hpp.
#pragma once

#include "probes/facts/events.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<EventPage> T>
void fields(V& visit, T& facts) {
    auto& [records, bookmark, more, restarted, damaged] = facts;
    visit("records", records), visit("bookmark", bookmark), visit("more", more), visit("restarted", restarted),
        visit("damaged", damaged);
}

} // namespace rdpmedic::recorded
