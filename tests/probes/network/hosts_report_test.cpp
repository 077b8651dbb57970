// Can a person and a script read the handshakes with many hosts?
#include "probes/network/handshake_report.hpp"

#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::handshake;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

JudgeContext january() {
    JudgeContext context;
    context.now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 15};
    return context;
}

HandshakeFacts complete(std::uint32_t selected) {
    CertificateOrder order;
    order.key = "EC-P-256";
    HandshakeFacts facts;
    facts.stage = HandshakeStage::complete;
    facts.local_address = "192.0.2.9:51000";
    facts.selected = selected;
    facts.tls_version = "TLSv1.2";
    facts.certificate = make_certificate(order).der;
    facts.tls_time = milliseconds{30};
    return facts;
}

HandshakeFacts ended(HandshakeStage stage) {
    HandshakeFacts facts;
    facts.target = {"c", 3389};
    facts.stage = stage;
    facts.detail = "connection refused";
    return facts;
}

const Result<HandshakeFacts> pass = complete(2), warning = complete(1), critical = ended(HandshakeStage::refused),
                             unknown_name = ended(HandshakeStage::resolve_failed),
                             not_possible = Error{Errc::io, 10106, "socket(host:3389)"};

int worst_of(const std::vector<Result<HandshakeFacts>>& all) {
    HostsReport report(std::vector<Endpoint>(all.size()), january());
    for (std::size_t at = 0; at < all.size(); ++at)
        report.add(at, all[at]);
    return report.exit_status();
}

} // namespace

TEST_CASE("the time in the line of a host is without the look-up of its name") {
    HandshakeFacts facts = complete(2);
    facts.connect_time = milliseconds{4012};
    facts.resolve_time = milliseconds{4000};
    HostsReport report({{"a", 3389}}, january());
    report.add(0, facts);
    CHECK(report.line(0).find(", 42 ms\n") != std::string::npos);
    CHECK(report.exit_status() == 0);
}

TEST_CASE("each host has a line: how it came out, which, and why") {
    HostsReport report({{"a", 3389}, {"b.example.org", 3390}, {"c", 3389}, {"d", 3389}, {"::1", 1}}, january());
    report.add(0, pass);
    report.add(1, warning);
    report.add(2, critical);
    report.add(3, not_possible);
    CHECK(report.line(0) == "pass      a:3389              TLS with NLA (CredSSP), TLSv1.2, certificate until "
                            "2026-07-01T00:00:00Z, 30 ms\n");
    CHECK(report.line(1).starts_with("warning   b.example.org:3390  handshake.no_nla: the listener does not ask"));
    CHECK(report.line(2) ==
          "critical  c:3389              handshake.refused: nothing listens on c:3389: the connection "
          "is refused\n");
    CHECK(report.line(3) == "unknown   d:3389              failed (10106) at socket(host:3389)\n");
    CHECK(report.line(4) == "unknown   [::1]:1             not tried\n");
    CHECK(report.summary() == "5 hosts: 1 pass, 1 unknown, 1 warning, 1 critical; stopped, 1 not tried\n");
}

TEST_CASE("the line of a host takes no longer for a long list") {
    constexpr std::size_t hosts = 40'000; // whose lines took 24 s when each looked at all names
    const HostsReport report(std::vector<Endpoint>(hosts, {"host.example.org", 3389}), january());
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < hosts; ++at)
        if (!report.line(at).ends_with("not tried\n") || std::chrono::steady_clock::now() - start > milliseconds{5000})
            FAIL("after " << at << " of " << hosts << " lines");
    SUCCEED(hosts << " lines");
}

TEST_CASE("the exit status of many hosts is the worst") {
    CHECK(worst_of({pass, pass}) == 0);
    CHECK(worst_of({pass, unknown_name, pass}) == 3);
    CHECK(worst_of({not_possible, pass}) == 3);
    CHECK(worst_of({unknown_name, warning, pass}) == 1);
    CHECK(worst_of({warning, critical, unknown_name}) == 2);
    HostsReport stopped({{"a", 1}, {"b", 1}}, january());
    stopped.add(0, pass);
    CHECK(stopped.exit_status() == 3);
}

TEST_CASE("the JSON of many hosts is an array in their order, complete even after a stop") {
    HostsReport report({{"a", 3389}, {"c", 3389}, {"d", 3389}, {"e", 3390}}, january());
    report.add(0, pass);
    report.add(1, critical);
    report.add(2, not_possible);
    const nlohmann::json json = report.to_json();
    REQUIRE(json.is_array());
    REQUIRE(json.size() == 4);
    CHECK(json[0]["ok"] == true);
    CHECK(json[0]["tls_version"] == "TLSv1.2");
    CHECK(json[1]["findings"][0]["code"] == "handshake.refused");
    CHECK(json[2]["error"] == "failed (10106) at socket(host:3389)");
    CHECK(json[2]["ok"] == false);
    CHECK(json[3]["error"] == "not tried");
    CHECK(json[3]["target"]["host"] == "e");
    CHECK(json[3]["target"]["port"] == 3390);
    CHECK(json[3]["findings"].empty());
}
