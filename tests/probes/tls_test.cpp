// Are the versions of TLS judged by what the host has left, and is what cannot be read unknown?
#include "tests/probes/tls_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::tls;
using namespace rdpmedic::testing::tls_hosts;
using testing::FakeHost;

TEST_CASE("Windows as installed has no TLS findings, whatever its build") {
    for (const char* build : {"7601", "9600", "14393", "17763", "19045", "20348", "22631", "26100", "26200", "99999"}) {
        INFO(build);
        CHECK(lines(healthy(build)) == Lines{});
    }
}

TEST_CASE("versions are judged with the defaults of the build") {
    check({
        {"all off",
         "17763",
         versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 off"}),
         {"tls.protocols_disabled critical"}},
        {"all off where 1.3 remains",
         "20348",
         versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 off"}),
         {"tls.tls12_disabled critical"}},
        {"all four off",
         "20348",
         versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 off", "TLS 1.3 off"}),
         {"tls.protocols_disabled critical"}},
        {"hardened", "17763", versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 on"}), {}},
        {"hardened without a word about 1.2", "17763", versions({"TLS 1.0 off", "TLS 1.1 off"}), {}},
        {"1.2 off", "17763", versions({"TLS 1.2 off"}), {"tls.tls12_disabled critical"}},
        {"1.2 by request, others on", "17763", versions({"TLS 1.2 by request"}), {"tls.tls12_disabled warning"}},
        {"1.2 by request, others off",
         "17763",
         versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 by request"}),
         {"tls.protocols_disabled critical"}},
        {"1.2 off on Windows 7, as installed", "7601", versions({"TLS 1.2 off"}), {}},
        {"1.0 off on Windows 7", "7601", versions({"TLS 1.0 off"}), {"tls.protocols_disabled critical"}},
        {"1.0 off and 1.2 on on Windows 7", "7601", versions({"TLS 1.0 off", "TLS 1.2 on"}), {}},
        {"1.3 on before Server 2022", "17763", versions({"TLS 1.3 on"}), {"tls.tls13_unsafe warning"}},
        {"1.3 alone before Server 2022",
         "17763",
         versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 off", "TLS 1.3 on"}),
         {"tls.protocols_disabled critical", "tls.tls13_unsafe warning"}},
        {"1.3 on", "20348", versions({"TLS 1.3 on"}), {}},
        {"1.3 off", "20348", versions({"TLS 1.3 off"}), {}},
        {"1.2 off on an unknown build",
         "99999",
         versions({"TLS 1.2 off"}),
         {"tls.unknown unknown whether a version of TLS is left"}},
        {"1.2 off on an unknown build, 1.1 on",
         "99999",
         versions({"TLS 1.1 on", "TLS 1.2 off"}),
         {"tls.tls12_disabled critical"}},
        {"1.2 on on an unknown build", "99999", versions({"TLS 1.0 off", "TLS 1.1 off", "TLS 1.2 on"}), {}},
        {"1.0 and 1.1 off on an unknown build, which has 1.2", "28000", versions({"TLS 1.0 off", "TLS 1.1 off"}), {}},
        {"1.0 and 1.1 on on an unknown build", "99999", versions({"TLS 1.0 on", "TLS 1.1 on"}), {}},
        {"SSL 3.0 is not used by RDP",
         "17763",
         [](FakeHost& host) { host.set_dword(server("SSL 3.0"), "Enabled", 0); },
         {}},
        {"the client side does not count",
         "17763",
         [](FakeHost& host) { host.set_dword({schannel.key + R"(\Protocols\TLS 1.2\Client)"}, "Enabled", 0); },
         {}},
    });
}

TEST_CASE("a build that cannot be read is unknown only where the answer depends on it") {
    FakeHost host = healthy("seventeen");
    CHECK(lines(host) == Lines{});
    versions({"TLS 1.2 on"})(host);
    CHECK(lines(host) == Lines{});
    versions({"TLS 1.3 on"})(host);
    CHECK(lines(host) == Lines{"tls.unknown unknown whether this Windows supports TLS 1.3"});
}

TEST_CASE("FIPS without TLS is a warning, FIPS with TLS and neither are none") {
    FakeHost host = healthy();
    host.set_dword(fips_key, "Enabled", 1);
    CHECK(lines(host) == Lines{});
    host.set_dword(policy, "SecurityLayer", 0);
    CHECK(lines(host) == Lines{"tls.fips_without_tls warning"});
    CHECK(findings(host)[0].policy == label(policy, "SecurityLayer"));
    host.set_dword(fips_key, "Enabled", 0);
    CHECK(lines(host) == Lines{});
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 4);
    CHECK(lines(host) == Lines{"tls.fips_without_tls warning"});
}

TEST_CASE("values of the wrong type are findings, and are not taken for a number") {
    const RegistryPath tls12 = server("TLS 1.2");
    FakeHost host = healthy();
    host.set_text(tls12, "Enabled", "0");
    CHECK(lines(host) == Lines{"tls.invalid_value warning " + label(tls12, "Enabled")});
    host = healthy();
    host.set_text(credssp, "AllowEncryptionOracle", "2");
    CHECK(lines(host) == Lines{"tls.invalid_value warning " + label(credssp, "AllowEncryptionOracle")});
    host = healthy();
    host.set_dword(suites_policy, "Functions", 1);
    CHECK(lines(host) == Lines{"tls.invalid_value warning " + label(suites_policy, "Functions")});
    host = healthy();
    host.set_text({schannel.key + R"(\Ciphers\AES 128/128)"}, "Enabled", "0");
    REQUIRE(findings(host).size() == 1);
    CHECK(findings(host)[0].code == "tls.invalid_value");
    CHECK(FakeHost::lower(findings(host)[0].subject).find(R"(ciphers\aes 128/128)") != std::string::npos);
}

TEST_CASE("what cannot be read about TLS is unknown, neither good nor bad") {
    const Error denied{Errc::access_denied, 5, "x"};
    const std::vector<std::pair<std::string, std::string>> rows{
        {"registry_values HKLM\\" + suites_policy.key, label(suites_policy, "Functions")},
        {"registry_values HKLM\\" + suites_local.key, label(suites_local, "Functions")},
        {"registry_value HKLM\\" + lsa_key.key + ": LmCompatibilityLevel", label(lsa_key, "LmCompatibilityLevel")},
        {"registry_subkeys HKLM\\" + schannel.key + "\\Ciphers", "HKLM\\" + schannel.key + "\\Ciphers"},
        {"registry_value HKLM\\" + fips_key.key + ": Enabled", label(fips_key, "Enabled")},
        {"registry_value HKLM\\" + server("TLS 1.2").key + ": Enabled", label(server("TLS 1.2"), "Enabled")},
    };
    for (const auto& [read, subject] : rows) {
        INFO(read);
        FakeHost host = healthy();
        host.fail(read, denied);
        CHECK(lines(host) == Lines{"tls.unknown unknown " + subject});
    }
}

TEST_CASE("on a host with Remote Desktop off nothing about TLS is worse than an info") {
    FakeHost host = healthy();
    host.set_dword(policy, "fDenyTSConnections", 1);
    versions({"TLS 1.2 off"})(host);
    CHECK(lines(host) == Lines{"tls.tls12_disabled info"});
}
