// What may a repair do to the host? Nothing but these, and each knows its inverse.
#pragma once

#include "probes/facts.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <variant>

namespace rdpmedic {

// windows.h makes macros of SetFileSecurity and MoveFile, hence these names. Owner and DACL of a file or a key below HKEY_LOCAL_MACHINE, self-relative. Nothing else of the object is touched.
struct SetFileAccess {
    std::string path;
    Bytes descriptor;
};
struct SetRegistryAccess {
    RegistryPath key;
    Bytes descriptor;
};
// An empty value deletes it.
struct SetRegistryValue {
    RegistryPath key;
    std::string name;
    std::optional<RegistryValue> value;
};
// Starts or stops one service and waits for it. `state` is running or stopped.
struct SetServiceState {
    std::string service;
    ServiceState state = ServiceState::running;
};
struct SetServiceStart {
    std::string service;
    StartType start = StartType::manual;
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
};
// Within one volume. Only an inverse replaces: what came to the old place meanwhile gives way to what was there.
struct RenameFile {
    std::string from, to;
    bool replace = false;
};

using Change = std::variant<SetFileAccess, SetRegistryAccess, SetRegistryValue, SetServiceState, SetServiceStart,
                            DeleteCertificate, AddCertificate, RenameFile>;

// For plans and audit: "restart service SessionEnv", "delete certificate ab12... from the store Remote Desktop".
std::string describe(const Change& change);

// For the journal. from_json refuses what it does not know: malformed. Text must be valid UTF-8 to be dumped.
nlohmann::json to_json(const Change& change);
Result<Change> change_from_json(const nlohmann::json& json);

// The only hands of the agent. Thread-safe; both methods block (a service may take a minute to stop).
class HostControl {
  public:
    virtual ~HostControl() = default;
    // The change that undoes `change`, from the host as it is now. Changes nothing. An error: the change could not be
    // undone, so it must not be made.
    virtual Result<Change> capture(const Change& change) const = 0;
    // Makes the change and waits until it is effective. Making a change that is already so succeeds.
    virtual Result<> apply(const Change& change) = 0;
};

} // namespace rdpmedic
