// Which kinds of change are there? Plain data; change.hpp joins them.
//
// windows.h makes macros of SetFileSecurity, MoveFile and the like, hence some of these names.
#pragma once

#include "agent/repair/change_kinds_network.hpp"
#include "probes/facts.hpp"

#include <string>

namespace rdpmedic {

// Owner and DACL of a file, a folder or a key below HKEY_LOCAL_MACHINE, self-relative. Nothing else is touched.
struct SetFileAccess {
    std::string path;
    Bytes descriptor;
};
struct SetRegistryAccess {
    RegistryPath key;
    Bytes descriptor;
};

// An empty value deletes it. The key must exist when a value is set, and is never made. Where its list keeps even
// SYSTEM out, the value is reached with the privileges of backup and restore.
struct SetRegistryValue {
    RegistryPath key;
    std::string name;
    std::optional<RegistryValue> value;
};
// Makes a key, or takes away one that is empty; one that is not empty is refused. Its parent must exist.
struct SetRegistryKey {
    RegistryPath key;
    bool present = true;
};
// A key with all its values and subkeys becomes exactly this.
struct SetRegistryTree {
    RegistryPath key;
    RegistryTree tree;
};

// Starts or stops one service and waits for it. `state` is running or stopped.
struct SetServiceState {
    std::string service;
    ServiceState state = ServiceState::running;
    // Only of an inverse: what depends on it could not run while it was stopped, and is stopped before it.
    bool with_dependents = false;
};
struct SetServiceStart {
    std::string service;
    StartType start = StartType::manual;
};
// To a built-in account, which has no password. From another one is not undone and so not made.
struct SetServiceAccount {
    std::string service;
    std::string account; // "NT AUTHORITY\\NetworkService"
};
// SERVICE_WIN32_OWN_PROCESS 0x10 or SERVICE_WIN32_SHARE_PROCESS 0x20, for the next start of the service.
struct SetServiceType {
    std::string service;
    std::uint32_t type = 0x10;
};
// Ends the process of a hung service, which must be alone in it. Refuses where the process is another one by now.
struct EndServiceProcess {
    std::string service;
    std::uint32_t process_id = 0;
    std::optional<Time> started; // of the process
};

struct DeleteCertificate {
    std::string store;
    std::string thumbprint; // lower-case hex of SHA-1
    std::string key_file{}; // kept along with the certificate, so that both can be put back; empty: not known
};
// Puts back what DeleteCertificate took: the certificate serialised with its properties (key link included), and the
// content of its key file, because the next certificate may be made in the same container.
struct AddCertificate {
    std::string store;
    std::string thumbprint;
    Bytes serialized;
    std::string key_file{}; // empty: the key is not kept in a file that is known
    Bytes key_bytes{};
    Bytes key_access{}; // owner and list of that file, for where it is gone; empty: not known, so SYSTEM alone
};
// Finds the key of a certificate among the machine's containers and links it, as `certutil -repairstore` does.
struct LinkCertificateKey {
    std::string store;
    std::string thumbprint;
};

// A file or a folder, within one volume. Only an inverse replaces, and files only: what came to the old place meanwhile
// gives way to what was there.
struct RenameFile {
    std::string from, to;
    bool replace = false;
    // Only where one that replaced is taken back: afterwards `from` holds again what was overwritten there.
    bool puts_back = false;
    Bytes content{}, access{}; // of that file; access: owner and list
};
struct MakeFolder {
    std::string path;
    Bytes descriptor; // owner and DACL, protected from its parent where it says so
};
struct RemoveFolder {
    std::string path; // must be empty
};

// Who is meant: refused where the session of that id belongs to somebody else by now.
struct LogOffSession {
    std::uint32_t id = 0;
    std::string user; // "DOMAIN\\user", empty where nobody is logged on
    // Whoever has come back since keeps the session: it is refused while it is active, unless this is set.
    bool even_active = false;
};
struct DisconnectSession {
    std::uint32_t id = 0;
    std::string user;
};
// Shows a message in a session, waits that long, and goes on.
struct TellSession {
    std::uint32_t id = 0;
    std::string user;
    std::string text;
    std::uint32_t seconds = 0;
};

struct ScheduleRestart {
    std::uint32_t seconds = 60;
    std::string text; // shown to everybody who is logged on
};
struct CancelRestart {
    std::uint32_t mark = 0; // of the restart that is meant: another one is left alone
};

// Only as an inverse: nothing can be done, and this is why. Making it does nothing.
struct CannotUndo {
    std::string why;
};

} // namespace rdpmedic
