// In which terms does a host answer: times, bytes, registry values, files?
#pragma once

#include "probes/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rdpmedic {

// Whole seconds: system_clock counts nanoseconds and ends in 2262, certificates run to 9999.
using Time = std::chrono::sys_seconds;
using Bytes = std::vector<std::uint8_t>;

// A key below HKEY_LOCAL_MACHINE, without it: "SYSTEM\\CurrentControlSet\\Control\\Terminal Server".
struct RegistryPath {
    std::string key;
    friend auto operator<=>(const RegistryPath&, const RegistryPath&) = default;
};

// A registry value by its type. REG_SZ and REG_EXPAND_SZ are text (UTF-8, not expanded), REG_MULTI_SZ a list. Data
// whose size does not fit its type, and every other type, stays Bytes, so that the reader sees what is there.
struct RegistryValue {
    std::uint32_t type = 0; // REG_SZ 1, REG_EXPAND_SZ 2, REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7, REG_QWORD 11
    std::variant<Bytes, std::uint32_t, std::uint64_t, std::string, std::vector<std::string>> data;
    friend bool operator==(const RegistryValue&, const RegistryValue&) = default;
};

// Both ends of a file that may be large, as a log is.
struct FileEnds {
    std::uint64_t size = 0; // of the whole file, in bytes
    std::string head;       // the first 4 KB at most
    std::string tail;       // the last 256 KB at most, of what follows `head`
};

struct FileFacts {
    std::string path; // as expanded by the host
    std::uint64_t size = 0;
    bool directory = false;
    bool reparse_point = false;
};

} // namespace rdpmedic
