// What is remembered of the events from one look to the next?
#include "probes/events_ledger.hpp"

#include <algorithm>

namespace rdpmedic::events {
namespace {

constexpr std::size_t most_slices = 16, most_samples = 3, most_arrivals = 64, most_arbitrations = 64;

template <class List>
void keep_last(List& list, std::size_t count) {
    if (list.size() > count)
        list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(count));
}

} // namespace

bool Ledger::is_new(const std::string& query, Time time, std::uint64_t record) const {
    const auto end = ends_.find(query);
    return end == ends_.end() || time > end->second.time || record > end->second.record;
}

void Ledger::seen(const std::string& query, Time time, std::uint64_t record) {
    End& end = ends_[query];
    end.time = time;
    end.record = record;
}

std::string Ledger::bookmark(const std::string& query) const {
    const auto end = ends_.find(query);
    return end == ends_.end() ? std::string() : end->second.bookmark;
}

void Ledger::set_bookmark(const std::string& query, std::string bookmark) {
    constexpr std::size_t longest = 2048; // real ones have some 200 bytes
    ends_[query].bookmark = bookmark.size() <= longest ? std::move(bookmark) : std::string();
}

void Ledger::count(Entry entry) {
    Row& row = rows_[entry.kind];
    auto slice = std::find_if(row.slices.begin(), row.slices.end(), [&](const Slice& candidate) {
        return entry.time >= candidate.first && entry.time < candidate.first + slice_;
    });
    if (slice == row.slices.end()) {
        const auto later = std::find_if(row.slices.begin(), row.slices.end(),
                                        [&](const Slice& candidate) { return candidate.first > entry.time; });
        slice = row.slices.insert(later, Slice{entry.time, entry.time, 0, 0, 0, {}, 0});
    }
    if (entry.ours) {
        ++slice->ours;
        return;
    }
    slice->last = std::max(slice->last, entry.time);
    ++slice->count;
    slice->of_rdp += entry.of_rdp ? 1 : 0;
    slice->of_loopback += entry.of_loopback ? 1 : 0;
    ++slice->ids[entry.id];
    // The logs come one after the other, and only one of those that tell of an arrival names the client.
    const auto newer = std::find_if(row.samples.begin(), row.samples.end(),
                                    [&](const auto& sample) { return sample.first > entry.time; });
    row.samples.emplace(newer, entry.time, std::move(entry.sample));
    keep_last(row.samples, most_samples);
}

bool Ledger::has(Kind kind, Time from, Time until) const {
    const auto row = rows_.find(kind);
    return row != rows_.end() &&
           std::any_of(row->second.slices.begin(), row->second.slices.end(),
                       [&](const Slice& slice) { return slice.first <= until && slice.first + slice_ > from; });
}

void Ledger::failed(const std::string& service, Time time, std::uint64_t record) { down_[service] = {time, record}; }

void Ledger::runs(const std::string& service, Time time, std::uint64_t record) {
    const auto failure = down_.find(service);
    if (failure != down_.end() && (time > failure->second.time || record > failure->second.record))
        down_.erase(failure);
}

void Ledger::prune(Time from) {
    for (auto row = rows_.begin(); row != rows_.end();) {
        auto& [slices, samples] = row->second;
        slices.erase(std::remove_if(slices.begin(), slices.end(), [from](const Slice& s) { return s.first < from; }),
                     slices.end());
        samples.erase(std::remove_if(samples.begin(), samples.end(), [from](const auto& s) { return s.first < from; }),
                      samples.end());
        keep_last(slices, most_slices);
        row = slices.empty() ? rows_.erase(row) : std::next(row);
    }
    arrivals.erase(std::remove_if(arrivals.begin(), arrivals.end(), [from](const Arrival& a) { return a.time < from; }),
                   arrivals.end());
    keep_last(arrivals, most_arrivals);
    for (auto open = arbitrations.begin(); open != arbitrations.end();)
        open =
            open->second < from || arbitrations.size() > most_arbitrations ? arbitrations.erase(open) : std::next(open);
    std::erase_if(down_, [from](const auto& failure) { return failure.second.time < from; });
    std::erase_if(cuts, [from](const auto& cut) { return cut.second <= from; });
    if (tls_worked && *tls_worked < from)
        tls_worked.reset();
}

Facts Ledger::facts(Time from) const {
    Facts facts;
    facts.from = from;
    facts.tls_worked = tls_worked;
    facts.read_since = cuts;
    for (const auto& [service, failure] : down_)
        facts.services_down[service] = failure.time;
    for (const auto& [kind, row] : rows_)
        for (const Slice& slice : row.slices) {
            if (slice.ours != 0)
                facts.ours_by_kind[kind] += slice.ours;
            facts.ours += slice.ours;
            if (slice.count == 0)
                continue;
            Tally& tally = facts.seen[kind];
            tally.first = tally.count == 0 ? slice.first : std::min(tally.first, slice.first);
            tally.last = std::max(tally.last, slice.last);
            tally.count += slice.count;
            tally.of_rdp += slice.of_rdp;
            tally.of_loopback += slice.of_loopback;
            for (const auto& [id, count] : slice.ids)
                tally.ids[id] += count;
        }
    for (auto& [kind, tally] : facts.seen)
        for (const auto& [time, sample] : rows_.at(kind).samples)
            tally.samples.push_back(sample);
    return facts;
}

} // namespace rdpmedic::events
