// What do the counted events say, once noise is set aside?
#include "probes/diagnosis/event_view.hpp"

#include "probes/events_relations.hpp"
#include "probes/time_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace rdpmedic::diagnosis {
namespace {

using events::Kind;

// Ours: so many events of refused connections in an hour, several a connection, are strangers and not a user who tries
// again; of a shorter while as many less.
constexpr std::uint32_t many_refusals = 150;
// Ours: so many connections in an hour that nobody logged on with are scanners.
constexpr std::uint32_t many_arrivals = 150;
// Ours: fewer, where Windows itself says that too many connections were begun and not completed (RCM 1006). Alone, that
// says nothing of others: one client that tries again and again is enough for it.
constexpr std::uint32_t many_beside_flood = 30;
// Ours: so many connections can be one user's own, however short the while: ten attempts of a client that connects
// twice.
constexpr std::uint32_t few_connections = 20;

constexpr std::array refusals{Kind::transport_failed, Kind::security_layer_failed, Kind::bad_credentials};
constexpr std::array arrivals{Kind::arrival, Kind::closed_early, Kind::flood};

bool is_among(std::span<const Kind> kinds, Kind kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// The queries of events.hpp that would show such an event; one that was read is enough to say that there is none.
std::vector<std::string_view> sources_of(Kind kind) {
    switch (kind) {
    case Kind::arrival:
        return {"transport", "listener"};
    case Kind::udp_arrival:
    case Kind::transport_failed:
    case Kind::closed_early:
    case Kind::security_layer_failed:
    case Kind::session_assigned:
    case Kind::slow_connection:
        return {"transport"};
    case Kind::bad_credentials:
        return {"refusals", "transport"};
    case Kind::authenticated:
    case Kind::connection_declined:
    case Kind::listener_started:
    case Kind::listener_stopped:
        return {"listener"};
    case Kind::listener_changed:
        return {"admin"};
    case Kind::logon:
        return {"sessions", "logons"};
    case Kind::session_disconnected:
    case Kind::session_lost:
    case Kind::session_replaced:
    case Kind::session_limit_reached:
    case Kind::session_ended_by_other:
    case Kind::session_out_of_memory:
    case Kind::session_denied:
    case Kind::session_arbitration:
    case Kind::session_manager_slow:
    case Kind::session_manager_failed:
        return {"sessions"};
    case Kind::tls_alert:
        return {"tls_alerts"};
    case Kind::service_changed:
        return {"service_changes"};
    case Kind::firewall_changed:
        return {"firewall"};
    case Kind::filter_blocked:
        return {"blocked"};
    case Kind::broker_failed:
        return {"broker"};
    case Kind::broker_not_ready:
        return {"broker_client"};
    case Kind::gateway_connected:
    case Kind::gateway_refused:
    case Kind::gateway_unreachable:
    case Kind::gateway_certificate:
        return {"gateway"};
    case Kind::provider_changed:
        return {"winsock"};
    default:
        return {"system"};
    }
}

std::uint32_t count(const events::Facts& facts, Kind kind) {
    const auto found = facts.seen.find(kind);
    return found == facts.seen.end() ? 0 : found->second.count;
}

std::uint32_t count(const events::Facts& facts, std::span<const Kind> kinds) {
    std::uint32_t sum = 0;
    for (const Kind kind : kinds)
        sum += count(facts, kind);
    return sum;
}

// DERIVED: a connection leaves one event of each id at most, so that 131 and 261 of the same arrival are one.
std::uint32_t connections(const events::Facts& facts, Kind kind) {
    const auto found = facts.seen.find(kind);
    if (found == facts.seen.end())
        return 0;
    std::uint32_t most = found->second.ids.empty() ? found->second.count : 0;
    for (const auto& [id, times] : found->second.ids)
        most = std::max(most, times);
    return most;
}

// What is looked at begins later where there were more events than one look takes.
std::chrono::seconds length_of(const events::Facts& facts, std::optional<Time> now) {
    Time begin = facts.from, end = facts.until.value_or(now.value_or(facts.from));
    for (const char* query : {"transport", "listener", "refusals"})
        if (const auto cut = facts.read_since.find(query); cut != facts.read_since.end())
            begin = std::max(begin, cut->second);
    if (!facts.until && !now)
        for (const auto& [kind, tally] : facts.seen)
            end = std::max(end, tally.last);
    return std::max(end - begin, std::chrono::seconds{1});
}

// A limit for an hour, for a shorter while. For a longer one it stays: strangers come in bursts.
std::uint32_t within(std::chrono::seconds length, std::uint32_t in_an_hour) {
    constexpr std::chrono::seconds hour = std::chrono::hours{1};
    return static_cast<std::uint32_t>(in_an_hour * std::min(length, hour).count() / hour.count());
}

} // namespace

EventView::EventView(const Result<events::Facts>& events, std::optional<Time> now)
    : facts_(events ? &*events : nullptr) {
    if (facts_ == nullptr)
        return;
    const std::chrono::seconds length = length_of(*facts_, now);
    const std::uint32_t many = count(*facts_, Kind::flood) > 0 ? many_beside_flood : many_refusals;
    std::uint32_t refused = 0;
    for (const Kind kind : refusals)
        refused = std::max(refused, connections(*facts_, kind));
    refusals_are_noise_ = refused >= few_connections && count(*facts_, refusals) >= within(length, many);
    const std::uint32_t came = connections(*facts_, Kind::arrival), got_in = connections(*facts_, Kind::logon);
    const bool scanned = came >= few_connections + got_in && came >= within(length, many_arrivals) + got_in;
    if (refusals_are_noise_)
        noise_ = count(*facts_, refusals) + count(*facts_, arrivals);
    else if (scanned)
        noise_ = count(*facts_, arrivals);
}

bool EventView::is_noise(Kind kind) const {
    return noise_ > 0 && (is_among(arrivals, kind) || (refusals_are_noise_ && is_among(refusals, kind)));
}

const events::Tally* EventView::tally(Kind kind) const {
    if (facts_ == nullptr || is_noise(kind))
        return nullptr;
    const auto found = facts_->seen.find(kind);
    return found == facts_->seen.end() || found->second.count == 0 ? nullptr : &found->second;
}

bool EventView::is_of_rdp(Kind kind) const {
    if (!is_of_schannel(kind))
        return true;
    const events::Tally* counted = tally(kind);
    // Where arrivals cannot be told, neither can what came with them.
    return counted == nullptr || counted->of_rdp > 0 || ours(kind) > 0 || !is_seen(Kind::arrival);
}

bool EventView::failed_client(Kind kind, bool and_still) const {
    const events::Tally* failed = tally(kind);
    if (!is_of_schannel(kind) || failed == nullptr || failed->of_rdp == 0 || noise_ > 0)
        return false;
    const Kind further[] = {Kind::bad_credentials, Kind::authenticated, Kind::logon}; // DERIVED: behind TLS
    return !and_still || std::none_of(std::begin(further), std::end(further), [&](Kind one) {
        const events::Tally* later = tally(one);
        return later != nullptr && later->last > failed->last;
    });
}

std::uint32_t EventView::ours(Kind kind) const {
    if (facts_ == nullptr)
        return 0;
    const auto found = facts_->ours_by_kind.find(kind);
    return found == facts_->ours_by_kind.end() ? 0 : found->second;
}

std::string EventView::when() const {
    if (facts_ == nullptr)
        return {};
    if (!facts_->until)
        return "since " + to_iso(facts_->from);
    return "between " + to_iso(facts_->from) + " and " + to_iso(*facts_->until);
}

std::optional<bool> EventView::is_seen(Kind kind) const {
    if (facts_ == nullptr || is_noise(kind))
        return std::nullopt;
    if (tally(kind) != nullptr)
        return true;
    if (noise_ > 0 && is_among(refusals, kind))
        return std::nullopt; // strangers come and go, and whether the user is among them is not known
    if (kind == Kind::arrival && facts_->ours_not_logged > 0)
        return std::nullopt;
    if (is_of_schannel(kind) && !logs_tls_errors())
        return std::nullopt;
    return is_read(kind) ? std::optional(false) : std::nullopt;
}

bool EventView::is_read(Kind kind) const {
    if (facts_ == nullptr)
        return false;
    const std::vector<std::string_view> sources = sources_of(kind);
    return count(*facts_, kind) > 0 || std::any_of(sources.begin(), sources.end(), [&](std::string_view source) {
               const std::string query(source);
               return facts_->unread.count(query) == 0 && facts_->read_since.count(query) == 0 &&
                      facts_->behind.count(query) == 0;
           });
}

bool EventView::logs_tls_errors() const {
    return facts_ != nullptr && events::logs_schannel_errors(*facts_).value_or(false);
}

std::vector<std::string> EventView::gaps() const {
    std::vector<std::string> gaps;
    if (facts_ == nullptr)
        return gaps;
    if (facts_->ours_not_logged > 0)
        gaps.push_back("the log of arrivals does not show our own handshakes: it is switched off, was cleared or is "
                       "full. That it shows no client proves nothing");
    for (const auto& [query, time] : facts_->read_since)
        gaps.push_back("events " + query + " were read since " + to_iso(time) +
                       " only: there are more than one look takes, and what is older was left out");
    for (const std::string& query : facts_->behind)
        gaps.push_back("events " + query + " were not read to their end: the newest come with the next look");
    return gaps;
}

} // namespace rdpmedic::diagnosis
