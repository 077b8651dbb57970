// Who begins the repairs that the configuration allows without being asked?
#include "agent/repair/auto_repair_runner.hpp"

#include <ctime>

namespace rdpmedic {

namespace {

// Ours: findings change with the periods of their probes, which are tens of seconds and more.
constexpr std::chrono::seconds between_looks{5};

unsigned local_hour(Time time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
#ifdef _WIN32
    if (localtime_s(&parts, &seconds) != 0)
        return 24; // in nobody's hours
#else
    if (localtime_r(&seconds, &parts) == nullptr)
        return 24;
#endif
    return static_cast<unsigned>(parts.tm_hour);
}

// Asking again changes nothing while the same finding stands; everything else passes.
bool stays_refused(Refusal::Kind kind) {
    switch (kind) {
    case Refusal::Kind::busy:
    case Refusal::Kind::cool_down:
    case Refusal::Kind::too_many_attempts:
    case Refusal::Kind::journal:
    case Refusal::Kind::impossible:
        return false;
    default:
        return true;
    }
}

bool same(const std::vector<Finding>& left, const std::vector<Finding>& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const Finding& a, const Finding& b) { return a.subject == b.subject && a.text == b.text; });
}

} // namespace

AutoRepair::AutoRepair(AutoRepairParts parts) : parts_(std::move(parts)) {
    if (!parts_.hour)
        parts_.hour = local_hour;
}

AutoRepair::~AutoRepair() { stop(); }

void AutoRepair::start() {
    if (parts_.rules.empty())
        return;
    thread_ = std::thread([this] {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            lock.unlock();
            look();
            lock.lock();
            wake_.wait_for(lock, between_looks, [this] { return stopping_; });
        }
    });
}

void AutoRepair::ask_to_stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
}

void AutoRepair::stop() {
    ask_to_stop();
    if (thread_.joinable())
        thread_.join();
}

void AutoRepair::look() {
    const Time now = parts_.now();
    const auto snapshot = parts_.board.current();
    const std::vector<RuleState> states =
        rule_states(parts_.rules, *snapshot, parts_.desk.jobs(), memory_, now, parts_.hour(now));
    publish(states);
    for (const RuleState& state : states)
        if (state.due)
            return ask(state); // one at a time; the next look sees what became of it
}

void AutoRepair::ask(const RuleState& state) {
    RuleMemory& memory = memory_[state.rule->finding];
    memory.asked = parts_.now();
    RepairRequest request{state.rule->repair};
    request.caller = nobody;
    request.unattended = true;
    const auto begun = parts_.desk.start(request);
    if (const auto* refusal = std::get_if<Refusal>(&begun); refusal != nullptr && stays_refused(refusal->kind))
        memory.refused_since = state.since;
}

void AutoRepair::publish(const std::vector<RuleState>& states) {
    std::vector<Finding> findings = findings_of(states);
    for (const RuleState& state : states) {
        if (!state.gave_up) {
            told_.erase(state.rule->finding);
        } else if (told_.insert(state.rule->finding).second) {
            Job job;
            job.repair = state.rule->repair;
            job.caller = nobody;
            job.outcome = Outcome::refused;
            parts_.told({RepairEventKind::gave_up, job,
                         "did not cure " + state.rule->finding + " in " + std::to_string(state.failed) + " attempts"});
        }
    }
    if (published_ && same(*published_, findings))
        return;
    Report report;
    report.probe = "auto_repair";
    report.finished = parts_.now();
    report.findings = findings;
    parts_.board.publish(report);
    published_ = std::move(findings);
}

} // namespace rdpmedic
