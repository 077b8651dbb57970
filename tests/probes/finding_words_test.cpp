// Can a person read what the probes say: no holes, no numbers without words, and the same full stops everywhere?
#include "probes/error_words.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_report.hpp"
#include "probes/probe.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "probes/sessions.hpp"
#include "tests/probes/listener_findings.hpp"
#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

std::vector<Finding> findings_of(const std::string& name) {
    const auto host = load_recorded_host(recorded_hosts_folder() / (name + ".json"));
    if (!host)
        FAIL(describe(host.error()));
    JudgeContext context;
    context.now = (*host)->now().value();
    std::vector<Finding> all;
    for (const Probe& probe : all_probes())
        if (const auto findings = probe.run(**host, context))
            all.insert(all.end(), findings->begin(), findings->end());
    return all;
}

// All that is said of a host, a line each.
std::vector<std::string> lines_of(const std::string& name) {
    std::vector<std::string> lines;
    for (const Finding& finding : findings_of(name)) {
        lines.push_back(finding.text);
        lines.insert(lines.end(), finding.evidence.begin(), finding.evidence.end());
    }
    return lines;
}

bool has_hole(const std::string& line) {
    for (const char* hole : {": ,", ", ,", ": .", ":  ", "not in the recording"})
        if (line.find(hole) != std::string::npos)
            return true;
    return line.ends_with(": ") || line.ends_with(", ");
}

HandshakeFacts without_detail(HandshakeStage stage) {
    HandshakeFacts facts;
    facts.target = {"host01", 3389};
    facts.address = "192.0.2.7";
    if (stage != HandshakeStage::refused && stage != HandshakeStage::unreachable)
        facts.local_address = "192.0.2.9:51000";
    if (stage >= HandshakeStage::tls_closed)
        facts.selected = 2;
    facts.stage = stage;
    return facts;
}

} // namespace

TEST_CASE("no finding of a recorded host has a hole in its words or a full stop behind them") {
    for (const RecordedCase& recorded : recorded_cases()) {
        INFO(recorded.name);
        for (const Finding& finding : findings_of(recorded.name)) {
            INFO(finding.text);
            CHECK_FALSE(finding.text.ends_with("."));
        }
        for (const std::string& line : lines_of(recorded.name)) {
            INFO(line);
            CHECK_FALSE(has_hole(line));
        }
    }
}

TEST_CASE("a handshake that ends without a word leaves no hole in its report") {
    for (int stage = 0; stage <= static_cast<int>(HandshakeStage::complete); ++stage) {
        const HandshakeFacts facts = without_detail(static_cast<HandshakeStage>(stage));
        const std::string text = handshake::report(facts, JudgeContext{});
        INFO(text);
        if (facts.stage != HandshakeStage::complete)
            CHECK_FALSE(has_hole(text));
        for (const Finding& finding : handshake::wire_findings(facts, JudgeContext{})) {
            INFO(finding.text);
            CHECK_FALSE(has_hole(finding.text));
            CHECK_FALSE(finding.text.ends_with("."));
            CHECK(finding.text.find("..") == std::string::npos);
        }
    }
}

TEST_CASE("a number that Windows gives stands beside its words") {
    struct Row {
        const char* host;
        const char* line;
    };
    const Row row = GENERATE(values<Row>({
        {"s02-key-unreadable",
         "NETWORK SERVICE has none of the rights that reading takes (0x0 of 0x120089), and none is denied (0x0)"},
        {"s09-firewall-service-crashes",
         "service MpsSvc: exit code 1066 (ERROR_SERVICE_SPECIFIC_ERROR): the service ended with its own error 13"},
        {"case-i-patch-does-not-fit", "the signature is not trusted: 0x800B0100 (the file has no signature)"},
        {"case-n-port-taken", "process 3120: C:\\Windows\\System32\\svchost.exe, service iphlpsvc"},
        {"s07-closed-before-answer", "negotiate: connection reset by the peer, after 1 ms"},
    }));
    INFO(row.host << ": " << row.line);
    const std::vector<std::string> lines = lines_of(row.host);
    CHECK(std::count(lines.begin(), lines.end(), row.line) >= 1);
}

TEST_CASE("a host that chose standard RDP security is not said to have chosen TLS") {
    const std::vector<std::string> lines = lines_of("s23-weakened");
    const auto said = [&](const char* part) {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return line.find(part) != std::string::npos; });
    };
    CHECK(said("offers only standard RDP security"));
    CHECK(said("negotiate: standard RDP security chosen"));
    CHECK_FALSE(said("TLS with NLA"));
}

TEST_CASE("the session entry of a listener that listens nowhere is said with the name of its state") {
    FakeHost host = listeners::healthy();
    listeners::nobody_listens(host);
    const auto found = listeners::findings(host);
    REQUIRE(found.size() == 1);
    CHECK(std::count(found[0].evidence.begin(), found[0].evidence.end(), "session entry RDP-Tcp: listen") == 1);
}

TEST_CASE("a signature says whose it is or why it is not trusted") {
    CHECK(describe(SignatureFacts{0, "Microsoft Windows", true}) == "signed by Microsoft Windows");
    CHECK(describe(SignatureFacts{0x80096010, "Microsoft Windows", false}) ==
          "the signature is not trusted: 0x80096010 (the file does not fit its signature)");
    CHECK(describe(SignatureFacts{0x80001234, "", false}) == "the signature is not trusted: 0x80001234");
}

TEST_CASE("one session and one connection are said in the singular, and a state is said once") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 1);
    host.set_dword(keys::rdp_tcp, "MaxInstanceCount", 1);
    host.give("tcp_connections", std::vector<TcpConnection>{});
    Session user = listeners::session(2, "RDP-Tcp#0", SessionState::active);
    user.user = "user01";
    host.session_list = std::vector<Session>{listeners::session(0, "Services", SessionState::disconnected), user,
                                             listeners::session(4, "", SessionState::down)};
    JudgeContext context;
    context.now = host.time;
    std::vector<std::string> texts;
    for (const Finding& finding : sessions::judge(sessions::collect(host).value(), context))
        texts.push_back(finding.text);
    CHECK(std::count(texts.begin(), texts.end(),
                     "one session takes the one connection that is allowed: the next user is refused") == 1);
    CHECK(std::count(texts.begin(), texts.end(), "session 4 (down): Windows could not initialise or end it") == 1);
}
