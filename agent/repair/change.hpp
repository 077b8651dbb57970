// What may a repair do to the host? Nothing but these, and each knows its inverse.
#pragma once

#include "agent/repair/change_kinds.hpp"

#include <nlohmann/json_fwd.hpp>

#include <variant>

namespace rdpmedic {

using AnyChange =
    std::variant<SetFileAccess, SetRegistryAccess, SetRegistryValue, SetServiceState, SetServiceStart,
                 DeleteCertificate, AddCertificate, RenameFile, SetRegistryKey, SetRegistryTree, SetServiceAccount,
                 SetServiceType, EndServiceProcess, LogOffSession, DisconnectSession, TellSession, SetFirewallRule,
                 AddFirewallRule, RemoveFirewallRule, ResetWinsock, RemoveWinsockProvider, RestoreWinsock, FlushDns,
                 RegisterDns, RenewLease, KeepAddress, MakeFolder, RemoveFolder, LinkCertificateKey, ScheduleRestart,
                 CancelRestart, CannotUndo>;

// A class of its own, so that what copies and destroys so many kinds is compiled once and not in every source.
class Change : public AnyChange {
  public:
    using AnyChange::AnyChange;
    Change();
    Change(const Change&);
    Change(Change&&) noexcept;
    Change& operator=(const Change&);
    Change& operator=(Change&&) noexcept;
    ~Change();
};

// For plans and audit: "restart service SessionEnv", "delete certificate ab12... from the store Remote Desktop".
std::string describe(const Change& change);

// For the journal. from_json refuses what it does not know: malformed. Text must be valid UTF-8 to be dumped.
nlohmann::json to_json(const Change& change);
Result<Change> change_from_json(const nlohmann::json& json);

// The only hands of the agent. Thread-safe; both methods block (a service may take a minute to stop).
class HostControl {
  public:
    virtual ~HostControl() = default;
    // The change that undoes `change`, from the host as it is now. Changes nothing. CannotUndo for what cannot be taken
    // back by its nature, such as a session that was logged off. An error: the change could not be undone, so it must
    // not be made.
    virtual Result<Change> capture(const Change& change) const = 0;
    // Makes the change and waits until it is effective. Making a change that is already so succeeds.
    virtual Result<> apply(const Change& change) = 0;
};

} // namespace rdpmedic
