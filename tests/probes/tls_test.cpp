// Are versions and cipher suites judged by what the host has left, and by nothing else?
#include "probes/tls.hpp"
#include "tests/support/certificate_host.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace rdpmedic;
using namespace rdpmedic::tls;
using testing::FakeHost;

namespace {

const RegistryPath policy = keys::terminal_services_policy;
constexpr const char* ecdsa_only = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
constexpr const char* rsa_only = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
constexpr const char* tls13_only = "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256";

RegistryPath server(const char* version) { return {schannel.key + "\\Protocols\\" + version + "\\Server"}; }

FakeHost healthy(const char* build = "17763") {
    FakeHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", build);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 2);
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 1);
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 2);
    host.set(suites_local, "Functions",
             {7, std::vector<std::string>{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA"}});
    host.set_dword(fips_key, "Enabled", 0);
    host.stores["My"] = {};
    host.stores["Remote Desktop"] = {};
    return host;
}

std::vector<Finding> findings(const FakeHost& host) { return judge(collect(host).value(), JudgeContext{}); }

// "code severity subject", a line a finding.
std::vector<std::string> lines(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    return result;
}

using Lines = std::vector<std::string>;

struct Row {
    const char* name;
    const char* build;
    std::function<void(FakeHost&)> change;
    Lines expected;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        FakeHost host = healthy(row.build);
        row.change(host);
        CHECK(lines(host) == row.expected);
    }
}

// "TLS 1.2 off", "TLS 1.1 on", "TLS 1.0 by request": one change after the other.
std::function<void(FakeHost&)> versions(std::vector<std::string> changes) {
    return [changes](FakeHost& host) {
        for (const std::string& change : changes) {
            const RegistryPath key = server(change.substr(0, 7).c_str());
            if (change.substr(8) == "by request")
                host.set_dword(key, "DisabledByDefault", 1);
            else
                host.set_dword(key, "Enabled", change.substr(8) == "on" ? 1 : 0);
        }
    };
}

std::function<void(FakeHost&)> policy_suites(std::string list) {
    return [list](FakeHost& host) { host.set_text(suites_policy, "Functions", list); };
}

std::function<void(FakeHost&)> algorithm_off(std::vector<std::string> keys) {
    return [keys](FakeHost& host) {
        for (const std::string& key : keys)
            host.set_dword({schannel.key + "\\" + key}, "Enabled", 0);
    };
}

void set_curves(FakeHost& host, const RegistryPath& key, std::vector<std::string> names) {
    host.set(key, "EccCurves", {7, std::move(names)});
}

// The listener serves a certificate with an EC key, pinned as an administrator would.
void serve_ec_certificate(FakeHost& host) {
    testing::CertificateOrder order;
    order.key = "EC-P-256";
    const auto made = testing::make_certificate(order);
    StoreCertificate certificate;
    certificate.der = made.der;
    host.stores["Remote Desktop"] = {certificate};
}

} // namespace

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

TEST_CASE("cipher suites are judged by the listener's certificate") {
    check({
        {"empty policy", "17763", policy_suites(""), {"tls.cipher_list_empty critical"}},
        {"policy of commas", "17763", policy_suites(" , ,"), {"tls.cipher_list_empty critical"}},
        {"policy without RSA", "17763", policy_suites(ecdsa_only), {"tls.no_rsa_suite critical"}},
        {"policy with RSA alone", "17763", policy_suites(rsa_only), {}},
        {"policy with both", "17763", policy_suites(std::string(ecdsa_only) + ", " + rsa_only), {}},
        {"policy of TLS 1.3 alone", "20348", policy_suites(tls13_only), {"tls.no_rsa_suite warning"}},
        {"the same before TLS 1.3", "17763", policy_suites(tls13_only), {"tls.no_rsa_suite critical"}},
        {"policy of suites that no client offers",
         "17763",
         policy_suites(
             "TLS_RSA_WITH_RC4_128_SHA,TLS_RSA_WITH_NULL_SHA256,TLS_RSA_WITH_RC4_128_MD5,SSL_CK_DES_64_CBC_WITH_MD5"),
         {"tls.no_rsa_suite critical"}},
        {"policy with the names of Windows 8", "9600", policy_suites("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256_P256"), {}},
        {"policy of 1023 characters", "17763", policy_suites(std::string(rsa_only) + std::string(986, ',')), {}},
        {"policy of 1024 characters",
         "17763",
         policy_suites(std::string(rsa_only) + std::string(987, ',')),
         {"tls.cipher_policy_too_long warning"}},
        {"empty local list",
         "17763",
         [](FakeHost& host) {
             host.set(suites_local, "Functions", {7, std::vector<std::string>{}});
         },
         {"tls.cipher_list_empty critical"}},
        {"empty local list under a policy",
         "17763",
         [](FakeHost& host) {
             host.set(suites_local, "Functions", {7, std::vector<std::string>{}});
             host.set_text(suites_policy, "Functions", rsa_only);
         },
         {}},
        {"no list at all", "17763", [](FakeHost& host) { host.registry.erase(FakeHost::lower(suites_local.key)); }, {}},
        {"policy as a list",
         "17763",
         [](FakeHost& host) {
             host.set(suites_policy, "Functions", {7, std::vector<std::string>{rsa_only}});
         },
         {}},
        {"ECDSA suites and an EC certificate",
         "17763",
         [](FakeHost& host) {
             policy_suites(ecdsa_only)(host);
             serve_ec_certificate(host);
         },
         {}},
        {"RSA suites and an EC certificate",
         "17763",
         [](FakeHost& host) {
             policy_suites(rsa_only)(host);
             serve_ec_certificate(host);
         },
         {"tls.no_ecdsa_suite critical"}},
        {"no RSA suites and a store that cannot be read",
         "17763",
         [](FakeHost& host) {
             policy_suites(ecdsa_only)(host);
             host.fail("certificates Remote Desktop", {Errc::access_denied, 5, "x"});
         },
         {"tls.unknown unknown which key the listener's certificate has"}},
    });
}

TEST_CASE("the policy that lists the suites is named, a list of the host is not called one") {
    FakeHost host = healthy();
    host.set(suites_local, "Functions", {7, std::vector<std::string>{}});
    CHECK(findings(host)[0].policy.empty());
    host.set_text(suites_policy, "Functions", "");
    CHECK(findings(host)[0].policy == label(suites_policy, "Functions"));
}

TEST_CASE("an empty list of curves takes away the suites with ECDHE and nothing else") {
    const auto no_curve = [](FakeHost& host) { set_curves(host, suites_policy, {}); };
    const auto no_curve_and = [no_curve](const std::string& suites) {
        return [no_curve, suites](FakeHost& host) {
            no_curve(host);
            policy_suites(suites)(host);
        };
    };
    check({
        {"an RSA suite remains", "17763", no_curve, {"tls.curve_list_empty warning"}},
        {"a DHE suite remains",
         "17763",
         no_curve_and(std::string(rsa_only) + ",TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
         {"tls.curve_list_empty warning"}},
        {"no suite remains", "17763", no_curve_and(rsa_only), {"tls.curve_list_empty critical"}},
        {"no suite needs a curve", "17763", no_curve_and("TLS_RSA_WITH_AES_128_CBC_SHA"), {}},
        {"suites of TLS 1.3 need one",
         "20348",
         no_curve_and(std::string(rsa_only) + "," + tls13_only),
         {"tls.curve_list_empty critical"}},
        {"an EC certificate has no other suites",
         "17763",
         [no_curve](FakeHost& host) {
             no_curve(host);
             serve_ec_certificate(host);
         },
         {"tls.curve_list_empty critical"}},
        {"an algorithm is to blame, with curves and without",
         "17763",
         [no_curve](FakeHost& host) {
             no_curve(host);
             algorithm_off({R"(KeyExchangeAlgorithms\ECDH)", R"(KeyExchangeAlgorithms\PKCS)"})(host);
         },
         {"tls.algorithms_disabled critical"}},
        {"Windows before 10 does not read it", "9600", no_curve, {}},
        {"the policy's text of blanks",
         "17763",
         [](FakeHost& host) { host.set_text(suites_policy, "EccCurves", " "); },
         {"tls.curve_list_empty warning"}},
        {"the host's own list",
         "17763",
         [](FakeHost& host) { set_curves(host, suites_local, {}); },
         {"tls.curve_list_empty warning"}},
        {"the host's own list under a policy",
         "17763",
         [](FakeHost& host) {
             set_curves(host, suites_local, {});
             set_curves(host, suites_policy, {"NistP384", "NistP256"});
         },
         {}},
        {"a policy over the host's own list",
         "17763",
         [no_curve](FakeHost& host) {
             set_curves(host, suites_local, {"curve25519", "NistP256", "NistP384"});
             no_curve(host);
         },
         {"tls.curve_list_empty warning"}},
        {"a name that Windows does not know",
         "17763",
         [](FakeHost& host) { set_curves(host, suites_policy, {"NistP384 NistP256"}); },
         {}},
        {"a number in place of a list",
         "17763",
         [](FakeHost& host) { host.set_dword(suites_policy, "EccCurves", 1); },
         {"tls.invalid_value warning " + label(suites_policy, "EccCurves")}},
        {"a number in place of a list that a policy overrides",
         "17763",
         [](FakeHost& host) {
             host.set_dword(suites_local, "EccCurves", 1);
             set_curves(host, suites_policy, {"NistP256"});
         },
         {}},
        {"a build that is not known",
         "seventeen",
         no_curve,
         {"tls.unknown unknown whether this Windows reads the list of elliptic curves"}},
        {"a list with curves on a build that is not known",
         "seventeen",
         [](FakeHost& host) { set_curves(host, suites_policy, {"NistP256"}); },
         {}},
    });
}

TEST_CASE("a host's list of curves that cannot be read is unknown unless a policy has one") {
    FakeHost host = healthy();
    policy_suites(rsa_only)(host);
    CHECK(lines(host) == Lines{});
    host.fail("registry_values HKLM\\" + suites_local.key, {Errc::access_denied, 5, "x"});
    CHECK(lines(host) == Lines{"tls.unknown unknown " + label(suites_local, "EccCurves")});
    set_curves(host, suites_policy, {"NistP256"});
    CHECK(lines(host) == Lines{});
}

TEST_CASE("the policy that empties the list of curves is named, and no repair is offered") {
    FakeHost host = healthy();
    set_curves(host, suites_local, {});
    REQUIRE(findings(host).size() == 1);
    CHECK(findings(host)[0].policy.empty());
    CHECK(findings(host)[0].evidence ==
          Lines{label(suites_local, "EccCurves") + ": no curve", "1 of 3 cipher suites work without a curve"});
    set_curves(host, suites_policy, {});
    REQUIRE(findings(host).size() == 1);
    CHECK(findings(host)[0].policy == label(suites_policy, "EccCurves"));
    CHECK(findings(host)[0].repair.empty());
    policy_suites(rsa_only)(host);
    CHECK(findings(host)[0].repair.empty());
}

TEST_CASE("the length of Diffie-Hellman keys counts where a suite has them and clients refuse it") {
    const RegistryPath key{schannel.key + R"(\KeyExchangeAlgorithms\Diffie-Hellman)"};
    constexpr const char* with_dhe = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                                     "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384";
    // Keys of a fake host are listed in lower case.
    const std::string finding =
        "tls.min_key_length warning " +
        label({schannel.key + R"(\KeyExchangeAlgorithms\diffie-hellman)"}, "ServerMinKeyBitLength");
    struct Length {
        std::uint32_t bits;
        Lines expected;
    };
    for (const Length& one : {Length{0, {}}, Length{1023, {finding}}, Length{1024, {}}, Length{2048, {}},
                              Length{4096, {}}, Length{4097, {finding}}, Length{16384, {finding}}}) {
        INFO(one.bits);
        FakeHost host = healthy();
        host.set_dword(key, "ServerMinKeyBitLength", one.bits);
        CHECK(lines(host) == Lines{});
        policy_suites(with_dhe)(host);
        CHECK(lines(host) == one.expected);
        host.set_dword(key, "Enabled", 0);
        CHECK(lines(host) == Lines{});
    }
    FakeHost host = healthy();
    host.set_text(key, "ServerMinKeyBitLength", "4096");
    REQUIRE(findings(host).size() == 1);
    CHECK(findings(host)[0].code == "tls.invalid_value");
    host = healthy();
    host.set_dword({schannel.key + R"(\KeyExchangeAlgorithms\PKCS)"}, "ServerMinKeyBitLength", 16384);
    CHECK(lines(host) == Lines{}); // Windows takes what the certificate has
}

TEST_CASE("algorithms that are switched off count only where they leave nothing") {
    check({
        {"weak ciphers, as hardening does",
         "17763",
         algorithm_off({R"(Ciphers\RC4 128/128)", R"(Ciphers\Triple DES 168)", R"(Ciphers\DES 56/56)",
                        R"(Ciphers\NULL)", R"(Hashes\MD5)", R"(KeyExchangeAlgorithms\PKCS)"}),
         {}},
        {"SHA-1", "17763", algorithm_off({R"(Hashes\SHA)"}), {}},
        {"all of AES",
         "17763",
         algorithm_off({R"(Ciphers\AES 128/128)", R"(Ciphers\AES 256/256)"}),
         {"tls.algorithms_disabled critical"}},
        {"all key exchanges",
         "17763",
         algorithm_off({R"(KeyExchangeAlgorithms\ECDH)", R"(KeyExchangeAlgorithms\PKCS)",
                        R"(KeyExchangeAlgorithms\Diffie-Hellman)"}),
         {"tls.algorithms_disabled critical"}},
        {"ECDH alone", "17763", algorithm_off({R"(KeyExchangeAlgorithms\ECDH)"}), {}},
        {"switched on",
         "17763",
         [](FakeHost& host) { host.set_dword({schannel.key + R"(\Ciphers\AES 256/256)"}, "Enabled", 0xFFFFFFFF); },
         {}},
        {"the one hash of the policy",
         "17763",
         [](FakeHost& host) {
             policy_suites(rsa_only)(host);
             algorithm_off({R"(Hashes\SHA384)"})(host);
         },
         {"tls.algorithms_disabled critical"}},
    });
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
