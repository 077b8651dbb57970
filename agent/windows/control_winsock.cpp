// How does the Winsock catalogue lose an entry, or everything that was added to it?
#include "agent/windows/control.hpp"

#include "agent/windows/system_program.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <algorithm>

#include <windows.h>

namespace rdpmedic::windows {

namespace {

using std::chrono::seconds;

constexpr seconds patience{60};

// Both catalogues, the name spaces and their counters.
const RegistryPath& parameters() {
    static const RegistryPath path{"SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters"};
    return path;
}

// Programs of the console write in the code page of the console.
// https://learn.microsoft.com/windows/win32/intl/code-page-identifiers
std::string text_of_console(const std::string& printed) {
    const int size = static_cast<int>(printed.size()); // program_output gives at most 256 KB
    std::wstring wide(printed.size(), L'\0');
    wide.resize(static_cast<std::size_t>(
        ::MultiByteToWideChar(CP_OEMCP, 0, printed.data(), size, wide.data(), static_cast<int>(wide.size()))));
    return to_utf8(wide);
}

// https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-winsock
Result<Change> whole_catalogue() {
    auto tree = capture_change(SetRegistryTree{parameters(), {}});
    if (!tree)
        return tree.error();
    const auto dump = system_program(L"netsh.exe", L"winsock dump", patience);
    if (!dump)
        return dump.error();
    return Change{RestoreWinsock{std::get<SetRegistryTree>(std::move(*tree)).tree, text_of_console(*dump)}};
}

std::string label(const RemoveWinsockProvider& change) {
    return "entry " + std::to_string(change.id) + " (" + change.name + ") of the Winsock catalogue";
}

// The names of the entries with that id, which the two catalogues give out independently of each other.
Result<std::vector<std::string>> names_of(std::uint32_t id) {
    const auto catalogue = winsock_catalog();
    if (!catalogue)
        return catalogue.error();
    std::vector<std::string> names;
    const auto take = [&](const std::vector<WinsockEntry>& entries) {
        for (const WinsockEntry& entry : entries)
            if (entry.id == id)
                names.push_back(entry.name);
    };
    take(catalogue->protocols);
    if (catalogue->protocols_32)
        take(*catalogue->protocols_32);
    return names;
}

// False: no entry of that id is there. An entry of another name has come to its place.
Result<bool> is_there(const RemoveWinsockProvider& change) {
    const auto names = names_of(change.id);
    if (!names)
        return names.error();
    if (names->empty())
        return false;
    if (std::find(names->begin(), names->end(), change.name) == names->end())
        return Error{Errc::io, 0, label(change) + " is " + names->front() + " by now; look at the plan again"};
    return true;
}

} // namespace

Result<Change> capture_change(const ResetWinsock&) { return whole_catalogue(); }

Result<Change> capture_change(const RemoveWinsockProvider& change) {
    if (const auto present = is_there(change); !present)
        return present.error();
    return whole_catalogue();
}

Result<Change> capture_change(const RestoreWinsock&) { return whole_catalogue(); }

Result<> apply_change(const RestoreWinsock& change) {
    return apply_change(SetRegistryTree{parameters(), change.parameters});
}

// There is no function for it. Effective with the next start of the machine, as the documentation says.
// https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-winsock
Result<> apply_change(const ResetWinsock&) {
    const auto answer = system_program(L"netsh.exe", L"winsock reset", patience);
    if (!answer)
        return answer.error();
    return {};
}

// https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-winsock
Result<> apply_change(const RemoveWinsockProvider& change) {
    const auto present = is_there(change);
    if (!present)
        return present.error();
    if (!*present)
        return {}; // already so
    const auto answer =
        system_program(L"netsh.exe", L"winsock remove provider " + std::to_wstring(change.id), patience);
    if (!answer)
        return answer.error();
    const auto after = is_there(change);
    if (!after)
        return after.error();
    if (*after)
        return Error{Errc::io, 0, "netsh winsock remove provider says it is done, but " + label(change) + " is there"};
    return {};
}

} // namespace rdpmedic::windows
