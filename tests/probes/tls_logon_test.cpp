// Are the settings of CredSSP and NTLM told where they turn clients away or let unpatched ones in?
#include "tests/probes/tls_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::tls;
using namespace rdpmedic::testing::tls_hosts;
using testing::FakeHost;

TEST_CASE(
    "the encryption oracle is a warning at 2, which lets unpatched clients in, and an info at 0, which does not") {
    FakeHost host = healthy();
    host.set_dword(credssp, "AllowEncryptionOracle", 1);
    CHECK(lines(host) == Lines{});
    host.set_dword(credssp, "AllowEncryptionOracle", 0);
    CHECK(lines(host) == Lines{"tls.encryption_oracle_strict info"});
    CHECK(findings(host)[0].evidence == Lines{label(credssp, "AllowEncryptionOracle") + " = 0"});
    CHECK(findings(host)[0].repair.empty());
    host.set_dword(credssp, "AllowEncryptionOracle", 2);
    CHECK(lines(host) == Lines{"tls.encryption_oracle_vulnerable warning"});
    CHECK(findings(host)[0].policy == label(credssp, "AllowEncryptionOracle"));
    CHECK(findings(host)[0].repair == "tls");
    host.set_dword(credssp, "AllowEncryptionOracle", 3);
    CHECK(lines(host) == Lines{"tls.invalid_value warning " + label(credssp, "AllowEncryptionOracle")});
}

TEST_CASE("refused NTLM is an info, and only with NLA") {
    FakeHost host = healthy();
    host.set_dword(ntlm_key, "RestrictReceivingNTLMTraffic", 0);
    CHECK(lines(host) == Lines{});
    host.set_dword(ntlm_key, "RestrictReceivingNTLMTraffic", 2);
    CHECK(lines(host) == Lines{"tls.ntlm_refused info"});
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
    CHECK(lines(host) == Lines{});
}

TEST_CASE("a level of NTLM that Windows knows is no finding, and evidence where NTLM is refused") {
    FakeHost host = healthy();
    for (const std::uint32_t level : {0U, 3U, 5U}) {
        host.set_dword(lsa_key, "LmCompatibilityLevel", level);
        CHECK(lines(host) == Lines{});
    }
    host.set_dword(ntlm_key, "RestrictReceivingNTLMTraffic", 2);
    REQUIRE(lines(host) == Lines{"tls.ntlm_refused info"});
    CHECK(findings(host)[0].evidence == Lines{label(ntlm_key, "RestrictReceivingNTLMTraffic") + " = 2",
                                              label(lsa_key, "LmCompatibilityLevel") + " = 5"});
    host.set_dword(ntlm_key, "RestrictReceivingNTLMTraffic", 0);
    const Lines invalid{"tls.invalid_value warning " + label(lsa_key, "LmCompatibilityLevel")};
    host.set_dword(lsa_key, "LmCompatibilityLevel", 6);
    CHECK(lines(host) == invalid);
    host.set_text(lsa_key, "LmCompatibilityLevel", "5");
    CHECK(lines(host) == invalid);
}
