// Are the certificate that the listener serves, its speed and its version of TLS judged by what was seen?
#include "tests/probes/handshake_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::handshakes;
using std::chrono::milliseconds;

TEST_CASE("the served certificate is judged by its own dates") {
    const FakeHost host = healthy(certificate()); // 2026-01-01 to 2026-07-01
    using namespace std::chrono;
    CHECK(codes(run(host, "127.0.0.1", sys_days{year{2026} / 7 / 1})) == "");
    CHECK(codes(run(host, "127.0.0.1", sys_days{year{2026} / 7 / 1} + seconds{1})) ==
          "handshake.certificate_expired+cert");
    CHECK(codes(run(host, "127.0.0.1", sys_days{year{2026} / 1 / 1})) == "");
    CHECK(codes(run(host, "127.0.0.1", sys_days{year{2025} / 12 / 31})) == "handshake.certificate_not_yet_valid");
}

TEST_CASE("a certificate that cannot be read is unknown") {
    const MadeCertificate made = certificate();
    FakeHost host = healthy(made);
    HandshakeFacts facts = served(made);
    facts.certificate = {0x30, 0x03, 1, 2, 3};
    host.handshake = facts;
    host.stores["Remote Desktop"][0].der = facts.certificate;
    const std::vector<Finding> findings = run(host);
    REQUIRE(codes(findings) == "handshake.unknown");
    CHECK(findings[0].severity == Severity::unknown);
    CHECK(findings[0].subject == "the served certificate");
}

TEST_CASE("a listener that serves another certificate than the configured one is found") {
    const MadeCertificate old = certificate("old"), renewed = certificate("renewed");
    REQUIRE(old.thumbprint != renewed.thumbprint);
    FakeHost host = healthy(renewed);
    host.handshake = served(old);
    SECTION("the store Remote Desktop holds a new one") {
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.certificate_mismatch");
        CHECK(findings[0].severity == Severity::warning);
        CHECK(mentions(findings[0], "served: " + old.thumbprint));
        CHECK(mentions(findings[0], "configured: " + renewed.thumbprint + " (the store Remote Desktop)"));
    }
    SECTION("another one is pinned") {
        const MadeCertificate pinned = certificate("pinned");
        host.stores["My"] = {stored(pinned)};
        host.set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, bytes_of_hex(pinned.thumbprint)});
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.certificate_mismatch");
        CHECK(mentions(findings[0], "configured: " + pinned.thumbprint + " (SSLCertificateSHA1Hash)"));
        host.handshake = served(pinned);
        CHECK(codes(run(host)) == "");
    }
    SECTION("nothing is configured yet") {
        host.stores.clear();
        CHECK(codes(run(host)) == "");
    }
    SECTION("what is configured cannot be read") {
        host.fail("certificates Remote Desktop", {Errc::access_denied, 5, "CertOpenStore"});
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.unknown");
        CHECK(findings[0].text.find("CertOpenStore") != std::string::npos);
    }
}

TEST_CASE("a slow handshake and an old TLS version are warnings") {
    const MadeCertificate made = certificate();
    FakeHost host = healthy(made);
    HandshakeFacts facts = served(made);
    facts.connect_time = milliseconds{500};
    facts.negotiate_time = milliseconds{500};
    facts.tls_time = milliseconds{500};
    facts.tls_version = "TLSv1.2";
    host.handshake = facts;
    CHECK(codes(run(host)) == "");
    facts.tls_time = milliseconds{501};
    host.handshake = facts;
    const std::vector<Finding> findings = run(host);
    REQUIRE(codes(findings) == "handshake.slow");
    CHECK(findings[0].text.find("1501 ms") != std::string::npos);
    // Looking the name up is not the host's doing, and part of connect_time.
    facts.connect_time = milliseconds{5500};
    facts.resolve_time = milliseconds{5001};
    host.handshake = facts;
    CHECK(codes(run(host)) == "");
    facts.resolve_time = milliseconds{4999};
    host.handshake = facts;
    REQUIRE(codes(run(host)) == "handshake.slow");
    CHECK(run(host).at(0).text.find("1502 ms") != std::string::npos);
    facts.tls_time = milliseconds{1};
    facts.tls_version = "TLSv1.1";
    host.handshake = facts;
    CHECK(codes(run(host)) == "handshake.old_tls");
}
