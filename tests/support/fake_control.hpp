// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#pragma once

#include "agent/repair/change.hpp"
#include "tests/support/fake_host.hpp"

#include <optional>

namespace rdpmedic::testing {

// Thrown where the process dies. Not a std::exception: nobody in the program may catch it.
struct Killed {};

class FakeControl : public HostControl {
  public:
    explicit FakeControl(FakeHost& host) : host_(host) {}

    int writes = 0;                // calls of apply so far
    std::optional<int> fail_at;    // this apply fails, counted from 0, and changes nothing
    std::optional<int> die_before; // dies in this apply, before the change
    std::optional<int> die_after;  // dies in this apply, after the change
    std::optional<int> fail_capture_at;
    // What SessionEnv puts into the empty store Remote Desktop when it starts, and into which key file its key goes.
    std::optional<StoreCertificate> makes;
    std::string makes_key_file;
    Bytes makes_key{9, 9, 9};
    bool key_file_is_in_the_way = false;   // SessionEnv makes no certificate while its key file exists
    std::map<std::string, Bytes> contents; // of files, by path
    // What anybody sees after a change, for instance what the listener serves.
    std::function<void(FakeHost&)> after_change = [](FakeHost&) {};

    Result<Change> capture(const Change& change) const override;
    Result<> apply(const Change& change) override;

  private:
    void session_env_starts();
    Result<> make(const Change& change);

    FakeHost& host_;
    mutable int captures_ = 0;
};

// Everything a repair can change, as one comparable text.
std::string state_of(const FakeHost& host, const FakeControl& control);

} // namespace rdpmedic::testing
