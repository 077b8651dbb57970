// What would a repair do to this host now, why, and at what price?
#pragma once

#include "agent/repair/change.hpp"
#include "agent/repair/options.hpp"
#include "probes/finding.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace rdpmedic {

// One rung of a ladder: changes that belong together, after which the host is verified.
struct Rung {
    std::string id;    // "key-acl"
    std::string title; // "Let NETWORK SERVICE read the key file"
    std::string why;   // the evidence
    std::vector<Change> changes{};
    std::string disruption = "none"; // "all RDP sessions are disconnected"
    bool disconnects_sessions = false;
    // After the changes, wait until this store holds a certificate that it did not hold before the repair (SessionEnv
    // makes it). None in time: the rung has not cured, and the next one is tried.
    std::optional<std::string> await_new_certificate_in{};
    // Only for when no new certificate has come: where one did, this rung would take its key away.
    bool only_without_new_certificate = false;
    std::string undo{};         // how it is taken back, for people; empty: the inverse of each change
    std::string irreversible{}; // what cannot be taken back: "unsaved work of EXAMPLE\\anna"; empty: nothing
    // Counts only after the machine has restarted: the job ends as pending_reboot and is verified after the boot.
    bool takes_effect_at_restart = false;
    // The change can cut the caller off: it is taken back unless the caller is heard again within this time. 0: no.
    std::chrono::seconds confirm_within{0};
};

// Least damage first. Pure data: shown, hashed, journalled, carried out.
struct Plan {
    std::string repair;
    std::vector<Finding> cures{};         // the findings it is for
    std::string asked_for{};              // what the caller wants beside findings: "UDP switched off"; empty: nothing
    std::vector<Rung> rungs{};            // empty: nothing to do, or nothing that may be done, see obstacles
    std::vector<std::string> obstacles{}; // why it cannot be carried out: a policy, an unreadable fact
    std::vector<std::string> sessions{};  // who would be cut off: "user07 (active, id 3, RDP-Tcp#3)"
    std::string blocked_by_policy{};      // the policy value, where one blocks
    Options options{};                    // as the caller gave them
    // What is asked for is an act and not a state: once it is made, nothing on the host tells whether it is still to be
    // done, and a fresh plan would ask for it again. Otherwise it is done when a fresh plan has no rungs.
    bool done_when_made = false;

    bool is_called_for() const { return !cures.empty() || !asked_for.empty(); }
    // SHA-256 in hex over the canonical JSON of what would be done and for which findings: the same plan for the same
    // host has the same hash, whatever the wording, the time and the sessions.
    std::string hash() const;
};

} // namespace rdpmedic
