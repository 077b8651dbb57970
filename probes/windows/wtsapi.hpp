// What does wtsapi32 export that the headers of mingw-w64 do not declare?
//
// Names, order and sizes: https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wts_session_info_1w and
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wtsinfoex_level1_w
#pragma once

#include "probes/windows/handle.hpp"

#include <cstddef>

namespace rdpmedic::windows::wtsapi {

struct SessionInfo1 {
    DWORD environment;
    int state; // WTS_CONNECTSTATE_CLASS
    DWORD id;
    wchar_t* session_name;
    wchar_t* host_name;
    wchar_t* user_name;
    wchar_t* domain_name;
    wchar_t* farm_name;
};

struct InfoExLevel1 {
    ULONG id;
    int state;
    LONG flags;
    wchar_t station[33];
    wchar_t user[21];
    wchar_t domain[18];
    LARGE_INTEGER logon_time, connect_time, disconnect_time, last_input_time, current_time; // 100 ns since 1601, UTC
    DWORD incoming_bytes, outgoing_bytes, incoming_frames, outgoing_frames, incoming_compressed, outgoing_compressed;
};

struct InfoEx {
    DWORD level;
    InfoExLevel1 data; // of level 1
};
static_assert(offsetof(InfoEx, data) == 8 && offsetof(InfoExLevel1, logon_time) == 160 && sizeof(InfoEx) == 232);

// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wts_client_address
struct ClientAddress {
    DWORD family; // AF_INET 2
    BYTE address[20];
};

constexpr int class_user_name = 5, class_domain_name = 7, class_client_name = 10, class_client_address = 14,
              class_session_info_ex = 25;
constexpr int type_session_info_level1 = 2; // of WTS_TYPE_CLASS

using EnumerateSessionsEx = BOOL WINAPI(HANDLE server, DWORD* level, DWORD filter, SessionInfo1** sessions,
                                        DWORD* count);
using QuerySessionInformation = BOOL WINAPI(HANDLE server, DWORD session, int what, wchar_t** buffer, DWORD* size);
using FreeMemory = void WINAPI(void* memory);
using FreeMemoryEx = BOOL WINAPI(int type, void* memory, ULONG count);

} // namespace rdpmedic::windows::wtsapi
