// What does the diagnosis know of this host? A snapshot, as the diagnosis takes it.
#pragma once

#include "agent/watch/snapshot.hpp"
#include "probes/diagnosis/rank.hpp"

namespace rdpmedic {

// A probe that has not reported yet is unread, not clean. Where it hangs, its last findings stay, with an unknown one.
diagnosis::Answers answers_of(const Snapshot& snapshot, Result<events::Facts> events);

// What each of `probes` asks, by id.
std::map<std::string, std::string, std::less<>> questions_of(const std::vector<Probe>& probes);

} // namespace rdpmedic
