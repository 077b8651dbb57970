// Which versions and cipher suites does the server side of Schannel have left?
#include "probes/tls.hpp"

#include <algorithm>

namespace rdpmedic::tls {
namespace {

// Builds whose defaults are documented: from Windows 7 on, and up to Windows 11 25H2. DERIVED: that later ones have TLS
// 1.2 on. TLS 1.0 and 1.1 are being switched off by default in the newest, and which builds do so is not documented:
// https://learn.microsoft.com/windows/win32/secauthn/tls-10-11-deprecation-in-windows
constexpr std::uint32_t windows_7 = 7600, windows_8 = 9200, windows_10 = 10240, tls13_from = 20348,
                        old_versions_known_below = 25000, known_up_to = 26200;

// What Windows has as installed, in no certain order: for a host without any list.
constexpr const char* usual_suites[] = {"TLS_AES_256_GCM_SHA384",
                                        "TLS_AES_128_GCM_SHA256",
                                        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
                                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                        "TLS_RSA_WITH_AES_256_GCM_SHA384",
                                        "TLS_RSA_WITH_AES_128_GCM_SHA256",
                                        "TLS_RSA_WITH_AES_256_CBC_SHA",
                                        "TLS_RSA_WITH_AES_128_CBC_SHA"};

// Registry keys compare without case, and those of ciphers are written with and without the bits behind the slash
// ("Triple DES 168/168").
bool is_key_of(std::string_view key, std::string_view algorithm) {
    return !algorithm.empty() && same_ignoring_case(key.substr(0, algorithm.size()), algorithm) &&
           (key.size() == algorithm.size() || key[algorithm.size()] == '/');
}

// DERIVED: that a hash switched off takes away the suites that carry its name, and PKCS those with RSA key exchange.
bool is_switched_off(const Facts& facts, const CipherSuite& suite) {
    return std::any_of(facts.algorithms.begin(), facts.algorithms.end(), [&](const AlgorithmFacts& algorithm) {
        if (!algorithm.enabled || *algorithm.enabled != 0)
            return false;
        if (algorithm.kind == "Ciphers")
            return is_key_of(algorithm.name, suite.cipher);
        if (algorithm.kind == "Hashes")
            return same_ignoring_case(algorithm.name, suite.hash);
        return same_ignoring_case(algorithm.name, suite.key_exchange);
    });
}

// DERIVED: TLS 1.3 of Windows has no key exchange without a curve.
bool needs_curve(const CipherSuite& suite) { return suite.tls13 || suite.key_exchange == "ECDH"; }

} // namespace

VersionState default_state(std::string_view version, std::optional<std::uint32_t> build) {
    if (!build || *build < windows_7)
        return VersionState::unknown;
    if (version == "TLS 1.2")
        return *build >= windows_8 ? VersionState::on : VersionState::off;
    if (*build > known_up_to)
        return VersionState::unknown;
    if (version == "TLS 1.3")
        return *build >= tls13_from ? VersionState::on : VersionState::unsupported;
    if (*build >= old_versions_known_below)
        return VersionState::unknown;
    if (version == "TLS 1.1")
        return *build >= windows_8 ? VersionState::on : VersionState::off;
    if (version == "TLS 1.0")
        return VersionState::on;
    return VersionState::unknown;
}

VersionState state_of(const ProtocolFacts& protocol, const Result<std::uint32_t>& build) {
    const VersionState as_installed = default_state(protocol.version, build ? std::optional(*build) : std::nullopt);
    if (is_unreadable(protocol.enabled) || is_unreadable(protocol.disabled_by_default))
        return VersionState::unknown;
    if (protocol.enabled && *protocol.enabled == 0)
        return VersionState::off;
    if (as_installed == VersionState::unsupported)
        return VersionState::unsupported;
    if (protocol.disabled_by_default && *protocol.disabled_by_default != 0)
        return VersionState::on_request;
    // DERIVED: either value alone switches on what is off by default.
    if (protocol.enabled || protocol.disabled_by_default)
        return protocol.version == "TLS 1.3" ? as_installed : VersionState::on;
    return as_installed;
}

bool switches_tls12_off(const Facts& facts) {
    return std::any_of(facts.protocols.begin(), facts.protocols.end(), [](const ProtocolFacts& protocol) {
        return protocol.version == "TLS 1.2" && ((protocol.enabled && *protocol.enabled == 0) ||
                                                 (protocol.disabled_by_default && *protocol.disabled_by_default != 0));
    });
}

bool serves_without_policy(const Facts& facts) {
    if (!facts.policy_suites)
        return false;
    Facts without = facts;
    without.policy_suites = Error{Errc::not_found, 0, "as if it were not set"};
    const Suites suites = suites_of(without);
    const auto serves = [&suites](SuiteCertificate certificate) {
        return std::any_of(suites.left.begin(), suites.left.end(),
                           [=](const CipherSuite& suite) { return suite.certificate == certificate; });
    };
    const bool rsa = !facts.certificate_key || *facts.certificate_key == "RSA";
    const bool ecdsa = !facts.certificate_key || *facts.certificate_key == "EC";
    return (rsa || ecdsa) && (!rsa || serves(SuiteCertificate::rsa)) && (!ecdsa || serves(SuiteCertificate::ecdsa));
}

// DERIVED: an empty list leaves no curve, and not the usual ones.
Curves curves_of(const Facts& facts) {
    Curves curves;
    curves.from_policy = !is_absent(facts.policy_curves);
    const Result<ListFacts>& list = curves.from_policy ? facts.policy_curves : facts.local_curves;
    if (!list || !list->names.empty())
        return curves;
    curves.known = facts.build.has_value();
    curves.none = facts.build && *facts.build >= windows_10;
    return curves;
}

Suites suites_of(const Facts& facts) {
    Suites suites;
    suites.from_policy = !is_absent(facts.policy_suites);
    const Result<ListFacts>& list = suites.from_policy ? facts.policy_suites : facts.local_suites;
    suites.known = !is_unreadable(list);
    if (list)
        for (const std::string& name : list->names)
            suites.listed.push_back(parse_cipher_suite(name));
    else if (suites.known)
        for (const char* name : usual_suites)
            suites.listed.push_back(parse_cipher_suite(name));
    const bool without_curve = curves_of(facts).none;
    for (const CipherSuite& suite : suites.listed)
        if (suite.current && !is_switched_off(facts, suite))
            (without_curve && needs_curve(suite) ? suites.curveless : suites.left).push_back(suite);
    return suites;
}

} // namespace rdpmedic::tls
