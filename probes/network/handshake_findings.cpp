// What does a handshake say about the host that was asked, from the wire alone?
#include "probes/network/handshake_findings.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/x509.hpp"
#include "probes/network/handshake_problems.hpp"
#include "probes/network/handshake_stages.hpp"
#include "probes/time_text.hpp"

namespace rdpmedic::handshake {
namespace {

namespace negotiation = rdp_negotiation;
using std::chrono::milliseconds;

std::string took(milliseconds time) { return std::to_string(time.count()) + " ms"; }

// ", connection refused"; empty where nothing is known.
std::string also(const std::string& detail) { return detail.empty() ? detail : ", " + detail; }

// Of a step that has no other words.
std::string end_of(const HandshakeFacts& facts) { return facts.detail.empty() ? "ended" : facts.detail; }

std::string negotiate_line(const HandshakeFacts& facts) {
    if (facts.selected) {
        std::string flags;
        for (const std::string& name : negotiation::flag_names(facts.response_flags))
            flags += (flags.empty() ? ", flags: " : ", ") + name;
        return "negotiate: " + negotiation::protocol_name(*facts.selected) + " chosen in " +
               took(facts.negotiate_time) + flags;
    }
    std::string line = "negotiate: " + end_of(facts);
    if (facts.stage == HandshakeStage::negotiation_failure)
        line += " (code " + std::to_string(facts.failure_code) + ")";
    line += ", after " + took(facts.negotiate_time);
    if (!facts.first_bytes.empty())
        line += ", first bytes " + facts.first_bytes;
    return line;
}

} // namespace

std::string text_of(const Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::vector<std::string> steps(const HandshakeFacts& facts) {
    if (facts.stage == HandshakeStage::resolve_failed)
        return {"resolve: " + facts.target.host + also(facts.detail) + ", after " + took(facts.connect_time)};
    std::vector<std::string> lines;
    if (facts.resolve_time)
        lines.push_back("resolve: " + facts.target.host + " in " + took(*facts.resolve_time));
    const milliseconds connect_time = facts.connect_time - facts.resolve_time.value_or(milliseconds{0});
    const std::string connected = "connect: " + text_of({facts.address, facts.target.port});
    if (facts.local_address.empty()) {
        lines.push_back(connected + also(facts.detail) + ", after " + took(connect_time));
        return lines;
    }
    lines.push_back(connected + " in " + took(connect_time) + ", from " + facts.local_address);
    lines.push_back(negotiate_line(facts));
    if (reached_tls(facts.stage)) {
        if (facts.stage == HandshakeStage::complete)
            lines.push_back("tls: " + facts.tls_version + ", " + facts.cipher + " in " + took(facts.tls_time));
        else
            lines.push_back("tls: " + end_of(facts) + ", after " + took(facts.tls_time));
    }
    if (!facts.certificate.empty()) {
        std::string line = "certificate: " + sha1_thumbprint(facts.certificate);
        if (const Result<X509Facts> leaf = parse_certificate(facts.certificate))
            line +=
                ", " + leaf->subject + ", valid from " + to_iso(leaf->not_before) + " to " + to_iso(leaf->not_after);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<Finding> wire_findings(const HandshakeFacts& facts, const JudgeContext& context) {
    std::vector<Finding> findings;
    for (Problem& problem : problems_of(facts, context)) {
        Finding finding{"handshake." + problem.code, problem.severity, std::move(problem.meaning)};
        if (!problem.advice.empty())
            finding.text += ". " + problem.advice;
        finding.repair = std::move(problem.repair);
        finding.subject = std::move(problem.subject);
        finding.evidence = steps(facts);
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace rdpmedic::handshake
