// What does the probe handshake find on a host whose listener answers like this?
#pragma once

#include "probes/handshake.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::handshakes {

inline const Time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};

inline MadeCertificate certificate(std::string name = "host01") {
    CertificateOrder order;
    order.key = "EC-P-256";
    order.common_name = std::move(name);
    return make_certificate(order);
}

inline StoreCertificate stored(const MadeCertificate& made) {
    StoreCertificate entry;
    entry.der = made.der;
    return entry;
}

inline Bytes bytes_of_hex(const std::string& digits) {
    Bytes bytes;
    for (std::size_t digit = 0; digit < digits.size(); digit += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(digit, 2), nullptr, 16)));
    return bytes;
}

inline HandshakeFacts served(const MadeCertificate& made) {
    HandshakeFacts facts;
    facts.target = {"127.0.0.1", 3389};
    facts.address = "127.0.0.1";
    facts.local_address = "127.0.0.1:51000";
    facts.stage = HandshakeStage::complete;
    facts.selected = 2;
    facts.tls_version = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    facts.certificate = made.der;
    return facts;
}

inline JudgeContext at(Time time) {
    JudgeContext context;
    context.now = time;
    return context;
}

inline std::vector<Finding> run(const Host& host, const std::string& address = "127.0.0.1", Time time = now) {
    const auto findings = handshake::probe({address}).run(host, at(time));
    if (!findings)
        FAIL(describe(findings.error()));
    return *findings;
}

inline std::string codes(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings)
        text += (text.empty() ? "" : " ") + finding.code + (finding.repair.empty() ? "" : "+" + finding.repair);
    return text;
}

inline bool mentions(const Finding& finding, std::string_view text) {
    for (const std::string& line : finding.evidence)
        if (line.find(text) != std::string::npos)
            return true;
    return false;
}

// One that runs alone in its process, takes a stop and would start again.
inline ServiceFacts running(std::string name) {
    ServiceFacts service;
    service.name = std::move(name);
    service.state = ServiceState::running;
    service.start = StartType::manual;
    service.process_id = 1000;
    service.services_in_process = 1;
    service.accepted = 1;
    return service;
}

// The certificate has no link to its key, which the repair cert cures and no listener shows.
inline FakeHost healthy(const MadeCertificate& made) {
    FakeHost host;
    for (const char* name : {"TermService", "RpcSs", "SessionEnv"})
        host.services[FakeHost::lower(name)] = running(name);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    host.stores["Remote Desktop"] = {stored(made)};
    host.handshake = served(made);
    return host;
}

} // namespace rdpmedic::testing::handshakes
