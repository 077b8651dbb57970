// Can a person and a script read what a handshake said?
#include "probes/network/handshake_report.hpp"

#include "probes/network/handshake_problems.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::handshake;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

std::string parsed(std::string_view text) {
    const Result<Endpoint> endpoint = parse_endpoint(text);
    return endpoint ? endpoint->host + " " + std::to_string(endpoint->port) : endpoint.error().where;
}

JudgeContext january() {
    JudgeContext context;
    context.now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 15};
    return context;
}

HandshakeFacts complete() {
    CertificateOrder order;
    order.key = "EC-P-256";
    HandshakeFacts facts;
    facts.target = {"host01", 3390};
    facts.address = "192.0.2.7";
    facts.local_address = "192.0.2.9:51000";
    facts.stage = HandshakeStage::complete;
    facts.selected = 8;
    facts.response_flags = 3;
    facts.tls_version = "TLSv1.2";
    facts.cipher = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    facts.certificate = make_certificate(order).der;
    facts.connect_time = milliseconds{1};
    facts.negotiate_time = milliseconds{2};
    facts.tls_time = milliseconds{30};
    return facts;
}

HandshakeFacts refused() {
    HandshakeFacts facts;
    facts.target = {"127.0.0.1", 3389};
    facts.address = "127.0.0.1";
    facts.stage = HandshakeStage::refused;
    facts.detail = "connection refused";
    return facts;
}

} // namespace

TEST_CASE("an endpoint is read in every form that people write") {
    const auto [text, endpoint] = GENERATE(table<std::string, std::string>({
        {"host01", "host01 3389"},
        {"host01:3390", "host01 3390"},
        {"host01.example.org:1", "host01.example.org 1"},
        {"10.0.0.1:65535", "10.0.0.1 65535"},
        {"[::1]:3390", "::1 3390"},
        {"[::1]", "::1 3389"},
        {"::1", "::1 3389"},
        {"fe80::1:3389", "fe80::1:3389 3389"},
        {"my_host", "my_host 3389"},
    }));
    CHECK(parsed(text) == endpoint);
}

TEST_CASE("an endpoint that is none is refused with what is wrong") {
    const auto [text, reason] = GENERATE(table<std::string, std::string>({
        {"", "'': empty"},
        {":3389", "the host is missing"},
        {"host:", "'' is no port from 1 to 65535"},
        {"host:0", "'0' is no port"},
        {"host:65536", "'65536' is no port"},
        {"host:99999999999999999999", "is no port"},
        {"host:-1", "'-1' is no port"},
        {"host:33a9", "'33a9' is no port"},
        {"host name", "no host name"},
        {"host\r\nx", "no host name"},
        {"rdp://host", "a URL"},
        {"a:b:c", "more than one ':' and no IPv6 address"},
        {"[::1", "']' is missing"},
        {"[host]:3389", "no IPv6 address between"},
        {"[10.0.0.1]:3389", "no IPv6 address between"},
        {"[]:3389", "no IPv6 address between"},
        {"[::1]3389", "':' must follow ']'"},
        {"[::1]:", "is no port"},
    }));
    CAPTURE(text, parsed(text));
    CHECK(parse_endpoint(text).error().code == Errc::malformed);
    CHECK(parsed(text).find(reason) != std::string::npos);
    CHECK(parsed(text).find("expected HOST, HOST:PORT or [IPV6]:PORT") != std::string::npos);
}

TEST_CASE("a report of a healthy host shows each step with its time and the certificate") {
    const std::string text = report(complete(), january());
    CAPTURE(text);
    CHECK(text.starts_with(
        "RDP handshake with host01:3390\n"
        "  connect: 192.0.2.7:3390 in 1 ms, from 192.0.2.9:51000\n"
        "  negotiate: TLS with NLA (CredSSP, early user authorization) chosen in 2 ms, flags: extended "
        "client data, graphics pipeline\n"
        "  tls: TLSv1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 in 30 ms\n"
        "  certificate: "));
    CHECK(text.find("CN=host01, valid from 2026-01-01T00:00:00Z to 2026-07-01T00:00:00Z\n") != std::string::npos);
    CHECK(text.ends_with(
        "An RDP client gets as far as the logon: the listener answers, secures the connection and shows a "
        "valid certificate.\n"));
    CHECK(exit_status(complete(), january()) == 0);
}

TEST_CASE("a report of a failure says what it means and what to do") {
    const std::string text = report(refused(), january());
    CHECK(text ==
          "RDP handshake with 127.0.0.1:3389\n"
          "  connect: 127.0.0.1:3389, connection refused, after 0 ms\n"
          "An RDP client does not get through:\n"
          "  critical handshake.refused: nothing listens on 127.0.0.1:3389: the connection is refused\n"
          "    What to do: Check that TermService runs, that Remote Desktop is switched on, and that PortNumber is the "
          "port that clients use\n"
          "    On that host, 'rdpmedic check' says whether 'rdpmedic repair termservice' is called for, and with which "
          "option.\n");
    CHECK(exit_status(refused(), january()) == 2);
}

TEST_CASE("the certificate that a failing listener showed is in the report") {
    HandshakeFacts facts = complete();
    facts.stage = HandshakeStage::tls_reset;
    facts.detail = "connection reset by the peer";
    const std::string text = report(facts, january());
    CHECK(text.find("  tls: connection reset by the peer, after 30 ms\n  certificate: ") != std::string::npos);
    CHECK(text.find("critical handshake.tls_reset") != std::string::npos);
}

TEST_CASE("bytes of another protocol are shown as hex") {
    HandshakeFacts facts = complete();
    facts.stage = HandshakeStage::not_rdp;
    facts.selected.reset();
    facts.certificate.clear();
    facts.detail = "the answer looks like HTTP";
    facts.first_bytes = "48545450";
    const std::string text = report(facts, january());
    CHECK(text.find("negotiate: the answer looks like HTTP, after 2 ms, first bytes 48545450\n") != std::string::npos);
}

TEST_CASE("the JSON carries facts, names and findings") {
    const nlohmann::json json = to_json(complete(), january());
    CHECK(json["stage"] == "complete");
    CHECK(json["ok"] == true);
    CHECK(json["target"]["host"] == "host01");
    CHECK(json["selected"] == 8);
    CHECK(json["selected_name"] == "TLS with NLA (CredSSP, early user authorization)");
    CHECK(json["tls_time_ms"] == 30);
    CHECK(json["certificate"]["subject"] == "CN=host01");
    CHECK(json["certificate"]["not_after"] == "2026-07-01T00:00:00Z");
    CHECK(json["certificate"]["thumbprint"].get<std::string>().size() == 40);
    CHECK(json["certificate_der"].get<std::string>().starts_with("30"));
    CHECK(json["findings"].empty());

    HandshakeFacts failed = refused();
    failed.stage = HandshakeStage::negotiation_failure;
    failed.failure_code = 3;
    const nlohmann::json sick = to_json(failed, january());
    CHECK(sick["ok"] == false);
    CHECK(sick["failure_name"] == "SSL_CERT_NOT_ON_SERVER");
    CHECK(sick["certificate"].is_null());
    CHECK(sick["findings"][0]["code"] == "handshake.no_certificate");
    CHECK(sick["findings"][0]["repair"] == "cert");
}

TEST_CASE("every stage has words, and only a complete handshake can be healthy") {
    for (int stage = 0; stage <= static_cast<int>(HandshakeStage::complete); ++stage) {
        HandshakeFacts facts = complete();
        facts.stage = static_cast<HandshakeStage>(stage);
        CAPTURE(stage);
        const bool healthy = facts.stage == HandshakeStage::complete;
        CHECK((exit_status(facts, january()) == 0) == healthy);
        CHECK(report(facts, january()).find("does not know") == std::string::npos);
        CHECK_FALSE(to_json(facts, january()).dump().empty());
    }
}

TEST_CASE("every end of a handshake has a verdict of one sentence and says what to do") {
    const auto has_both = [](const HandshakeFacts& facts) {
        for (const Problem& problem : problems_of(facts, january())) {
            CAPTURE(problem.code, problem.meaning, problem.advice);
            CHECK_FALSE(problem.meaning.ends_with("."));
            CHECK(problem.meaning.find(". ") == std::string::npos);
            CHECK_FALSE(problem.advice.empty());
            CHECK_FALSE(problem.advice.ends_with("."));
        }
    };
    HandshakeFacts facts = complete();
    facts.detail = "the words";
    for (int stage = 0; stage <= static_cast<int>(HandshakeStage::complete); ++stage) {
        facts.stage = static_cast<HandshakeStage>(stage);
        has_both(facts);
    }
    facts.stage = HandshakeStage::negotiation_failure;
    for (facts.failure_code = 0; facts.failure_code < 8; ++facts.failure_code)
        has_both(facts);
    facts.stage = HandshakeStage::tls_alert;
    for (int alert = 0; alert < 256; ++alert) {
        facts.alert = static_cast<std::uint8_t>(alert);
        has_both(facts);
    }
    facts.stage = HandshakeStage::complete;
    facts.selected = 1;
    facts.tls_version = "TLSv1";
    facts.tls_time = milliseconds{60000};
    JudgeContext later = january();
    later.now += std::chrono::hours{24 * 365};
    CHECK(problems_of(facts, later).size() == 4);
    has_both(facts);
}

TEST_CASE("an alert is explained with what Windows clients show for it") {
    HandshakeFacts facts = complete();
    facts.stage = HandshakeStage::tls_alert;
    facts.alert = 40;
    facts.certificate.clear();
    CHECK(report(facts, january())
              .find("alert 40 (handshake_failure), which Windows clients report as "
                    "SEC_E_ILLEGAL_MESSAGE (0x80090326): it shares no cipher suite") != std::string::npos);
    const nlohmann::json json = to_json(facts, january());
    CHECK(json["alert"] == 40);
    CHECK(json["alert_name"] == "handshake_failure");
    CHECK(json["alert_schannel_name"] == "SEC_E_ILLEGAL_MESSAGE");
    CHECK(json["alert_schannel"] == 0x80090326);
}

TEST_CASE("handshake_failure after the certificate is not put down to the cipher suites") {
    HandshakeFacts facts = complete();
    facts.stage = HandshakeStage::tls_alert;
    facts.alert = 40;
    const Problem problem = problems_of(facts, january()).at(0);
    CHECK(problem.meaning.find("shares no cipher suite") == std::string::npos);
    CHECK(problem.meaning.find("demands a certificate of the client") != std::string::npos);
    CHECK(problem.subject == "alert 40 after the certificate");
    facts.certificate.clear();
    CHECK(problems_of(facts, january()).at(0).subject == "alert 40");
}

TEST_CASE("the look-up of a name has a line and a time of its own") {
    HandshakeFacts facts = complete();
    facts.resolve_time = milliseconds{40};
    facts.connect_time = milliseconds{45};
    const std::string text = report(facts, january());
    CHECK(text.find("  resolve: host01 in 40 ms\n  connect: 192.0.2.7:3390 in 5 ms, from") != std::string::npos);
    facts.stage = HandshakeStage::resolve_failed;
    facts.detail = "the name has no address";
    CHECK(report(facts, january())
              .starts_with("RDP handshake with host01:3390\n"
                           "  resolve: host01, the name has no address, after 45 ms\n"
                           "Nothing was tried:\n"));
}

TEST_CASE("the exit status says how bad it is") {
    HandshakeFacts facts = complete();
    facts.selected = 1;
    CHECK(exit_status(facts, january()) == 1);
    facts.stage = HandshakeStage::resolve_failed;
    CHECK(exit_status(facts, january()) == 3);
}
