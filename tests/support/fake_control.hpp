// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#pragma once

#include "agent/repair/change.hpp"
#include "tests/support/fake_host.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rdpmedic::testing {

// Thrown where the process dies. Not a std::exception: nobody in the program may catch it.
struct Killed {};

class FakeControl : public HostControl {
  public:
    explicit FakeControl(FakeHost& host);
    ~FakeControl() override;

    int writes = 0;                // calls of apply so far
    std::optional<int> fail_at;    // this apply fails, counted from 0, and changes nothing
    std::optional<int> die_before; // dies in this apply, before the change
    std::optional<int> die_after;  // dies in this apply, after the change
    std::optional<int> fail_capture_at; // counted from the first
    // What SessionEnv puts into the empty store Remote Desktop when it starts, and into which key file its key goes.
    std::optional<StoreCertificate> makes;
    std::string makes_key_file;
    Bytes makes_key{9, 9, 9};
    Bytes makes_key_access;                // the list of that file; empty: none is kept
    bool key_file_is_in_the_way = false;   // SessionEnv makes no certificate while its key file exists
    std::map<std::string, Bytes> contents; // of files and folders, by path
    std::optional<KeyLocation> links_to;   // the key that LinkCertificateKey finds; empty: none
    std::vector<std::string> leased;       // the addresses that RenewLease brings
    std::optional<WinsockCatalog> winsock_after_reset;
    RegistryTree winsock_registry_after_reset;
    bool restart_scheduled = false;
    std::uint32_t restart_mark = 0; // of the restart that is scheduled, as the volatile value of Windows
    // What anybody sees after a change, for instance what the listener serves.
    std::function<void(FakeHost&)> after_change = [](FakeHost&) {};

    Result<Change> capture(const Change& change) const override;
    int captures() const { return captures_; } // how many there were
    Result<> apply(const Change& change) override;

    // A digest of all that a TermService which runs found when it started; empty: it does not run.
    std::string read_by_term_service() const;

  private:
    void session_env_starts();
    bool term_service_runs() const;
    void put_file(const std::string& path, const Bytes& content, const Bytes& access);
    Result<> make(const Change& change);
    Result<> make_one(const SetFileAccess& change);
    Result<> make_one(const SetRegistryAccess& change);
    Result<> make_one(const SetRegistryValue& change);
    Result<> make_one(const SetRegistryKey& change);
    Result<> make_one(const SetRegistryTree& change);
    Result<> make_one(const SetServiceState& change);
    Result<> make_one(const SetServiceStart& change);
    Result<> make_one(const SetServiceAccount& change);
    Result<> make_one(const SetServiceType& change);
    Result<> make_one(const EndServiceProcess& change);
    Result<> make_one(const DeleteCertificate& change);
    Result<> make_one(const AddCertificate& change);
    Result<> make_one(const LinkCertificateKey& change);
    Result<> make_one(const RenameFile& change);
    Result<> make_one(const MakeFolder& change);
    Result<> make_one(const RemoveFolder& change);
    Result<> make_one(const LogOffSession& change);
    Result<> make_one(const DisconnectSession& change);
    Result<> make_one(const SetFirewallRule& change);
    Result<> make_one(const AddFirewallRule& change);
    Result<> make_one(const RemoveFirewallRule& change);
    Result<> make_one(const ResetWinsock& change);
    Result<> make_one(const RemoveWinsockProvider& change);
    Result<> make_one(const RestoreWinsock& change);
    Result<> make_one(const RenewLease& change);
    Result<> make_one(const KeepAddress& change);
    Result<> make_one(const ScheduleRestart& change);
    Result<> make_one(const CancelRestart& change);
    Result<> make_one(const TellSession&) { return {}; }
    Result<> make_one(const FlushDns&) { return {}; }
    Result<> make_one(const RegisterDns&) { return {}; }
    Result<> make_one(const CannotUndo&) { return {}; }

    FakeHost& host_;
    mutable int captures_ = 0;
    mutable std::map<Bytes, StoreCertificate> serialized_; // as AddCertificate carries them
    std::optional<std::string> read_at_start_;             // by TermService; empty before the first change
};

// Everything a repair can change, as one comparable text.
std::string state_of(const FakeHost& host, const FakeControl& control);

} // namespace rdpmedic::testing
