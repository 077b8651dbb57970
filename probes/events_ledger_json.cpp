// How is the ledger of the events written down?
#include "probes/bounded_json.hpp"
#include "probes/events_ledger.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::events {
namespace {

using nlohmann::json;

constexpr int version = 1;

std::int64_t seconds(Time time) { return time.time_since_epoch().count(); }
Time time_of(const json& seconds) { return Time(std::chrono::seconds(seconds.get<std::int64_t>())); }

} // namespace

struct Ledger::Json {
    static json of(const Slice& slice) {
        json ids = json::array();
        for (const auto& [id, count] : slice.ids)
            ids.push_back({id, count});
        return {seconds(slice.first), seconds(slice.last), slice.count,      slice.of_rdp,
                slice.ours,           std::move(ids),      slice.of_loopback};
    }

    static Slice slice_of(const json& node) {
        Slice slice{time_of(node.at(0)),
                    time_of(node.at(1)),
                    node.at(2).get<std::uint32_t>(),
                    node.at(3).get<std::uint32_t>(),
                    node.at(4).get<std::uint32_t>(),
                    {},
                    node.size() > 6 ? node.at(6).get<std::uint32_t>() : 0}; // earlier builds have six
        for (const json& id : node.at(5))
            slice.ids[id.at(0).get<std::uint32_t>()] = id.at(1).get<std::uint32_t>();
        return slice;
    }

    static json of(const Ledger& ledger, bool samples) {
        json kinds = json::object(), ends = json::object(), arrivals = json::array(), open = json::object();
        for (const auto& [kind, row] : ledger.rows_) {
            json& node = kinds[name_of(kind)];
            for (const Slice& slice : row.slices)
                node["slices"].push_back(of(slice));
            for (const auto& [time, text] : row.samples)
                if (samples)
                    node["samples"].push_back({seconds(time), text});
        }
        for (const auto& [query, end] : ledger.ends_)
            ends[query] = {end.bookmark, seconds(end.time), end.record};
        for (const Arrival& arrival : ledger.arrivals)
            arrivals.push_back({arrival.client.substr(0, 64), seconds(arrival.time)});
        for (const auto& [session, time] : ledger.arbitrations)
            open[session.substr(0, 16)] = seconds(time);
        json document{{"version", version},      {"slice", ledger.slice_.count()},  {"kinds", std::move(kinds)},
                      {"ends", std::move(ends)}, {"arrivals", std::move(arrivals)}, {"arbitrations", std::move(open)}};
        for (const auto& [service, failure] : ledger.down_)
            document["down"][service] = {seconds(failure.time), failure.record};
        for (const auto& [query, time] : ledger.cuts)
            document["cuts"][query] = seconds(time);
        if (ledger.tls_worked)
            document["tls_worked"] = seconds(*ledger.tls_worked);
        return document;
    }

    static void read(const json& document, Ledger& ledger) {
        for (const auto& [name, node] : document.at("kinds").items()) {
            const auto kind = kind_from_name(name);
            if (!kind)
                continue; // of a newer version
            Row& row = ledger.rows_[*kind];
            for (const json& slice : node.at("slices"))
                row.slices.push_back(slice_of(slice));
            if (const auto samples = node.find("samples"); samples != node.end())
                for (const json& sample : *samples)
                    row.samples.emplace_back(time_of(sample.at(0)), sample.at(1).get<std::string>());
        }
        for (const auto& [query, end] : document.at("ends").items())
            ledger.ends_[query] = {end.at(0).get<std::string>(), time_of(end.at(1)), end.at(2).get<std::uint64_t>()};
        for (const json& arrival : document.at("arrivals"))
            ledger.arrivals.push_back({arrival.at(0).get<std::string>(), time_of(arrival.at(1))});
        for (const auto& [session, time] : document.at("arbitrations").items())
            ledger.arbitrations[session] = time_of(time);
        if (const auto down = document.find("down"); down != document.end())
            for (const auto& [service, failure] : down->items())
                ledger.down_[service] = {time_of(failure.at(0)), failure.at(1).get<std::uint64_t>()};
        if (const auto cuts = document.find("cuts"); cuts != document.end())
            for (const auto& [query, time] : cuts->items())
                ledger.cuts[query] = time_of(time);
        if (const auto worked = document.find("tls_worked"); worked != document.end())
            ledger.tls_worked = time_of(*worked);
    }
};

std::optional<Ledger> Ledger::from_json(std::string_view text, std::chrono::seconds window) {
    json document;
    if (!parse_json(text, "notes", document))
        return std::nullopt;
    try {
        Ledger ledger(window);
        if (document.at("version") != version)
            return std::nullopt;
        const auto slice = document.find("slice"); // earlier builds have none
        if (slice != document.end() && *slice != ledger.slice_.count())
            return std::nullopt;
        Json::read(document, ledger);
        return ledger;
    } catch (const json::exception&) { // a member is missing or of another type
        return std::nullopt;
    }
}

std::string Ledger::to_json() const {
    constexpr std::size_t most = 60 * 1024;
    // Text that is not UTF-8 (a user's name cut in two) must not cost what is remembered.
    constexpr auto replace = json::error_handler_t::replace;
    std::string text = Json::of(*this, true).dump(-1, ' ', false, replace);
    return text.size() <= most ? text : Json::of(*this, false).dump(-1, ' ', false, replace);
}

} // namespace rdpmedic::events
