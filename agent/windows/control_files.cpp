// How is one file or folder moved, or a file overwritten, past the lists that keep even administrators out?
#include "agent/windows/control.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

namespace {

constexpr LONGLONG largest_key_file = 1 << 20; // a key file is a few KiB

bool exists(const std::wstring& path) { return ::GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES; }

} // namespace

// https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsw
Result<std::wstring> expanded_path(const std::string& path) {
    const std::wstring raw = to_wide(path);
    std::wstring expanded(32768, L'\0');
    const DWORD size = ::ExpandEnvironmentStringsW(raw.c_str(), expanded.data(), static_cast<DWORD>(expanded.size()));
    if (size == 0)
        return last_error("ExpandEnvironmentStringsW", path);
    if (size > expanded.size())
        return error_of(ERROR_INSUFFICIENT_BUFFER, "ExpandEnvironmentStringsW", path);
    expanded.resize(size - 1);
    if (expanded.size() < 3 || expanded[1] != L':' || (expanded[2] != L'\\' && expanded[2] != L'/'))
        return Error{Errc::malformed, 0, to_utf8(expanded) + ", which is not an absolute path"};
    return expanded;
}

Result<Bytes> read_protected_file(const std::string& path) {
    const auto expanded = expanded_path(path);
    if (!expanded)
        return expanded.error();
    const ScopedPrivilege backup(SE_BACKUP_NAME);
    const File file(::CreateFileW(expanded->c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!file)
        return last_error("CreateFileW", path);
    LARGE_INTEGER size{};
    if (!::GetFileSizeEx(file.get(), &size))
        return last_error("GetFileSizeEx", path);
    if (size.QuadPart > largest_key_file)
        return Error{Errc::malformed, 0, path + " is too large for a key file"};
    Bytes content(static_cast<std::size_t>(size.QuadPart));
    DWORD read = 0;
    if (!::ReadFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &read, nullptr))
        return last_error("ReadFile", path);
    if (read != content.size())
        return Error{Errc::io, 0, path + " became shorter while it was read"};
    return content;
}

Result<> overwrite_protected_file(const std::string& path, const Bytes& content) {
    const auto expanded = expanded_path(path);
    if (!expanded)
        return expanded.error();
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const File file(::CreateFileW(expanded->c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!file)
        return last_error("CreateFileW", path);
    DWORD written = 0;
    if (!::WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &written, nullptr))
        return last_error("WriteFile", path);
    if (!::SetEndOfFile(file.get()))
        return last_error("SetEndOfFile", path);
    if (!::FlushFileBuffers(file.get()))
        return last_error("FlushFileBuffers", path);
    return {};
}

// A folder never replaces what is at its old place: MOVEFILE_REPLACE_EXISTING is for files.
Result<Change> capture_change(const RenameFile& change) {
    const auto from = expanded_path(change.from), to = expanded_path(change.to);
    if (!from)
        return from.error();
    if (!to)
        return to.error();
    const auto facts = file(change.from);
    if (!facts)
        return facts.error();
    if (facts->reparse_point)
        return Error{Errc::unsupported, 0, change.from + " is a reparse point, neither a plain file nor a folder"};
    if ((!change.replace || facts->directory) && exists(*to))
        return Error{Errc::io, ERROR_ALREADY_EXISTS, change.to + ", which is there already"};
    return Change{RenameFile{change.to, change.from, !facts->directory}};
}

// Without MOVEFILE_COPY_ALLOWED a move to another volume fails: a copy would leave the security behind.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
Result<> apply_change(const RenameFile& change) {
    const auto from = expanded_path(change.from), to = expanded_path(change.to);
    if (!from)
        return from.error();
    if (!to)
        return to.error();
    const DWORD attributes = ::GetFileAttributesW(from->c_str());
    const bool present = attributes != INVALID_FILE_ATTRIBUTES;
    if (!present && exists(*to))
        return {}; // already so
    if (present && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return Error{Errc::unsupported, 0, change.from + " is a reparse point, neither a plain file nor a folder"};
    const bool is_folder = present && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const DWORD flags = MOVEFILE_WRITE_THROUGH | (change.replace && !is_folder ? MOVEFILE_REPLACE_EXISTING : 0u);
    if (!::MoveFileExW(from->c_str(), to->c_str(), flags))
        return last_error("MoveFileExW", change.from + " -> " + change.to);
    return {};
}

} // namespace rdpmedic::windows
