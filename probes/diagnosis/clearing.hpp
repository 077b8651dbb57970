// What speaks against a cause because a probe has looked and found nothing of it?
#pragma once

#include "probes/diagnosis/weigh.hpp"

namespace rdpmedic::diagnosis {

// Says so of each probe that clears the cause. `well_supported`: by a proof or two strong observations, which only our
// own handshake speaks against.
void look_for_clearing(RankedCause& ranked, const Scales& scales, bool well_supported);

} // namespace rdpmedic::diagnosis
