// How does a job read to people while it runs, and afterwards?
#pragma once

#include "agent/repair/job.hpp"

namespace rdpmedic {

// "done: stop service SessionEnv", with the detail where there is one. One line.
std::string line_of(const JobStep& step);

// All steps as a list with a mark each, one line a step, none longer than `width` bytes, so that it can be drawn over
// itself: "[x] stop service SessionEnv".
std::vector<std::string> progress_of(const Job& job, std::size_t width);

// The step of a job that waits for its caller, and whether that is what the job does now.
inline constexpr char waits_until_heard[] = "wait until the caller is heard again";
bool waits_for_caller(const Job& job);

// "repaired: the certificate was renewed".
std::string ending_of(const Job& job);

// One line of a list: id, start, repair, outcome, and whose job it takes back or which took it back.
std::string row_of(const Job& job);

} // namespace rdpmedic
