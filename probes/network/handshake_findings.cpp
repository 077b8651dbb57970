// What does a handshake say about the host that was asked, from the wire alone?
#include "probes/network/handshake_findings.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/x509.hpp"
#include "probes/time_text.hpp"

namespace rdpmedic::handshake {
namespace {

namespace negotiation = rdp_negotiation;
using std::chrono::milliseconds;

// A problem without what is the same for all: the probe's name before the code, and the evidence.
struct Problem {
    std::string code;
    Severity severity;
    std::string text;
    std::string repair{};
    std::string subject{};
};

// What clients show for a connection that the host closes or resets is disconnect reason 2308, 0x904:
// https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected
Problem before_reply(const HandshakeFacts& facts, const std::string& target) {
    const std::string causes =
        " Most likely TermService hangs, a security product or filter cuts the connection, or the "
        "connection limit of the listener is reached.";
    switch (facts.stage) {
    case HandshakeStage::closed_before_reply:
        return {"closed_before_reply", Severity::critical,
                target + " accepts the connection and closes it before its first byte, which clients show as 0x904." +
                    causes,
                "termservice"};
    case HandshakeStage::reset_before_reply:
        return {"reset_before_reply", Severity::critical,
                target + " accepts the connection and resets it before its first byte, which clients show as 0x904." +
                    causes,
                "termservice"};
    default:
        return {"no_reply", Severity::critical,
                target + " accepts the connection and then says nothing. Most likely TermService hangs, or a firewall "
                         "or security product swallows the data.",
                "termservice"};
    }
}

// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/1b3920e7-0116-4345-bc45-f2c4ad012761
Problem negotiation_failure(const HandshakeFacts& facts, const std::string& target) {
    const std::string said = target + " answers " + negotiation::failure_name(facts.failure_code) + ": ";
    switch (facts.failure_code) {
    case 1:
        return {"ssl_required", Severity::critical,
                said + "it wants TLS although TLS was offered. Check SecurityLayer of the listener."};
    case 2:
        return {"legacy_security", Severity::warning,
                said + "it knows only standard RDP security, without TLS and NLA. Current clients with secure settings "
                       "are turned away. Set SecurityLayer to 2."};
    case 3:
        return {"no_certificate", Severity::critical,
                said + "it has no usable certificate and cannot start TLS. No client gets in until it has one.",
                "cert"};
    case 4:
        return {"inconsistent_flags", Severity::critical,
                said + "it takes the connection for one that is already secured. A proxy in between may be the cause."};
    case 5:
        return {"nla_required", Severity::critical,
                said + "it wants NLA (CredSSP) although NLA was offered. Check SecurityLayer and UserAuthentication."};
    case 6:
        return {"client_certificate_required", Severity::critical,
                said + "it wants clients to show a certificate. Ordinary clients cannot connect."};
    }
    return {"negotiation_refused", Severity::critical, said + "the host refuses the security that clients offer."};
}

// https://learn.microsoft.com/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts
Problem tls_alert(const HandshakeFacts& facts, const std::string& target) {
    const std::uint8_t alert = facts.alert.value_or(0);
    const std::string said = target + " starts TLS and gives up with alert " + std::to_string(alert) + " (" +
                             negotiation::alert_name(alert) + "). ";
    switch (alert) {
    case 40:
        return {"tls_alert", Severity::critical,
                said + "It shares no cipher suite with the client, or cannot use its key. Check the cipher suite order "
                       "and the SCHANNEL settings, then the certificate's private key."};
    case 70:
        return {"tls_alert", Severity::critical,
                said + "It shares no TLS version with the client. Check the SCHANNEL protocol settings; TLS 1.2 must "
                       "not be disabled."};
    case 71:
        return {"tls_alert", Severity::critical,
                said + "It demands stronger cipher suites than the client has. Check the cipher suite order."};
    case 80:
        return {"tls_alert", Severity::critical,
                said + "Most likely TermService cannot use the private key of its certificate.", "cert"};
    }
    return {"tls_alert", Severity::critical, said + "The Schannel events in the System log say more."};
}

// The host agreed to TLS and then broke the connection: with a certificate whose private key the account of the
// listener cannot read, every client is dropped at this point.
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/event-id-troubleshoot-vm-rdp-connecton
Problem during_tls(const HandshakeFacts& facts, const std::string& target) {
    const std::string key = " the moment TLS starts, which clients show as 0x904. Most likely TermService (NETWORK "
                            "SERVICE) cannot use the private key of its certificate.";
    switch (facts.stage) {
    case HandshakeStage::tls_closed:
        return {"tls_closed", Severity::critical, target + " agrees to TLS and closes the connection" + key, "cert"};
    case HandshakeStage::tls_reset:
        return {"tls_reset", Severity::critical, target + " agrees to TLS and resets the connection" + key, "cert"};
    case HandshakeStage::tls_silent:
        return {"tls_silent", Severity::critical,
                target + " agrees to TLS and then says nothing. TermService or the key service (KeyIso, LSASS) hangs, "
                         "or something in between swallows large packets."};
    default:
        return {"tls_failed", Severity::critical,
                target + " agrees to TLS, but what follows is not understood: " + facts.detail +
                    ". A proxy or security product in between may break TLS open."};
    }
}

std::optional<Problem> problem_of(const HandshakeFacts& facts) {
    const std::string target = text_of(facts.target);
    switch (facts.stage) {
    case HandshakeStage::resolve_failed:
        return Problem{"resolve_failed", Severity::unknown,
                       "the name " + facts.target.host + " has no address, so the listener was not tried: " +
                           facts.detail + ". Check the name and DNS."};
    case HandshakeStage::refused:
        return Problem{"refused", Severity::critical,
                       "nothing listens on " + target +
                           ": the connection is refused. Check that TermService runs, that "
                           "Remote Desktop is switched on, and that PortNumber is the port that clients use.",
                       "termservice"};
    case HandshakeStage::unreachable:
        return Problem{"unreachable", Severity::critical,
                       target + " cannot be reached: " + facts.detail +
                           ". A firewall or filter drops the connection, or the host or the way to it is down."};
    case HandshakeStage::closed_before_reply:
    case HandshakeStage::reset_before_reply:
    case HandshakeStage::silent:
        return before_reply(facts, target);
    case HandshakeStage::not_rdp:
        return Problem{"not_rdp", Severity::critical,
                       "another program answers on " + target + ": " + facts.detail +
                           ". Stop that program, or move it or Remote Desktop to another port."};
    case HandshakeStage::malformed_reply:
        return Problem{"malformed_reply", Severity::critical,
                       "the answer of " + target + " is no valid RDP connection confirm: " + facts.detail +
                           ". Another program owns the port, or something in between changes the data."};
    case HandshakeStage::negotiation_failure:
        return negotiation_failure(facts, target);
    case HandshakeStage::legacy_only:
        return Problem{"legacy_security", Severity::warning,
                       target + " offers only standard RDP security, without TLS and NLA. Current clients with secure "
                                "settings are turned away. Set SecurityLayer to 2."};
    case HandshakeStage::tls_alert:
        return tls_alert(facts, target);
    case HandshakeStage::tls_closed:
    case HandshakeStage::tls_reset:
    case HandshakeStage::tls_silent:
    case HandshakeStage::tls_failed:
        return during_tls(facts, target);
    case HandshakeStage::complete:
        return std::nullopt;
    }
    return Problem{"unknown", Severity::unknown, "the handshake ended in a stage that this version does not know"};
}

milliseconds total_time(const HandshakeFacts& facts) {
    return facts.connect_time + facts.negotiate_time + facts.tls_time;
}

void add_certificate_problems(const HandshakeFacts& facts, Time now, std::vector<Problem>& problems) {
    const Result<X509Facts> leaf = parse_certificate(facts.certificate);
    if (!leaf) {
        problems.push_back({"unknown", Severity::unknown,
                            "the certificate that the listener serves cannot be read: " + describe(leaf.error()), "",
                            "the served certificate"});
        return;
    }
    if (now > leaf->not_after)
        problems.push_back({"certificate_expired", Severity::critical,
                            "the listener serves a certificate that expired at " + to_iso(leaf->not_after) + ".",
                            "cert"});
    if (now < leaf->not_before)
        problems.push_back({"certificate_not_yet_valid", Severity::critical,
                            "the listener serves a certificate that is valid only from " + to_iso(leaf->not_before) +
                                " on. Check the clock of the host first."});
}

std::vector<Problem> problems_of_complete(const HandshakeFacts& facts, const JudgeContext& context) {
    std::vector<Problem> problems;
    add_certificate_problems(facts, context.now, problems);
    if (facts.selected == negotiation::protocol_ssl)
        problems.push_back({"no_nla", Severity::warning,
                            "the listener does not ask for NLA: anybody reaches the logon screen before proving who "
                            "they are. Set UserAuthentication to 1."});
    if (facts.tls_version == "TLSv1" || facts.tls_version == "TLSv1.1")
        problems.push_back({"old_tls", Severity::warning,
                            "the best that the listener agrees to is " + facts.tls_version +
                                ", which many clients refuse. Check the SCHANNEL protocol settings; TLS 1.2 must not "
                                "be disabled."});
    if (total_time(facts) > context.limits.handshake_slow)
        problems.push_back(
            {"slow", Severity::warning,
             "the handshake took " + std::to_string(total_time(facts).count()) + " ms, more than " +
                 std::to_string(context.limits.handshake_slow.count()) +
                 " ms. The host is short of processor time or memory, or a check of revocation or a name "
                 "look-up holds it up."});
    return problems;
}

std::string took(milliseconds time) { return std::to_string(time.count()) + " ms"; }

std::string negotiate_line(const HandshakeFacts& facts) {
    if (facts.selected) {
        std::string flags;
        for (const std::string& name : negotiation::flag_names(facts.response_flags))
            flags += (flags.empty() ? ", flags: " : ", ") + name;
        return "negotiate: " + negotiation::protocol_name(*facts.selected) + " chosen in " +
               took(facts.negotiate_time) + flags;
    }
    std::string line = "negotiate: " + facts.detail;
    if (facts.stage == HandshakeStage::negotiation_failure)
        line += " (code " + std::to_string(facts.failure_code) + ")";
    line += ", after " + took(facts.negotiate_time);
    if (!facts.first_bytes.empty())
        line += ", first bytes " + facts.first_bytes;
    return line;
}

bool reached_tls(HandshakeStage stage) {
    switch (stage) {
    case HandshakeStage::tls_closed:
    case HandshakeStage::tls_reset:
    case HandshakeStage::tls_alert:
    case HandshakeStage::tls_silent:
    case HandshakeStage::tls_failed:
    case HandshakeStage::complete:
        return true;
    default:
        return false;
    }
}

} // namespace

std::string text_of(const Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::vector<std::string> steps(const HandshakeFacts& facts) {
    if (facts.local_address.empty()) {
        const std::string address =
            facts.address.empty() || facts.address == facts.target.host ? "" : " (" + facts.address + ")";
        return {"connect: " + text_of(facts.target) + address + ", " + facts.detail + ", after " +
                took(facts.connect_time)};
    }
    std::vector<std::string> lines{"connect: " + text_of({facts.address, facts.target.port}) + " in " +
                                   took(facts.connect_time) + ", from " + facts.local_address};
    lines.push_back(negotiate_line(facts));
    if (reached_tls(facts.stage)) {
        if (facts.stage == HandshakeStage::complete)
            lines.push_back("tls: " + facts.tls_version + ", " + facts.cipher + " in " + took(facts.tls_time));
        else
            lines.push_back("tls: " + facts.detail + ", after " + took(facts.tls_time));
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
    std::vector<Problem> problems;
    if (std::optional<Problem> problem = problem_of(facts))
        problems.push_back(std::move(*problem));
    else
        problems = problems_of_complete(facts, context);
    std::vector<Finding> findings;
    for (Problem& problem : problems) {
        Finding finding{"handshake." + problem.code, problem.severity, std::move(problem.text)};
        finding.repair = std::move(problem.repair);
        finding.subject = std::move(problem.subject);
        finding.evidence = steps(facts);
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace rdpmedic::handshake
