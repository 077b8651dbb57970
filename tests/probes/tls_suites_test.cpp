// Are cipher suites, curves and algorithms judged by what they leave to the listener's certificate?
#include "tests/probes/tls_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::tls;
using namespace rdpmedic::testing::tls_hosts;
using testing::FakeHost;

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
