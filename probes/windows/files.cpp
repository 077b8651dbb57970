// What lies in the file system, and who may touch it?
#include "probes/windows/expand.hpp"
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

#include <algorithm>

namespace rdpmedic::windows {
namespace {

struct SearchTraits {
    using Raw = HANDLE;
    static Raw none() noexcept { return INVALID_HANDLE_VALUE; }
    static void close(Raw raw) noexcept { ::FindClose(raw); }
};
using Search = Handle<SearchTraits>;

constexpr std::size_t most_names = 10'000;
constexpr std::size_t most_text = 1024 * 1024;
constexpr std::uint64_t most_head = 4 * 1024, most_tail = 256 * 1024;

constexpr SECURITY_INFORMATION wanted_security =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

// FILE_FLAG_BACKUP_SEMANTICS opens folders too and makes SeBackupPrivilege count. The name itself is asked, not what a
// reparse point leads to: FileFacts::reparse_point tells that it is one.
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
File open_for_security(const std::wstring& path) noexcept {
    return File(::CreateFileW(path.c_str(), READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT,
                              nullptr));
}

// Shared with everybody, also with those who write it at the moment.
File open_for_reading(const std::wstring& path) noexcept {
    return File(::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              nullptr, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, nullptr));
}

// `size` bytes from `offset` on; fewer where the file ends before.
Result<std::string> read_part(const File& file, const std::wstring& path, std::uint64_t offset, std::uint64_t size) {
    LARGE_INTEGER to{};
    to.QuadPart = static_cast<LONGLONG>(offset);
    if (!::SetFilePointerEx(file.get(), to, nullptr, FILE_BEGIN))
        return last_error("SetFilePointerEx", to_utf8(path));
    std::string text(static_cast<std::size_t>(size), '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        DWORD count = 0;
        if (!::ReadFile(file.get(), text.data() + filled, static_cast<DWORD>(text.size() - filled), &count, nullptr))
            return last_error("ReadFile", to_utf8(path));
        if (count == 0)
            break;
        filled += count;
    }
    text.resize(filled);
    return text;
}

bool is_dots(std::wstring_view name) noexcept { return name == L"." || name == L".."; }

} // namespace

Result<FileFacts> file(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    FileFacts facts;
    facts.path = to_utf8(*expanded);
    WIN32_FILE_ATTRIBUTE_DATA data{};
    if (!::GetFileAttributesExW(expanded->c_str(), GetFileExInfoStandard, &data))
        return last_error("GetFileAttributesExW", facts.path);
    facts.directory = (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    facts.reparse_point = (data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (!facts.directory)
        facts.size = std::uint64_t{data.nFileSizeHigh} << 32U | data.nFileSizeLow;
    return facts;
}

// GetKernelObjectSecurity and not GetSecurityInfo: its answer is documented to be self-relative, and its size is known.
// https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getkernelobjectsecurity
Result<Bytes> file_security(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    File handle = open_for_security(*expanded);
    if (!handle && ::GetLastError() == ERROR_ACCESS_DENIED) {
        const ScopedPrivilege backup(SE_BACKUP_NAME);
        handle = open_for_security(*expanded);
        if (!handle)
            return last_error("CreateFileW", to_utf8(*expanded));
    }
    if (!handle)
        return last_error("CreateFileW", to_utf8(*expanded));
    return ask_growing("GetKernelObjectSecurity", to_utf8(*expanded), 512, [&](BYTE* to, DWORD& size) -> DWORD {
        const BOOL told = ::GetKernelObjectSecurity(handle.get(), wanted_security, to, size, &size);
        return told ? ERROR_SUCCESS : ::GetLastError();
    });
}

Result<std::string> file_text(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    const File handle = open_for_reading(*expanded);
    if (!handle)
        return last_error("CreateFileW", to_utf8(*expanded));
    std::string text;
    char block[16384];
    for (DWORD size = 0;; text.append(block, size)) {
        if (!::ReadFile(handle.get(), block, sizeof block, &size, nullptr))
            return last_error("ReadFile", to_utf8(*expanded));
        if (size == 0)
            return text;
        if (text.size() + size > most_text)
            return Error{Errc::malformed, 0, to_utf8(*expanded) + ", which is larger than 1 MB"};
    }
}

// A file that grows meanwhile is read as long as it was when its size was asked.
Result<FileEnds> file_ends(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    const File handle = open_for_reading(*expanded);
    LARGE_INTEGER size{};
    if (!handle)
        return last_error("CreateFileW", to_utf8(*expanded));
    if (!::GetFileSizeEx(handle.get(), &size))
        return last_error("GetFileSizeEx", to_utf8(*expanded));
    FileEnds ends;
    ends.size = static_cast<std::uint64_t>(size.QuadPart);
    const std::uint64_t in_head = std::min(ends.size, most_head), in_tail = std::min(ends.size - in_head, most_tail);
    auto head = read_part(handle, *expanded, 0, in_head);
    if (!head)
        return head.error();
    ends.head = std::move(*head);
    if (in_tail == 0)
        return ends;
    auto tail = read_part(handle, *expanded, ends.size - in_tail, in_tail);
    if (!tail)
        return tail.error();
    ends.tail = std::move(*tail);
    return ends;
}

Result<std::vector<std::string>> folder(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    WIN32_FIND_DATAW entry{};
    const Search search(::FindFirstFileExW((*expanded + L"\\*").c_str(), FindExInfoBasic, &entry, FindExSearchNameMatch,
                                           nullptr, FIND_FIRST_EX_LARGE_FETCH));
    if (!search)
        return last_error("FindFirstFileExW", to_utf8(*expanded));
    std::vector<std::string> names;
    do {
        if (names.size() == most_names)
            return names;
        if (!is_dots(entry.cFileName))
            names.push_back(to_utf8(entry.cFileName));
    } while (::FindNextFileW(search.get(), &entry));
    if (::GetLastError() != ERROR_NO_MORE_FILES)
        return last_error("FindNextFileW", to_utf8(*expanded));
    return names;
}

} // namespace rdpmedic::windows
