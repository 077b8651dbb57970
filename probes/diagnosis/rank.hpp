// Which cause is it, most likely, and why?
#pragma once

#include "probes/diagnosis/causes.hpp"
#include "probes/diagnosis/codes.hpp"

#include <functional>
#include <map>
#include <optional>

namespace rdpmedic::diagnosis {

struct Question {
    std::optional<std::uint32_t> code, extended; // both may be missing: then the host alone is asked
    // When the client tried: then the events are those of that time, and the findings are still those of now.
    std::optional<Time> at{};
};

// What the host has said. A probe that has not reported, or hangs, is an error here; one that is not there at all was
// switched off.
using Reports = std::map<std::string, Result<std::vector<Finding>>, std::less<>>;
struct Answers {
    Reports reports;
    Result<events::Facts> events = Error{Errc::unsupported, 0, "the event logs were not read"};
    std::map<std::string, std::string, std::less<>> questions{}; // what each probe asks, for the checklist
};

enum class Confidence { unlikely, possible, likely, certain };
const char* name_of(Confidence confidence) noexcept; // "unlikely", "possible", "likely", "certain"

// One observation, for or against a cause.
struct Observation {
    std::string source; // "finding cert.expired", "event key_unreadable", "code 0x904", "decision 5"
    std::string text;
    Weight weight = Weight::hint;
    std::vector<std::string> details{}; // the evidence of the finding, the samples of the event
};
// The source for people: "step 5 of the decision aid", and every other as it is.
std::string name_of_source(const Observation& seen);

struct RankedCause {
    Cause cause;
    Confidence confidence = Confidence::unlikely;
    std::string reason; // why that sure and not surer
    int points = 0;     // orders the list; not part of the API
    int evidence = 0;   // points without the place in a row of the decision aid: equal where nothing tells two apart
    // Seen on this host, and it cannot have led to the number of the client: possible at most, and said nonetheless.
    bool beside = false;
    std::vector<Observation> supports{}, opposes{};
    std::vector<std::string> unread{};   // what would have to be read for a verdict: "tls", "events"
    std::string repair{};                // "cert" where a finding calls for it, else empty: see cause.advice
    std::vector<std::string> options{};  // "end_drain=true": without them the repair leaves that alone
    std::vector<std::string> policies{}; // Group Policies that own what has to change
    // A probe has found it while Remote Desktop is off: it shows as soon as that is switched on.
    bool behind_switch = false;
};

// One row of the decision aid, for this host.
enum class Fit { no, unknown, yes };
const char* name_of(Fit fit) noexcept; // "no", "unknown", "yes"
struct Step {
    int row = 0;
    std::string text; // "the handshake is refused: ..."
    Fit fit = Fit::unknown;
    std::vector<std::string> causes; // ids
};

enum class Conclusion {
    found,         // a cause on this host, certain or likely
    outside,       // nothing here, and the client does not get here: client, network or cloud
    possible,      // only possibilities
    nothing_found, // everything was read, and nothing speaks for a cause
    cannot_tell,   // too little could be read
};
const char* name_of(Conclusion conclusion) noexcept; // "found", "outside", "possible", "nothing_found", "cannot_tell"

struct Diagnosis {
    Time now{};
    Question question;
    std::optional<Meaning> code, extended;
    std::vector<Claim> claims;
    Conclusion conclusion = Conclusion::cannot_tell;
    std::string verdict;             // one or two sentences
    std::vector<std::string> next;   // what to do next where that leaves the question open, a sentence each
    std::vector<RankedCause> causes; // all of them, the likeliest first
    std::vector<Step> decisions;     // the decision aid, row by row
    std::vector<std::string> unread; // "cert: not found (2) at ...", "events schannel: ..."
    std::vector<std::string> notes;  // what was left out as noise, and what nothing explains
    Answers answers;                 // what it was made from: the checklist
};

// Pure, and the same for the same input. Never calls a host healthy because it could not be read.
Diagnosis diagnose(const Question& question, const Answers& answers, Time now);

} // namespace rdpmedic::diagnosis
