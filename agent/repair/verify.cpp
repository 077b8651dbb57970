// Is the host cured? Seen with fresh eyes, never taken from what a repair believes to have done.
#include "agent/repair/verify.hpp"

#include "probes/cert.hpp"
#include "probes/formats/x509.hpp"
#include "probes/handshake_target.hpp"
#include "probes/network/handshake_stages.hpp"
#include "probes/registry.hpp"
#include "probes/termservice.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

bool holds(const std::vector<Finding>& findings, const Finding& wanted) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.code == wanted.code && finding.subject == wanted.subject;
    });
}

bool has_code(const std::vector<Finding>& findings, const std::string& code) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.code == code; });
}

// Counted and not compared: the subject of an unknown names the certificate, which a repair may have replaced.
std::vector<Finding> unknowns(const std::vector<Finding>& findings) {
    std::vector<Finding> result;
    for (const Finding& finding : findings)
        if (finding.severity == Severity::unknown)
            result.push_back(finding);
    return result;
}

// Whether a handshake must succeed now. An error: what decides it could not be read. A certificate can be cured while
// TermService is stopped, and the services of a host that is switched off need not answer.
Result<bool> listener_should_listen(const Host& host, bool must) {
    auto facts = termservice::collect(host);
    if (!facts)
        return facts.error();
    if (!facts->deny_connections)
        return facts->deny_connections.error();
    if (termservice::rdp_switch(*facts) != termservice::RdpSwitch::on)
        return false;
    if (!facts->term_service)
        return facts->term_service.error();
    return must || facts->term_service->state == ServiceState::running;
}

// SecurityLayer 0 keeps TLS off, so that no certificate is ever shown:
// https://learn.microsoft.com/windows/win32/termserv/win32-tsgeneralsetting
bool tls_is_switched_off(const Host& host) {
    auto layer = effective_dword(host, keys::terminal_services_policy, keys::rdp_tcp, "SecurityLayer");
    return layer && layer->value == 0;
}

Verdict judge_certificate(const Host& host, const HandshakeFacts& handshake) {
    if (handshake.stage == HandshakeStage::legacy_only && tls_is_switched_off(host))
        return {true, "the findings are gone; TLS is switched off (SecurityLayer 0), so no certificate is served",
                true};
    if (handshake.stage != HandshakeStage::complete)
        return {false, "the RDP handshake does not complete: " + handshake.detail};
    auto facts = cert::collect(host);
    if (!facts)
        return {false, "the certificate could not be read again: " + describe(facts.error())};
    const std::string served = sha1_thumbprint(handshake.certificate);
    const cert::CertificateFacts* expected = facts->in_use();
    if (expected == nullptr)
        return {false, "it is not known which certificate the listener should serve"};
    if (expected->thumbprint != served)
        return {false, "the listener serves certificate " + served + ", expected " + expected->thumbprint};
    return {true, "the findings are gone and the listener serves certificate " + served};
}

} // namespace

Verdict prove_handshake(const Host& host, const std::string& rdp_address, bool must) {
    const Result<bool> should = listener_should_listen(host, must);
    if (!should)
        return {false, "whether the listener should listen is not known: " + describe(should.error())};
    if (!*should)
        return {true, "the findings are gone; the listener need not listen now, so no handshake proves it", true};
    const Result<handshake::Target> target = handshake::target_of(host, rdp_address);
    if (!target)
        return {false, "the port of the listener is not known: " + describe(target.error())};
    auto handshake = host.rdp_handshake(target->endpoint);
    if (!handshake)
        return {false, "the RDP handshake could not be tried: " + describe(handshake.error())};
    Verdict verdict = judge_certificate(host, *handshake);
    if (!verdict.cured && !target->evidence.empty())
        verdict.why += " (" + target->evidence + ")";
    return verdict;
}

std::string still_wrong(const std::vector<Finding>& wanted_gone, const std::vector<Finding>& before,
                        const std::vector<Finding>& now) {
    for (const Finding& finding : now) {
        const bool stood_apart = holds(before, finding) && !holds(wanted_gone, finding);
        if (has_code(wanted_gone, finding.code) && !stood_apart)
            return finding.code + " still stands: " + finding.text;
        if (finding.severity == Severity::critical && !has_code(before, finding.code))
            return finding.code + " is new: " + finding.text;
    }
    if (const auto blind = unknowns(now); blind.size() > unknowns(before).size())
        return "what could be read before no longer can: " + blind.back().text;
    return {};
}

Verdict verify(const Host& host, const Cure& cure) {
    const auto now = cure.look();
    if (!now)
        return {false, "the probe could not look again: " + describe(now.error())};
    if (std::string wrong = still_wrong(cure.wanted_gone, cure.before, *now); !wrong.empty())
        return {false, wrong};
    const auto asked = cure.still_asked();
    if (!asked)
        return {false, "whether it is as asked could not be read again: " + describe(asked.error())};
    if (!asked->empty())
        return {false, *asked};
    if (cure.proof == HandshakeProof::nothing)
        return {true, "it is as asked"};
    Verdict verdict = prove_handshake(host, cure.rdp_address, cure.after_restart);
    if (!verdict.cured && cure.proof == HandshakeProof::no_worse && !cure.proved_before && !cure.after_restart)
        return {true, "as before it, " + verdict.why, true};
    return verdict;
}

} // namespace rdpmedic
