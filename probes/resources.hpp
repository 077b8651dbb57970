// Has this host what a new session needs: memory, disk, handles, desktop heap?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::resources {

// A folder that a logon writes to, with what is left where it lies.
struct Folder {
    std::string purpose; // "the system drive"
    std::string path;    // as asked for
    Result<VolumeFacts> volume = Error{Errc::unsupported, 0, "not read"};
};

struct Facts {
    Result<MemoryFacts> memory = Error{Errc::unsupported, 0, "not read"};
    Result<ServiceFacts> term_service = Error{Errc::unsupported, 0, "not read"};
    Result<ProcessFacts> term_process = Error{Errc::unsupported, 0, "not read"}; // not_found: TermService does not run
    std::vector<Folder> folders;
    Result<std::string> profiles_directory = Error{Errc::unsupported, 0, "not read"}; // as stored, not expanded
    Result<std::string> subsystem = Error{Errc::unsupported, 0, "not read"};          // command line of csrss.exe
};

// The three numbers of SharedSection, in KB.
// https://learn.microsoft.com/troubleshoot/windows-server/performance/desktop-heap-limitation-out-of-memory
struct DesktopHeap {
    std::uint32_t shared = 0;
    std::uint32_t interactive = 0;                // of each desktop that a user sees
    std::optional<std::uint32_t> non_interactive; // of each service's; the second number where it is not given
};

// Reads "SharedSection=1024,20480,768" out of the command line of the Windows subsystem. Malformed where it has no
// SharedSection or other than two or three numbers. Pure.
Result<DesktopHeap> parse_desktop_heap(std::string_view command_line);

// A failed read is in the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section resources. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::resources
