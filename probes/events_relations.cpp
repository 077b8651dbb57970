// Which events belong together: to our own handshakes, to a client that arrived?
#include "probes/events_relations.hpp"
#include "probes/formats/ip_address.hpp"

#include <algorithm>

namespace rdpmedic::events {
namespace {

using std::chrono::seconds;

// The clock of an event and ours are the same; an event is written a little after what it tells.
constexpr seconds before{1}, after{2};

std::string endpoint_of(const std::string& text) {
    const auto colon = text.rfind(':');
    return without_port(text) + (colon == std::string::npos ? std::string() : text.substr(colon));
}

// Several can be at once: a repair proves its cure while the probe looks, and a command beside both.
bool was_under_way(const OwnHandshake& ours, Time time) {
    return time >= ours.from - before && time <= ours.until + after;
}

// 131 alone names the socket of the client.
bool names_socket(const EventRecord& record) { return !record.field("ClientIP").empty(); }

bool is_caused_by_handshakes(Kind kind) {
    switch (kind) {
    case Kind::arrival:
    case Kind::transport_failed:
    case Kind::closed_early:
    case Kind::security_layer_failed:
        return true;
    default:
        return is_of_schannel(kind);
    }
}

} // namespace

bool is_of_schannel(Kind kind) noexcept {
    switch (kind) {
    case Kind::key_unreadable:
    case Kind::tls_protocols_disabled:
    case Kind::tls_credential_failed:
    case Kind::no_common_cipher:
    case Kind::tls_alert:
        return true;
    default:
        return false;
    }
}

Relations::Relations(const std::vector<Seen>& seen, const std::vector<OwnHandshake>& own, std::vector<Arrival> arrivals)
    : own_(own), arrivals_(std::move(arrivals)) {
    for (const auto& [record, kind] : seen) {
        if (kind != Kind::arrival && kind != Kind::closed_early)
            told_activities_.insert(record.activity);
        if (kind != Kind::arrival || !names_socket(record))
            continue;
        const bool is_ours = came_from_us(record);
        if (!record.activity.empty())
            (is_ours ? our_activities_ : their_activities_).insert(record.activity);
        if (!is_ours)
            arrivals_.push_back({client_of(record), record.time});
    }
    add_arrivals_without_socket(seen);
    std::stable_sort(arrivals_.begin(), arrivals_.end(),
                     [](const Arrival& a, const Arrival& b) { return a.time < b.time; });
}

// 261 and 1158 tell of the same connections as 131, which may be missing: its channel is small, or could not be read.
void Relations::add_arrivals_without_socket(const std::vector<Seen>& seen) {
    std::vector<Arrival> further;
    for (const Seen& one : seen)
        if (one.kind == Kind::arrival && !names_socket(one.record) && !is_ours(one) &&
            !came_with_arrival(one.record.time))
            further.push_back({client_of(one.record), one.record.time});
    arrivals_.insert(arrivals_.end(), further.begin(), further.end());
}

bool Relations::came_from_us(const EventRecord& record) const {
    const std::string socket = endpoint_of(std::string(record.field("ClientIP")));
    return std::any_of(own_.begin(), own_.end(), [&](const OwnHandshake& ours) {
        return was_under_way(ours, record.time) && endpoint_of(ours.local_address) == socket;
    });
}

bool Relations::is_ours(const Seen& seen) const {
    const EventRecord& record = seen.record;
    if (!is_caused_by_handshakes(seen.kind) || their_activities_.count(record.activity) != 0)
        return false;
    if (our_activities_.count(record.activity) != 0)
        return true;
    if (names_socket(record))
        return came_from_us(record);
    const std::string client = client_of(record);
    return std::any_of(own_.begin(), own_.end(), [&](const OwnHandshake& ours) {
        if (!was_under_way(ours, record.time))
            return false;
        if (!client.empty())
            return client == without_port(ours.local_address) || is_loopback(client);
        return std::none_of(arrivals_.begin(), arrivals_.end(),
                            [&ours](const Arrival& arrival) { return was_under_way(ours, arrival.time); });
    });
}

bool Relations::came_with_arrival(Time time) const {
    return std::any_of(arrivals_.begin(), arrivals_.end(), [time](const Arrival& arrival) {
        return time >= arrival.time - before && time <= arrival.time + seconds{10};
    });
}

bool Relations::is_closed_early(const Seen& seen) const {
    const std::string& activity = seen.record.activity;
    return their_activities_.count(activity) != 0 && told_activities_.count(activity) == 0;
}

bool Relations::came_through_rdp(const Seen& seen) const {
    if (seen.record.number("LogonType") != 3U)
        return true;
    const std::string client = client_of(seen.record);
    return std::any_of(arrivals_.begin(), arrivals_.end(), [&](const Arrival& arrival) {
        return arrival.client == client && seen.record.time >= arrival.time - before &&
               seen.record.time <= arrival.time + std::chrono::minutes{2};
    });
}

} // namespace rdpmedic::events
