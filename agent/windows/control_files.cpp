// How is one file or folder moved, or a file overwritten, past the lists that keep even administrators out?
#include "agent/windows/control.hpp"

#include "probes/formats/sddl.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

namespace {

constexpr LONGLONG largest_key_file = 1 << 20; // a key file is a few KiB

bool exists(const std::wstring& path) { return ::GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES; }

// From the start of an open file to its end.
Result<> fill(const File& file, const std::string& path, const Bytes& content) {
    DWORD written = 0;
    if (!::WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &written, nullptr))
        return last_error("WriteFile", path);
    if (!::SetEndOfFile(file.get()))
        return last_error("SetEndOfFile", path);
    if (!::FlushFileBuffers(file.get()))
        return last_error("FlushFileBuffers", path);
    return {};
}

// Beside it first and then renamed: half a key never stands at the place of the key, and nobody but SYSTEM reads it
// before it has its list. Where that is not known it stays so: fewer readers than there were are the lesser evil. The
// list is set and not given along, because Windows would add what the folder bequeaths.
Result<> make_protected_file(const std::string& path, const Bytes& content, const Bytes& access) {
    const std::string beside = path + ".new";
    const auto place = expanded_path(path), made_at = expanded_path(beside);
    if (!place || !made_at)
        return (place ? made_at : place).error();
    const auto system_alone = parse_sddl("O:SYG:SYD:PAI(A;;FA;;;SY)");
    auto descriptor = system_alone ? to_bytes(*system_alone) : Result<Bytes>(system_alone.error());
    if (!descriptor)
        return descriptor.error();
    SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor->data(), FALSE};
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    ::DeleteFileW(made_at->c_str()); // of a process that died here
    {
        const File made(::CreateFileW(made_at->c_str(), GENERIC_WRITE, 0, &attributes, CREATE_NEW,
                                      FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
        if (!made)
            return last_error("CreateFileW", beside);
        if (auto filled = fill(made, beside, content); !filled)
            return filled;
    }
    if (!access.empty())
        if (auto set = apply_change(SetFileAccess{beside, access}); !set)
            return set;
    if (!::MoveFileExW(made_at->c_str(), place->c_str(), MOVEFILE_WRITE_THROUGH))
        return last_error("MoveFileExW", beside + " -> " + path);
    return {};
}

// Without MOVEFILE_COPY_ALLOWED a move to another volume fails: a copy would leave the security behind.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
Result<> move(const RenameFile& change, const std::wstring& from, const std::wstring& to) {
    const DWORD attributes = ::GetFileAttributesW(from.c_str());
    const bool present = attributes != INVALID_FILE_ATTRIBUTES;
    if (present && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return Error{Errc::unsupported, 0, change.from + " is a reparse point, neither a plain file nor a folder"};
    const bool is_folder = present && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const DWORD flags = MOVEFILE_WRITE_THROUGH | (change.replace && !is_folder ? MOVEFILE_REPLACE_EXISTING : 0u);
    if (!::MoveFileExW(from.c_str(), to.c_str(), flags))
        return last_error("MoveFileExW", change.from + " -> " + change.to);
    return {};
}

// What a move is about to overwrite, in the inverse.
Result<> keep_overwritten(const std::string& path, RenameFile& inverse) {
    auto content = read_protected_file(path);
    if (!content)
        return content.error();
    auto access = file_security(path);
    if (!access)
        return access.error();
    inverse.puts_back = true;
    inverse.content = std::move(*content);
    inverse.access = std::move(*access);
    return {};
}

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

Result<> put_protected_file(const std::string& path, const Bytes& content, const Bytes& access) {
    const auto expanded = expanded_path(path);
    if (!expanded)
        return expanded.error();
    if (!exists(*expanded))
        return make_protected_file(path, content, access);
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const File file(::CreateFileW(expanded->c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!file)
        return last_error("CreateFileW", path);
    return fill(file, path, content);
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
    RenameFile inverse{change.to, change.from, !facts->directory};
    if (change.replace && exists(*to))
        if (auto kept = keep_overwritten(change.to, inverse); !kept)
            return kept.error();
    return Change{std::move(inverse)};
}

// What was overwritten comes back only when the old place is free of what is moved: one that was moved already, perhaps
// by a process that died then, is recognised by the new place.
Result<> apply_change(const RenameFile& change) {
    const auto from = expanded_path(change.from), to = expanded_path(change.to);
    if (!from)
        return from.error();
    if (!to)
        return to.error();
    const bool already = exists(*to) && (change.puts_back || !exists(*from));
    if (!already)
        if (auto moved = move(change, *from, *to); !moved)
            return moved;
    return change.puts_back ? put_protected_file(change.from, change.content, change.access) : Result<>();
}

} // namespace rdpmedic::windows
