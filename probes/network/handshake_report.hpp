// How does a person, or a script, read a handshake?
#pragma once

#include "probes/probe.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace rdpmedic::handshake {

// "host", "host:port", "[v6]:port", "[v6]" or a bare IPv6 address; the port is 3389 where none is given. malformed says
// what is wrong with the text and what was expected. Pure; nothing is resolved.
Result<Endpoint> parse_endpoint(std::string_view text);

// A few lines of plain text: what happened at which step, with times, then what it means and what to do. Ends with a
// line break. Pure.
std::string report(const HandshakeFacts& facts, const JudgeContext& context);

// The same for scripts: every fact (numbers as numbers, times in milliseconds), the names of protocol, failure and
// alert, the certificate taken apart, and "findings" with code, severity, text and repair. "ok" is true where nothing
// is critical, a warning or unknown. Pure.
nlohmann::json to_json(const HandshakeFacts& facts, const JudgeContext& context);

// 0: nothing to say, 1: warnings, 2: something critical, 3: unknown, as Nagios plugins do. Pure.
int exit_status(const HandshakeFacts& facts, const JudgeContext& context);

// The results of many hosts, in the order in which they were named. A host without a result was not tried.
class HostsReport {
  public:
    HostsReport(std::vector<Endpoint> hosts, JudgeContext context);

    void add(std::size_t at, const Result<HandshakeFacts>& facts);
    // "critical  host01:3389  handshake.refused: ...", with a line break.
    std::string line(std::size_t at) const;
    // How many hosts came out how, and what was not tried. Ends with a line break.
    std::string summary() const;
    // An array of what to_json gives for one host; {"target", "ok", "error", "findings"} for a host without facts.
    nlohmann::json to_json() const;
    int exit_status() const; // the worst: 2 before 1 before 3 before 0

  private:
    std::vector<Endpoint> hosts_;
    JudgeContext context_;
    std::size_t width_ = 0; // of the column of hosts
    std::vector<std::optional<Result<HandshakeFacts>>> results_;
};

} // namespace rdpmedic::handshake
