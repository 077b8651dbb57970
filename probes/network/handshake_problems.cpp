// What does each way in which a handshake can end mean for a client, and what is to be done?
#include "probes/network/handshake_problems.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/tls_alert.hpp"
#include "probes/formats/x509.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_stages.hpp"
#include "probes/time_text.hpp"

namespace rdpmedic::handshake {
namespace {

namespace negotiation = rdp_negotiation;
using enum Severity;

// ": connection refused"; empty where nothing is known.
std::string because(const std::string& detail) { return detail.empty() ? detail : ": " + detail; }

// What clients show for a connection that the host closes or resets is disconnect reason 2308, 0x904:
// https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected
Problem before_reply(const HandshakeFacts& facts, const std::string& target) {
    const std::string advice =
        "On that host, restart TermService if it hangs; else look for a security product or filter that cuts the "
        "connection, and whether the connection limit of the listener (MaxInstanceCount) is reached";
    const std::string shown = " before its first byte, which clients show as 0x904";
    switch (facts.stage) {
    case HandshakeStage::closed_before_reply:
        return {"closed_before_reply", critical, target + " accepts the connection and closes it" + shown, advice,
                "termservice"};
    case HandshakeStage::reset_before_reply:
        return {"reset_before_reply", critical, target + " accepts the connection and resets it" + shown, advice,
                "termservice"};
    default:
        return {"no_reply", critical,
                target + " accepts the connection and then says nothing: TermService hangs, or a firewall or security "
                         "product swallows the data",
                "On that host, restart TermService if it hangs; from elsewhere, try from a network without a filter in "
                "between",
                "termservice"};
    }
}

// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/1b3920e7-0116-4345-bc45-f2c4ad012761
Problem negotiation_failure(const HandshakeFacts& facts, const std::string& target) {
    const std::string said = target + " answers " + negotiation::failure_name(facts.failure_code) + ": ";
    switch (facts.failure_code) {
    case 1:
        return {"ssl_required", critical, said + "it wants TLS although TLS was offered",
                "Check SecurityLayer of the listener, and whether something in between changes the request"};
    case 2:
        return {"legacy_security", warning,
                said + "it knows only standard RDP security, without TLS and NLA, and turns away clients with secure "
                       "settings",
                "Set SecurityLayer to 2 on that host, by policy or on the listener"};
    case 3:
        return {"no_certificate", critical,
                said + "it has no usable certificate, so it cannot start TLS and no client gets in",
                "Give the listener a certificate that it can use; restarting TermService makes Windows create one",
                "cert"};
    case 4:
        return {"inconsistent_flags", critical,
                said + "it takes the connection for one that is already secured, as a proxy in between may cause",
                "Connect without the proxy or gateway, and look at its settings"};
    case 5:
        return {"nla_required", critical, said + "it wants NLA (CredSSP) although NLA was offered",
                "Check SecurityLayer and UserAuthentication of the listener, and whether something in between changes "
                "the request"};
    case 6:
        return {"client_certificate_required", critical,
                said + "it wants clients to show a certificate, so ordinary clients cannot connect",
                "Connect with a client that has a certificate of that host's authority, or relax the demand there"};
    }
    return {"negotiation_refused", critical, said + "it refuses the security that clients offer",
            "The number is not documented: look at what listens on that host, and at the newest description of "
            "RDP_NEG_FAILURE"};
}

struct AlertWords {
    std::string_view meaning, advice, repair{};
};

constexpr AlertWords suites{"it shares no cipher suite with the client, or cannot use its key",
                            "Check the cipher suite order and the SCHANNEL settings, then the certificate's private "
                            "key"};
constexpr AlertWords client_certificate{"it wants a certificate of the client and does not accept none",
                                        "A listener of Windows does not ask for one: look for a proxy or gateway on "
                                        "that port"};
constexpr AlertWords after_certificate{
    "it has shown its certificate by then, so that version and cipher suite are agreed: it "
    "demands a certificate of the client, or cannot use the key of its own",
    "A listener of Windows does not ask for one: look for a proxy or gateway on that "
    "port, then at the rights on the certificate's private key"};
constexpr AlertWords versions{"it shares no TLS version with the client",
                              "Check the SCHANNEL protocol settings; TLS 1.2 must not be disabled"};
constexpr AlertWords strength{"it demands stronger cipher suites than the client has", "Check the cipher suite order"};
constexpr AlertWords private_key{"most likely TermService cannot use the private key of its certificate",
                                 "Check the rights of NETWORK SERVICE on the private key", "cert"};
constexpr AlertWords server_name{"it does not know the name under which it was asked",
                                 "Ask under the name in its certificate, or by its address. A listener of Windows does "
                                 "not mind: look for a proxy on that port"};
constexpr AlertWords garbled{"it does not understand what arrives, as if something in between had changed it",
                             "Connect without the proxies, gateways and security products in between"};
constexpr AlertWords other{"it gives no reason beyond that", "Read the Schannel events in the System log of that host"};

const AlertWords& words_of(std::uint8_t alert) {
    switch (alert) {
    case 10:
    case 20:
    case 21:
    case 22:
    case 30:
    case 47:
    case 50:
    case 51:
        return garbled;
    case 40:
        return suites;
    case 42:
    case 43:
    case 44:
    case 45:
    case 46:
    case 48:
    case 116:
        return client_certificate;
    case 70:
        return versions;
    case 71:
        return strength;
    case 80:
        return private_key;
    case 112:
        return server_name;
    }
    return other;
}

// https://learn.microsoft.com/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts
Problem tls_alert(const HandshakeFacts& facts, const std::string& target) {
    const std::uint8_t alert = facts.alert.value_or(0);
    // handshake_failure says nothing of the suites once the certificate was there, which follows the choice of them.
    const bool agreed = alert == 40 && !facts.certificate.empty();
    const AlertWords& words = agreed ? after_certificate : words_of(alert);
    return {"tls_alert",
            critical,
            target + " starts TLS and gives up with alert " + std::to_string(alert) + " (" + alert_name(alert) +
                "), which Windows clients report as " + describe(schannel_error(alert)) + ": " +
                std::string(words.meaning),
            std::string(words.advice),
            std::string(words.repair),
            "alert " + std::to_string(alert) + (agreed ? " after the certificate" : "")};
}

// The host agreed to TLS and then broke the connection: with a certificate whose private key the account of the
// listener cannot read, every client is dropped at this point.
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/event-id-troubleshoot-vm-rdp-connecton
Problem during_tls(const HandshakeFacts& facts, const std::string& target) {
    const std::string key = " the moment TLS starts, which clients show as 0x904: most likely TermService (NETWORK "
                            "SERVICE) cannot use the private key of its certificate";
    const std::string advice =
        "Look for Schannel 36870 in the System log of that host, and check the rights of NETWORK "
        "SERVICE on the private key";
    switch (facts.stage) {
    case HandshakeStage::tls_closed:
        return {"tls_closed", critical, target + " agrees to TLS and closes the connection" + key, advice, "cert"};
    case HandshakeStage::tls_reset:
        return {"tls_reset", critical, target + " agrees to TLS and resets the connection" + key, advice, "cert"};
    case HandshakeStage::tls_silent:
        return {"tls_silent", critical,
                target + " agrees to TLS and then says nothing: TermService or the key service (KeyIso, LSASS) hangs, "
                         "or something in between swallows large packets",
                "Try on that host itself: if TLS completes there, look at the MTU of the way (VPN, tunnels), else "
                "restart TermService"};
    default:
        return {"tls_failed", critical,
                target + " agrees to TLS, but what follows is not understood" + because(facts.detail),
                "A proxy or security product in between may break TLS open: connect without it"};
    }
}

Problem no_connection(const HandshakeFacts& facts, const std::string& target) {
    switch (facts.stage) {
    case HandshakeStage::refused:
        return {"refused", critical, "nothing listens on " + target + ": the connection is refused",
                "Check that TermService runs, that Remote Desktop is switched on, and that PortNumber is the port that "
                "clients use",
                "termservice"};
    case HandshakeStage::unreachable:
        return {"unreachable", critical, target + " cannot be reached" + because(facts.detail),
                "Check that the host is on, the way to it, and the firewalls on it and before it: one of them drops "
                "the connection"};
    default:
        return {"resolve_failed", unknown,
                "the listener was not tried, because the name " + facts.target.host + " gives no address" +
                    because(facts.detail),
                "Check the name and DNS, or try the address of the host"};
    }
}

Problem other_answer(const HandshakeFacts& facts, const std::string& target) {
    switch (facts.stage) {
    case HandshakeStage::not_rdp:
        return {"not_rdp", critical, "another program answers on " + target + because(facts.detail),
                "Stop that program, or move it or Remote Desktop to another port"};
    case HandshakeStage::x224_refused:
        return {"x224_refused", critical,
                target + " speaks the transport of RDP and refuses the connection" + because(facts.detail),
                "A listener of Windows answers with a confirm: look for a gateway, broker or other RDP server on that "
                "port, and at its log"};
    default:
        return {"malformed_reply", critical,
                "the answer of " + target + " is no valid RDP connection confirm" + because(facts.detail),
                "Another program owns the port, or something in between changes the data: look at the owner of the "
                "port on that host"};
    }
}

Problem legacy(const std::string& target) {
    return {"legacy_security", warning,
            target + " offers only standard RDP security, without TLS and NLA, which current clients with secure "
                     "settings do not accept",
            "Set SecurityLayer to 2 on that host, by policy or on the listener"};
}

std::optional<Problem> unfinished(const HandshakeFacts& facts) {
    const std::string target = text_of(facts.target);
    switch (progress_of(facts.stage)) {
    case Progress::no_address:
    case Progress::no_connection:
        return no_connection(facts, target);
    case Progress::no_answer:
        return before_reply(facts, target);
    case Progress::other_answer:
        return other_answer(facts, target);
    case Progress::rdp_answer:
        return facts.stage == HandshakeStage::legacy_only ? legacy(target) : negotiation_failure(facts, target);
    case Progress::tls_begun:
        return facts.stage == HandshakeStage::tls_alert ? tls_alert(facts, target) : during_tls(facts, target);
    case Progress::complete:
        break;
    }
    return std::nullopt;
}

void add_certificate(const HandshakeFacts& facts, Time now, std::vector<Problem>& problems) {
    const Result<X509Facts> leaf = parse_certificate(facts.certificate);
    if (!leaf) {
        problems.push_back({"unknown", unknown,
                            "the certificate that the listener serves cannot be read: " + describe(leaf.error()),
                            "Clients may refuse it too: give the listener another one", "", "the served certificate"});
        return;
    }
    if (now > leaf->not_after)
        problems.push_back({"certificate_expired", critical,
                            "the listener serves a certificate that expired at " + to_iso(leaf->not_after),
                            "Renew it; one that Windows made itself is replaced when it is deleted and TermService is "
                            "restarted",
                            "cert"});
    if (now < leaf->not_before)
        problems.push_back(
            {"certificate_not_yet_valid", critical,
             "the listener serves a certificate that is valid only from " + to_iso(leaf->not_before) + " on",
             "Check the clock of the host first, and that of this machine"});
}

std::vector<Problem> problems_of_complete(const HandshakeFacts& facts, const JudgeContext& context) {
    std::vector<Problem> problems;
    add_certificate(facts, context.now, problems);
    if (facts.selected == negotiation::protocol_ssl)
        problems.push_back({"no_nla", warning,
                            "the listener does not ask for NLA, so that anybody reaches the logon screen before "
                            "proving who they are",
                            "Set UserAuthentication to 1 on that host, by policy or on the listener"});
    if (facts.tls_version == "TLSv1" || facts.tls_version == "TLSv1.1")
        problems.push_back(
            {"old_tls", warning,
             "the best that the listener agrees to is " + facts.tls_version + ", which many clients refuse",
             "Check the SCHANNEL protocol settings; TLS 1.2 must not be disabled"});
    if (time_of_host(facts) > context.limits.handshake_slow)
        problems.push_back({"slow", warning,
                            "the handshake took " + std::to_string(time_of_host(facts).count()) + " ms, more than " +
                                std::to_string(context.limits.handshake_slow.count()) + " ms",
                            "The times of the steps say which is slow: the network (connect), the host (negotiate), or "
                            "its processor, memory or key (tls)"});
    return problems;
}

} // namespace

std::chrono::milliseconds time_of_host(const HandshakeFacts& facts) {
    const std::chrono::milliseconds resolve_time = facts.resolve_time.value_or(std::chrono::milliseconds{0});
    return facts.connect_time - resolve_time + facts.negotiate_time + facts.tls_time;
}

std::vector<Problem> problems_of(const HandshakeFacts& facts, const JudgeContext& context) {
    if (std::optional<Problem> problem = unfinished(facts))
        return {std::move(*problem)};
    return problems_of_complete(facts, context);
}

} // namespace rdpmedic::handshake
