// What does a program of Windows print?
#pragma once

#include "probes/windows/handle.hpp"

#include "probes/result.hpp"

#include <chrono>

namespace rdpmedic::windows {

// Runs the program at a full path, without a shell and without a window, and returns what it wrote to its output and
// error streams, in its own encoding. It runs in a job that ends with this call, and gets no other handle of this
// process. Blocks until it has ended, for at most `patience`. Errors: not_found, timed_out, malformed for more than
// 256 KB, unsupported with its exit status where that is not 0.
Result<std::string> program_output(const std::wstring& path, const std::wstring& arguments,
                                   std::chrono::milliseconds patience);

// The part that starts it: suspended, put into `job`, let go. One that cannot be put there has run nothing and is ended.
Result<KernelObject> start_in_job(const std::wstring& path, const std::wstring& arguments, HANDLE job, HANDLE output);

} // namespace rdpmedic::windows
