// How does a person, or a script, read the handshakes with many hosts?
#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/x509.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_problems.hpp"
#include "probes/network/handshake_report.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace rdpmedic::handshake {
namespace {

const char* word_of(int status) {
    switch (status) {
    case 0:
        return "pass";
    case 1:
        return "warning";
    case 2:
        return "critical";
    }
    return "unknown";
}

// From good to bad.
constexpr std::array order{0, 3, 1, 2};

int worse(int left, int right) {
    return std::find(order.begin(), order.end(), left) < std::find(order.begin(), order.end(), right) ? right : left;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

// "TLS with NLA (CredSSP), TLSv1.3, certificate until 2026-07-01T00:00:00Z, 12 ms".
std::string healthy(const HandshakeFacts& facts) {
    std::string text = rdp_negotiation::protocol_name(facts.selected.value_or(0)) + ", " + facts.tls_version;
    if (const Result<X509Facts> leaf = parse_certificate(facts.certificate))
        text += ", certificate until " + to_iso(leaf->not_after);
    return text + ", " + std::to_string(time_of_host(facts).count()) + " ms";
}

std::string verdict(const HandshakeFacts& facts, const JudgeContext& context) {
    std::string text;
    for (const Problem& problem : problems_of(facts, context))
        text += (text.empty() ? "" : "; ") + ("handshake." + problem.code) + ": " + problem.meaning;
    return text.empty() ? healthy(facts) : text;
}

} // namespace

HostsReport::HostsReport(std::vector<Endpoint> hosts, JudgeContext context)
    : hosts_(std::move(hosts)), context_(std::move(context)), results_(hosts_.size()) {
    constexpr std::size_t widest = 32; // a longer name moves its own line only
    for (const Endpoint& host : hosts_)
        width_ = std::max(width_, std::min(text_of(host).size(), widest));
}

void HostsReport::add(std::size_t at, const Result<HandshakeFacts>& facts) { results_.at(at) = facts; }

std::string HostsReport::line(std::size_t at) const {
    const std::optional<Result<HandshakeFacts>>& facts = results_.at(at);
    const bool known = facts && *facts;
    return padded(word_of(known ? handshake::exit_status(**facts, context_) : 3), 8) + "  " +
           padded(text_of(hosts_.at(at)), width_) + "  " +
           (known   ? verdict(**facts, context_)
            : facts ? describe(facts->error())
                    : "not tried") +
           "\n";
}

std::string HostsReport::summary() const {
    std::array<std::size_t, 4> counts{};
    std::size_t missing = 0;
    for (const auto& facts : results_) {
        if (!facts)
            ++missing;
        else
            ++counts.at(static_cast<std::size_t>(*facts ? handshake::exit_status(**facts, context_) : 3));
    }
    std::string text = std::to_string(hosts_.size()) + (hosts_.size() == 1 ? " host: " : " hosts: ");
    for (const int status : order)
        text += (status == order.front() ? "" : ", ") +
                (std::to_string(counts.at(static_cast<std::size_t>(status))) + " " + word_of(status));
    if (missing > 0)
        text += "; stopped, " + std::to_string(missing) + " not tried";
    return text + "\n";
}

nlohmann::json HostsReport::to_json() const {
    nlohmann::json all = nlohmann::json::array();
    for (std::size_t at = 0; at < hosts_.size(); ++at) {
        const std::optional<Result<HandshakeFacts>>& facts = results_[at];
        if (facts && *facts)
            all.push_back(handshake::to_json(**facts, context_));
        else
            all.push_back({{"target", {{"host", hosts_[at].host}, {"port", hosts_[at].port}}},
                           {"ok", false},
                           {"error", facts ? describe(facts->error()) : "not tried"},
                           {"findings", nlohmann::json::array()}});
    }
    return all;
}

int HostsReport::exit_status() const {
    int worst = 0;
    for (const auto& facts : results_)
        worst = worse(worst, facts && *facts ? handshake::exit_status(**facts, context_) : 3);
    return worst;
}

} // namespace rdpmedic::handshake
