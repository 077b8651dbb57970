// What does the network probe keep from one look to the next?
#include "probes/network_memory.hpp"

#include "probes/bounded_json.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::network {
namespace {

constexpr int version = 1;

Time time_of(const nlohmann::json& seconds) { return Time(std::chrono::seconds(seconds.get<std::int64_t>())); }
std::int64_t seconds_of(Time time) { return time.time_since_epoch().count(); }

GatewayMemory gateway_of(const nlohmann::json& json) {
    GatewayMemory gateway;
    if (json.contains("last_answer"))
        gateway.last_answer = time_of(json.at("last_answer"));
    for (const auto& look : json.at("looks"))
        gateway.looks.push_back(
            {time_of(look.at(0)), look.at(1).get<std::uint32_t>(), look.at(2).get<std::uint32_t>()});
    return gateway;
}

} // namespace

Traffic traffic_of(const AdapterFacts& adapter) {
    return {adapter.packets_in + adapter.packets_out, adapter.errors_in + adapter.errors_out,
            adapter.discards_in + adapter.discards_out};
}

std::string to_text(const Memory& memory) {
    nlohmann::json json{{"version", version}, {"at", seconds_of(memory.at)}};
    if (memory.has_segments)
        json["segments"] = {memory.segments_sent, memory.segments_retransmitted};
    json["traffic"] = nlohmann::json::object();
    for (const auto& [adapter, traffic] : memory.traffic)
        json["traffic"][adapter] = {traffic.packets, traffic.errors, traffic.discards};
    json["gateways"] = nlohmann::json::object();
    for (const auto& [address, gateway] : memory.gateways) {
        auto& to = json["gateways"][address] = {{"looks", nlohmann::json::array()}};
        if (gateway.last_answer)
            to["last_answer"] = seconds_of(*gateway.last_answer);
        for (const EchoLook& look : gateway.looks)
            to["looks"].push_back({seconds_of(look.at), look.sent, look.answered});
    }
    return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::optional<Memory> memory_from_text(std::string_view text) {
    nlohmann::json json;
    if (!parse_json(text, "notes of the network probe", json))
        return std::nullopt;
    try {
        if (json.at("version") != version)
            return std::nullopt;
        Memory memory;
        memory.at = time_of(json.at("at"));
        if ((memory.has_segments = json.contains("segments"))) {
            memory.segments_sent = json.at("segments").at(0).get<std::uint64_t>();
            memory.segments_retransmitted = json.at("segments").at(1).get<std::uint64_t>();
        }
        for (const auto& [adapter, traffic] : json.at("traffic").items())
            memory.traffic[adapter] = {traffic.at(0).get<std::uint64_t>(), traffic.at(1).get<std::uint64_t>(),
                                       traffic.at(2).get<std::uint64_t>()};
        for (const auto& [address, gateway] : json.at("gateways").items())
            memory.gateways[address] = gateway_of(gateway);
        return memory;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

} // namespace rdpmedic::network
