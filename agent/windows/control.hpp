// How does each change reach Windows? One source file a library; windows_control.cpp ties them together.
//
// Contracts are those of HostControl. Nothing keeps state between calls.
#pragma once

#include "agent/repair/change.hpp"

#include <string>

namespace rdpmedic::windows {

// control_services.cpp, advapi32
Result<Change> capture_change(const SetServiceState& change);
Result<Change> capture_change(const SetServiceStart& change);
Result<> apply_change(const SetServiceState& change);
Result<> apply_change(const SetServiceStart& change);

// control_security.cpp, advapi32
Result<Change> capture_change(const SetFileAccess& change);
Result<Change> capture_change(const SetRegistryAccess& change);
Result<> apply_change(const SetFileAccess& change);
Result<> apply_change(const SetRegistryAccess& change);

// control_certificates.cpp, crypt32
Result<Change> capture_change(const DeleteCertificate& change);
Result<Change> capture_change(const AddCertificate& change);
Result<> apply_change(const DeleteCertificate& change);
Result<> apply_change(const AddCertificate& change);

// control_files.cpp, kernel32
Result<Change> capture_change(const RenameFile& change);
Result<> apply_change(const RenameFile& change);
// A path with its environment variables replaced. malformed: it is not absolute.
Result<std::wstring> expanded_path(const std::string& path);
// The content of a small file, past its access control list where SeBackupPrivilege allows; and back into the file that
// is there, which keeps its list.
Result<Bytes> read_protected_file(const std::string& path);
Result<> overwrite_protected_file(const std::string& path, const Bytes& content);

// control_registry.cpp, advapi32
Result<Change> capture_change(const SetRegistryValue& change);
Result<> apply_change(const SetRegistryValue& change);

} // namespace rdpmedic::windows
