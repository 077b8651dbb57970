// What does the probe tls find on a host with these versions, suites and algorithms, in one line a finding?
#pragma once

#include "probes/tls.hpp"
#include "tests/support/certificate_host.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace rdpmedic::testing::tls_hosts {

inline const RegistryPath policy = keys::terminal_services_policy;
inline constexpr const char* ecdsa_only =
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
inline constexpr const char* rsa_only = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
inline constexpr const char* tls13_only = "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256";

inline RegistryPath server(const char* version) { return {tls::schannel.key + "\\Protocols\\" + version + "\\Server"}; }

inline FakeHost healthy(const char* build = "17763") {
    FakeHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", build);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 2);
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 1);
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 2);
    host.set(tls::suites_local, "Functions",
             {7, std::vector<std::string>{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA"}});
    host.set_dword(tls::fips_key, "Enabled", 0);
    host.stores["My"] = {};
    host.stores["Remote Desktop"] = {};
    return host;
}

inline std::vector<Finding> findings(const FakeHost& host) {
    return tls::judge(tls::collect(host).value(), JudgeContext{});
}

// "code severity subject", a line a finding.
inline std::vector<std::string> lines(const FakeHost& host) {
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

inline void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        FakeHost host = healthy(row.build);
        row.change(host);
        CHECK(lines(host) == row.expected);
    }
}

// "TLS 1.2 off", "TLS 1.1 on", "TLS 1.0 by request": one change after the other.
inline std::function<void(FakeHost&)> versions(std::vector<std::string> changes) {
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

inline std::function<void(FakeHost&)> policy_suites(std::string list) {
    return [list](FakeHost& host) { host.set_text(tls::suites_policy, "Functions", list); };
}

inline std::function<void(FakeHost&)> algorithm_off(std::vector<std::string> keys) {
    return [keys](FakeHost& host) {
        for (const std::string& key : keys)
            host.set_dword({tls::schannel.key + "\\" + key}, "Enabled", 0);
    };
}

inline void set_curves(FakeHost& host, const RegistryPath& key, std::vector<std::string> names) {
    host.set(key, "EccCurves", {7, std::move(names)});
}

// The listener serves a certificate with an EC key, pinned as an administrator would.
inline void serve_ec_certificate(FakeHost& host) {
    CertificateOrder order;
    order.key = "EC-P-256";
    const auto made = make_certificate(order);
    StoreCertificate certificate;
    certificate.der = made.der;
    host.stores["Remote Desktop"] = {certificate};
}

} // namespace rdpmedic::testing::tls_hosts
