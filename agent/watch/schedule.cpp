// Which probes are due?
#include "agent/watch/schedule.hpp"

#include <algorithm>
#include <functional>

namespace rdpmedic {
namespace {

// -period/10 .. +period/10, the same for the same probe and run.
std::chrono::milliseconds jitter(const std::string& probe, unsigned run, std::chrono::milliseconds period) {
    const std::size_t spread = static_cast<std::size_t>(period.count() / 5 + 1);
    const std::size_t draw = std::hash<std::string>{}(probe + "/" + std::to_string(run)) % spread;
    return std::chrono::milliseconds{static_cast<std::int64_t>(draw)} - period / 10;
}

} // namespace

void Schedule::add(std::string probe, std::chrono::seconds period, Tick now) {
    Row& row = rows_[std::move(probe)];
    row.period = period;
    row.at = now;
}

std::vector<std::string> Schedule::due(Tick now) const {
    std::vector<std::pair<Tick, std::string>> waiting;
    for (const auto& [probe, row] : rows_)
        if (!row.running && row.at <= now)
            waiting.emplace_back(row.at, probe);
    std::sort(waiting.begin(), waiting.end());
    std::vector<std::string> probes;
    for (auto& [at, probe] : waiting)
        probes.push_back(std::move(probe));
    return probes;
}

void Schedule::started(const std::string& probe) {
    const auto row = rows_.find(probe);
    if (row != rows_.end())
        row->second.running = true;
}

void Schedule::finished(const std::string& probe, Tick now) {
    const auto found = rows_.find(probe);
    if (found == rows_.end())
        return;
    Row& row = found->second;
    row.running = false;
    row.at = row.again ? now : now + row.period + jitter(probe, ++row.runs, row.period);
    row.again = false;
}

void Schedule::hurry(const std::string& probe, Tick now) {
    const auto found = rows_.find(probe);
    if (found == rows_.end())
        return;
    if (found->second.running)
        found->second.again = true;
    else
        found->second.at = now;
}

Tick Schedule::next(Tick now) const {
    Tick earliest = now + std::chrono::hours{1};
    for (const auto& [probe, row] : rows_)
        if (!row.running)
            earliest = std::min(earliest, row.at);
    return earliest;
}

} // namespace rdpmedic
