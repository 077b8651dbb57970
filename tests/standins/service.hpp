// Test fixture: how does a stand-in run as a Windows service?
#pragma once

#include <winsock2.h>

#include <windows.h>

#include <cstdint>
#include <functional>
#include <string>

namespace rdpmedic::standin {

// A DWORD below HKEY_LOCAL_MACHINE, or `otherwise` where there is none.
std::uint32_t dword(const std::wstring& key, const wchar_t* name, std::uint32_t otherwise);
// A REG_SZ below HKEY_LOCAL_MACHINE, empty where there is none.
std::wstring text(const std::wstring& key, const wchar_t* name);

// Runs `start`, reports RUNNING when it returns 0, and otherwise stops with the Windows error that it returned. Blocks
// until the service is stopped; then runs `stop`. Returns the exit status of the process.
int run_service(const wchar_t* name, std::function<DWORD()> start, std::function<void()> stop);

} // namespace rdpmedic::standin
