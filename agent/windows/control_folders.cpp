// How is a folder made with its list from the first moment on, or removed while it is empty?
#include "agent/windows/control.hpp"

#include "agent/repair/same_access.hpp"
#include "probes/formats/security_descriptor.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"

namespace rdpmedic::windows {

namespace {

// not_found: nothing is there. Anything but a folder is an error.
Result<> must_be_folder(const std::string& path) {
    const auto facts = file(path);
    if (!facts)
        return facts.error();
    if (!facts->directory || facts->reparse_point)
        return Error{Errc::unsupported, 0, path + " is no plain folder"};
    return {};
}

// What a folder has that is there already; the very descriptor that is wanted where it says the same.
Result<Bytes> present_access(const std::string& path, const Bytes& wanted) {
    const auto target = parse_security_descriptor(wanted);
    if (!target)
        return target.error();
    if (!target->has_dacl)
        return Error{Errc::malformed, 0, path + ": a descriptor without a list would let everybody in"};
    if (const auto plain = must_be_folder(path); !plain)
        return plain.error();
    const auto bytes = file_security(path);
    if (!bytes)
        return bytes.error();
    const auto present = parse_security_descriptor(*bytes);
    if (!present)
        return present.error();
    return same_access(*present, *target) ? wanted : *bytes;
}

} // namespace

// A folder that is there already is given back as it is: then nothing is made, and nothing is removed.
Result<Change> capture_change(const MakeFolder& change) {
    auto present = present_access(change.path, change.descriptor);
    if (is_absent(present))
        return Change{RemoveFolder{change.path}};
    if (!present)
        return present.error();
    return Change{MakeFolder{change.path, std::move(*present)}};
}

// Whether it is empty is asked when it is removed: an earlier change of the same rung may empty it.
Result<Change> capture_change(const RemoveFolder& change) {
    if (const auto plain = must_be_folder(change.path); !plain)
        return plain.error();
    auto descriptor = file_security(change.path);
    if (!descriptor)
        return descriptor.error();
    return Change{MakeFolder{change.path, std::move(*descriptor)}};
}

// The list is there with the folder, not after it: nobody gets in between. An owner other than the caller takes
// SeRestorePrivilege.
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw
Result<> apply_change(const MakeFolder& change) {
    const auto present = present_access(change.path, change.descriptor);
    if (present && *present == change.descriptor)
        return {}; // already so
    if (present)
        return Error{Errc::io, ERROR_ALREADY_EXISTS, change.path + ", which is there already, with another list"};
    if (!is_absent(present))
        return present.error();
    const auto path = expanded_path(change.path);
    if (!path)
        return path.error();
    Bytes descriptor = change.descriptor;
    SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor.data(), FALSE};
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    if (!::CreateDirectoryW(path->c_str(), &attributes))
        return last_error("CreateDirectoryW", change.path);
    return {};
}

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-removedirectoryw
Result<> apply_change(const RemoveFolder& change) {
    const auto plain = must_be_folder(change.path);
    if (is_absent(plain))
        return {}; // already so
    if (!plain)
        return plain.error();
    const auto path = expanded_path(change.path);
    if (!path)
        return path.error();
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    if (!::RemoveDirectoryW(path->c_str()))
        return last_error("RemoveDirectoryW", change.path);
    return {};
}

} // namespace rdpmedic::windows
