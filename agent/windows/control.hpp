// How does each change reach Windows? One source file a library; windows_control.cpp ties them together.
//
// Contracts are those of HostControl. Nothing keeps state between calls.
#pragma once

#include "agent/repair/change.hpp"

#include <string>

namespace rdpmedic::windows {

// control_services.cpp, advapi32
Result<Change> capture_change(const SetServiceState& change);
Result<> apply_change(const SetServiceState& change);

// control_service_settings.cpp, advapi32
Result<Change> capture_change(const SetServiceStart& change);
Result<Change> capture_change(const SetServiceAccount& change);
Result<Change> capture_change(const SetServiceType& change);
Result<> apply_change(const SetServiceStart& change);
Result<> apply_change(const SetServiceAccount& change);
Result<> apply_change(const SetServiceType& change);

// control_service_process.cpp, advapi32 and kernel32
Result<Change> capture_change(const EndServiceProcess& change);
Result<> apply_change(const EndServiceProcess& change);

// control_security.cpp, advapi32
Result<Change> capture_change(const SetFileAccess& change);
Result<Change> capture_change(const SetRegistryAccess& change);
Result<> apply_change(const SetFileAccess& change);
Result<> apply_change(const SetRegistryAccess& change);

// control_certificates.cpp, crypt32
Result<Change> capture_change(const DeleteCertificate& change);
Result<Change> capture_change(const AddCertificate& change);
Result<Change> capture_change(const LinkCertificateKey& change);
Result<> apply_change(const DeleteCertificate& change);
Result<> apply_change(const AddCertificate& change);
Result<> apply_change(const LinkCertificateKey& change);

// control_files.cpp, kernel32
Result<Change> capture_change(const RenameFile& change);
Result<> apply_change(const RenameFile& change);
// A path with its environment variables replaced. malformed: it is not absolute.
Result<std::wstring> expanded_path(const std::string& path);
// The content of a small file, past its access control list where SeBackupPrivilege allows.
Result<Bytes> read_protected_file(const std::string& path);
// The other way: a file that is there gets the content and keeps its list; one that is gone is made with `access`,
// owner and list, and where that is empty with a list of SYSTEM alone.
Result<> put_protected_file(const std::string& path, const Bytes& content, const Bytes& access);

// control_folders.cpp, kernel32
Result<Change> capture_change(const MakeFolder& change);
Result<Change> capture_change(const RemoveFolder& change);
Result<> apply_change(const MakeFolder& change);
Result<> apply_change(const RemoveFolder& change);

// control_registry.cpp, advapi32
Result<Change> capture_change(const SetRegistryValue& change);
Result<> apply_change(const SetRegistryValue& change);

// control_registry_keys.cpp, advapi32
Result<Change> capture_change(const SetRegistryKey& change);
Result<Change> capture_change(const SetRegistryTree& change);
Result<> apply_change(const SetRegistryKey& change);
Result<> apply_change(const SetRegistryTree& change);

// control_sessions.cpp, wtsapi32
Result<Change> capture_change(const LogOffSession& change);
Result<Change> capture_change(const DisconnectSession& change);
Result<Change> capture_change(const TellSession& change);
Result<> apply_change(const LogOffSession& change);
Result<> apply_change(const DisconnectSession& change);
Result<> apply_change(const TellSession& change);

// control_firewall.cpp, FirewallAPI by COM
Result<Change> capture_change(const SetFirewallRule& change);
Result<Change> capture_change(const AddFirewallRule& change);
Result<Change> capture_change(const RemoveFirewallRule& change);
Result<> apply_change(const SetFirewallRule& change);
Result<> apply_change(const AddFirewallRule& change);
Result<> apply_change(const RemoveFirewallRule& change);

// control_winsock.cpp, netsh
Result<Change> capture_change(const ResetWinsock& change);
Result<Change> capture_change(const RemoveWinsockProvider& change);
Result<> apply_change(const ResetWinsock& change);
Result<> apply_change(const RemoveWinsockProvider& change);
Result<Change> capture_change(const RestoreWinsock& change);
Result<> apply_change(const RestoreWinsock& change);

// control_network.cpp, dnsapi, ipconfig and iphlpapi
Result<Change> capture_change(const FlushDns& change);
Result<Change> capture_change(const RegisterDns& change);
Result<Change> capture_change(const RenewLease& change);
Result<Change> capture_change(const KeepAddress& change);
Result<> apply_change(const FlushDns& change);
Result<> apply_change(const RegisterDns& change);
Result<> apply_change(const RenewLease& change);
Result<> apply_change(const KeepAddress& change);

// control_restart.cpp, advapi32
Result<Change> capture_change(const ScheduleRestart& change);
Result<Change> capture_change(const CancelRestart& change);
Result<> apply_change(const ScheduleRestart& change);
Result<> apply_change(const CancelRestart& change);

// Is made by doing nothing.
inline Result<Change> capture_change(const CannotUndo& change) { return Change{change}; }
inline Result<> apply_change(const CannotUndo&) { return {}; }

} // namespace rdpmedic::windows
