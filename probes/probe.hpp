// What is a probe? A question with a period: it collects facts through Host and judges them without hands.
#pragma once

#include "probes/finding.hpp"
#include "probes/host.hpp"
#include "probes/thresholds.hpp"

#include <functional>
#include <memory>

namespace rdpmedic {

class OwnHandshakes;

// What a probe remembers from run to run: counters to compare with, bookmarks of event logs. The agent keeps it across
// restarts. One notebook a probe; not thread-safe, because a probe runs once at a time.
class Notebook {
  public:
    virtual ~Notebook() = default;
    virtual std::optional<std::string> recall(std::string_view name) const = 0;
    virtual void remember(std::string_view name, std::string text) = 0; // at most 64 KB
};

// Everything a judge may know beside its facts. Pure: the time comes in.
struct JudgeContext {
    Time now{};
    Thresholds limits{};
    // Since when a finding (code, subject) of this probe has stood without a break; empty when it is new. How a judge
    // tells "just starting" from "has been starting for five minutes".
    std::function<std::optional<Time>(std::string_view code, std::string_view subject)> since =
        [](std::string_view, std::string_view) { return std::nullopt; };
    // For collecting, never for judging. Null: nothing is remembered, every run is the first.
    Notebook* notes = nullptr;
};

struct Probe {
    std::string_view id;       // "cert"
    std::string_view question; // "Will the certificate that RDP presents be accepted, and can its key be used?"
    std::chrono::seconds period, timeout;
    // Collects and judges. Blocks as long as the host does. An error means that nothing could be judged.
    std::function<Result<std::vector<Finding>>(const Host&, const JudgeContext&)> run;
    // It may wait tens of seconds, for other machines, WMI, event logs or a peer that says nothing: the agent runs it
    // beside the others, never in front of them. Every probe that makes such a read is slow: tests/probes/slow_test.
    bool slow = false;
};

// The same probe, marked as slow.
inline Probe slow(Probe probe) {
    probe.slow = true;
    return probe;
}

// Joins the two halves of a probe: collect(const Host&) -> Result<Facts>, and
// judge(const Facts&, const JudgeContext&) -> std::vector<Finding>.
template <class Collect, class Judge>
Probe make_probe(std::string_view id, std::string_view question, std::chrono::seconds period,
                 std::chrono::seconds timeout, Collect collect, Judge judge) {
    return {id, question, period, timeout,
            [collect, judge](const Host& host, const JudgeContext& context) -> Result<std::vector<Finding>> {
                auto facts = collect(host);
                if (!facts)
                    return facts.error();
                return judge(*facts, context);
            }};
}

// The same for a probe that remembers: collect(const Host&, const JudgeContext&), for its notes and its time.
template <class Collect, class Judge>
Probe make_remembering_probe(std::string_view id, std::string_view question, std::chrono::seconds period,
                             std::chrono::seconds timeout, Collect collect, Judge judge) {
    return {id, question, period, timeout,
            [collect, judge](const Host& host, const JudgeContext& context) -> Result<std::vector<Finding>> {
                auto facts = collect(host, context);
                if (!facts)
                    return facts.error();
                return judge(*facts, context);
            }};
}

// rdp.address as it stands where nobody has set it: the listener is then tried where it is bound.
inline constexpr const char* default_rdp_address = "127.0.0.1";

// What the configuration tells probes before they ask the host.
struct ProbeOptions {
    std::string rdp_address = default_rdp_address; // where the handshake connects to; the port is the listener's own
    // What our own handshakes leave in the event logs is left out. They are noted by the host (probes/noting_host), not
    // by the probe, since others make some too. Null: none is known.
    std::shared_ptr<OwnHandshakes> own_handshakes{};
};

// All probes in the order of probe_list.inc, with their default periods and timeouts.
std::vector<Probe> all_probes(const ProbeOptions& options = {});

} // namespace rdpmedic
