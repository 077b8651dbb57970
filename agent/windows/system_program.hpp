// How does a program that ships with Windows run, and no other of its name?
#pragma once

#include "probes/result.hpp"

#include <chrono>
#include <string>

namespace rdpmedic::windows {

// As program_output, for a program of System32: system_program(L"netsh.exe", L"winsock reset", 60s). Blocks.
// https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getsystemdirectoryw
Result<std::string> system_program(const std::wstring& name, const std::wstring& arguments,
                                   std::chrono::milliseconds patience);

} // namespace rdpmedic::windows
