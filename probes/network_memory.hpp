// What does the network probe keep from one look to the next?
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic::network {

// The counters of an adapter: AdapterFacts without the rest.
struct Traffic {
    std::uint64_t packets = 0; // in and out
    std::uint64_t errors = 0, discards = 0;
    friend bool operator==(const Traffic&, const Traffic&) = default;
};

Traffic traffic_of(const AdapterFacts& adapter);

struct EchoLook {
    Time at{};
    std::uint32_t sent = 0, answered = 0;
    friend bool operator==(const EchoLook&, const EchoLook&) = default;
};

struct GatewayMemory {
    std::optional<Time> last_answer;
    std::vector<EchoLook> looks; // oldest first
    friend bool operator==(const GatewayMemory&, const GatewayMemory&) = default;
};

struct Memory {
    Time at{}; // of the counters
    std::uint64_t segments_sent = 0, segments_retransmitted = 0;
    bool has_segments = false;              // they could be read at that look
    std::map<std::string, Traffic> traffic; // by the id of the adapter
    std::map<std::string, GatewayMemory> gateways;
    friend bool operator==(const Memory&, const Memory&) = default;
};

// As JSON. What is no such text, or one of another version, is no memory: the next look is the first.
std::string to_text(const Memory& memory);
std::optional<Memory> memory_from_text(std::string_view text);

} // namespace rdpmedic::network
