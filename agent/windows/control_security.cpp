// How does one file or key get another owner and list, and nothing else of it?
#include "agent/windows/control.hpp"

#include "probes/formats/security_descriptor.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

#include <aclapi.h>

namespace rdpmedic::windows {

namespace {

// What is asked of Windows: the list always, the owner only where it differs, since setting it takes a privilege.
struct Wanted {
    Bytes descriptor; // with the request to keep SE_DACL_AUTO_INHERITED, which is dropped without it
    bool owner = false;
    bool is_protected = false;
};

Result<Wanted> wanted(const Bytes& descriptor, const Result<Bytes>& present) {
    if (!present)
        return present.error();
    auto target = parse_security_descriptor(descriptor);
    if (!target)
        return target.error();
    const auto before = parse_security_descriptor(*present);
    if (!before)
        return before.error();
    if (!target->has_dacl)
        return Error{Errc::malformed, 0, "a descriptor without a list would let everybody in"};
    if ((target->control & SE_DACL_AUTO_INHERITED) != 0)
        target->control |= SE_DACL_AUTO_INHERIT_REQ;
    auto bytes = to_bytes(*target);
    if (!bytes)
        return bytes.error();
    return Wanted{std::move(*bytes), !target->owner.empty() && target->owner != before->owner,
                  (target->control & SE_DACL_PROTECTED) != 0};
}

Result<RegistryKey> open_key(const RegistryPath& path, REGSAM access) {
    RegistryKey key;
    const LSTATUS status =
        ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, to_wide(path.key).c_str(), 0, access | KEY_WOW64_64KEY, key.out());
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegOpenKeyExW", "HKLM\\" + path.key);
    return key;
}

} // namespace

Result<Change> capture_change(const SetFileAccess& change) {
    const auto present = file_security(change.path);
    if (!present)
        return present.error();
    if (const auto possible = wanted(change.descriptor, present); !possible)
        return possible.error();
    return Change{SetFileAccess{change.path, *present}};
}

Result<Change> capture_change(const SetRegistryAccess& change) {
    const auto present = registry_security(change.key);
    if (!present)
        return present.error();
    if (const auto possible = wanted(change.descriptor, present); !possible)
        return possible.error();
    return Change{SetRegistryAccess{change.key, *present}};
}

// SetKernelObjectSecurity writes the list as it is. SetSecurityInfo would compute inherited entries anew, and the
// inverse would not bring back what was there. SeRestorePrivilege opens a file whose list denies even that.
// https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setkernelobjectsecurity
Result<> apply_change(const SetFileAccess& change) {
    auto target = wanted(change.descriptor, file_security(change.path));
    if (!target)
        return target.error();
    const auto path = expanded_path(change.path);
    if (!path)
        return path.error();
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const DWORD access = WRITE_DAC | (target->owner ? WRITE_OWNER : 0u);
    const File file(::CreateFileW(path->c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT,
                                  nullptr));
    if (!file)
        return last_error("CreateFileW", change.path);
    const SECURITY_INFORMATION parts = DACL_SECURITY_INFORMATION | (target->owner ? OWNER_SECURITY_INFORMATION : 0u);
    if (!::SetKernelObjectSecurity(file.get(), parts, target->descriptor.data()))
        return last_error("SetKernelObjectSecurity", change.path);
    return {};
}

// Here SetSecurityInfo is right: an entry that is taken away or put back must go or come with what the subkeys have
// inherited of it.
// https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setsecurityinfo
Result<> apply_change(const SetRegistryAccess& change) {
    auto target = wanted(change.descriptor, registry_security(change.key));
    if (!target)
        return target.error();
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    const auto key =
        open_key(change.key, READ_CONTROL | WRITE_DAC | KEY_ENUMERATE_SUB_KEYS | (target->owner ? WRITE_OWNER : 0u));
    if (!key)
        return key.error();
    BOOL present = FALSE, defaulted = FALSE;
    PACL list = nullptr;
    PSID owner = nullptr;
    if (!::GetSecurityDescriptorDacl(target->descriptor.data(), &present, &list, &defaulted) ||
        !::GetSecurityDescriptorOwner(target->descriptor.data(), &owner, &defaulted))
        return last_error("GetSecurityDescriptorDacl", change.key.key);
    const SECURITY_INFORMATION parts =
        DACL_SECURITY_INFORMATION |
        (target->is_protected ? PROTECTED_DACL_SECURITY_INFORMATION : UNPROTECTED_DACL_SECURITY_INFORMATION) |
        (target->owner ? OWNER_SECURITY_INFORMATION : 0u);
    const DWORD code = ::SetSecurityInfo(key->get(), SE_REGISTRY_KEY, parts, owner, nullptr, list, nullptr);
    if (code != ERROR_SUCCESS)
        return error_of(code, "SetSecurityInfo", "HKLM\\" + change.key.key);
    return {};
}

} // namespace rdpmedic::windows
