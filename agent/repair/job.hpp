// How does a repair go, step by step, and how did it end?
#pragma once

#include "probes/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rdpmedic {

struct Caller {
    std::string name; // of the token, or of the Windows user on the command line
    std::string from; // address, or "command line"
};

enum class Outcome {
    running,
    repaired,
    not_needed,
    refused,
    rolled_back,
    rollback_failed,
    pending_reboot,
    // What the repair is about is cured and stays so, but the handshake fails as it did before, for another reason.
    improved,
};
const char* name_of(Outcome outcome) noexcept; // "running", "repaired", ...

enum class StepState { planned, running, done, failed, undone, undo_failed, skipped };
const char* name_of(StepState state) noexcept;

struct JobStep {
    std::string rung;
    std::string what;
    StepState state = StepState::planned;
    std::string detail; // the error, where there is one
    std::optional<Time> at;
};

struct Job {
    std::string id;
    std::string repair; // its name; of a rollback that of the repair which is taken back
    Caller caller;
    Time started{};
    std::optional<Time> finished;
    Outcome outcome = Outcome::running;
    std::string reason; // one sentence for people
    std::string plan_hash;
    std::vector<JobStep> steps;
    std::string undoes{};                   // id of the job that this one takes back; empty: it is a repair
    std::optional<std::string> undone_by{}; // id of the job that took this one back
};

} // namespace rdpmedic
