// How much of memory, disk and processes is left, and who signed a file?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// GetPerformanceInfo and GlobalMemoryStatusEx, in bytes.
struct MemoryFacts {
    std::uint64_t commit_used = 0, commit_limit = 0;
    std::uint64_t physical_total = 0, physical_available = 0;
    std::uint64_t kernel_nonpaged = 0, kernel_paged = 0;
    std::uint32_t handles = 0, processes = 0, threads = 0;
};

struct ProcessFacts {
    std::uint32_t id = 0;
    std::string image; // full path, empty where it could not be read
    std::uint32_t handles = 0;
    std::uint64_t private_bytes = 0;
    std::optional<Time> started;
};

struct VolumeFacts {
    std::string path;                      // as expanded by the host
    std::uint64_t size = 0, available = 0; // bytes, for this process
};

// WinVerifyTrust on a file, through its own signature or a catalogue.
struct SignatureFacts {
    std::uint32_t status = 0; // 0 is trusted, else the HRESULT: TRUST_E_NOSIGNATURE 0x800B0100
    std::string signer;       // common name of the signing certificate, empty where there is none
    bool by_catalog = false;
};

} // namespace rdpmedic
