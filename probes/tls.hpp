// Can a client agree with this host on a TLS version and a cipher suite?
#pragma once

#include "probes/formats/cipher_suite.hpp"
#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::tls {

// The server side of one version of TLS: https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
struct ProtocolFacts {
    std::string version; // "TLS 1.2", as its registry key is called
    RegistryPath key;
    Result<std::uint32_t> enabled = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> disabled_by_default = Error{Errc::unsupported, 0, "not read"};
};

// One algorithm of SCHANNEL that the registry names.
struct AlgorithmFacts {
    std::string kind; // "Ciphers", "Hashes", "KeyExchangeAlgorithms"
    std::string name; // "AES 128/128"
    RegistryPath key;
    Result<std::uint32_t> enabled = Error{Errc::unsupported, 0, "not read"};
    std::optional<Result<std::uint32_t>> server_min_key{}; // bits; asked of Diffie-Hellman alone
};

// A list of suites or curves as it stands in the registry.
struct ListFacts {
    std::vector<std::string> names;
    std::size_t characters = 0; // of the text; 0 for a list of texts
};

struct Facts {
    std::vector<ProtocolFacts> protocols; // 1.0 to 1.3
    std::vector<AlgorithmFacts> algorithms;
    std::vector<std::pair<std::string, Error>> unread; // keys of algorithms that could not be listed
    Result<std::uint32_t> build = Error{Errc::unsupported, 0, "not read"};
    Result<ListFacts> policy_suites = Error{Errc::unsupported, 0, "not read"};
    Result<ListFacts> local_suites = Error{Errc::unsupported, 0, "not read"};
    Result<ListFacts> policy_curves = Error{Errc::unsupported, 0, "not read"}; // each comes with the suites of its key
    Result<ListFacts> local_curves = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> deny_connections = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> security_layer = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> user_authentication = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> min_encryption_level = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> fips = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> encryption_oracle = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> restrict_ntlm = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> lm_compatibility = Error{Errc::unsupported, 0, "not read"};
    // "RSA" or "EC": of the listener's certificate. Read only where the suites do not serve both.
    Result<std::string> certificate_key = Error{Errc::unsupported, 0, "not needed"};
};

inline const RegistryPath schannel{R"(SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL)"};
inline const RegistryPath suites_policy{R"(SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002)"};
inline const RegistryPath suites_local{
    R"(SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002)"};
inline const RegistryPath fips_key{R"(SYSTEM\CurrentControlSet\Control\Lsa\FIPSAlgorithmPolicy)"};
inline const RegistryPath credssp{R"(SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters)"};
inline const RegistryPath ntlm_key{R"(SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0)"};
inline const RegistryPath lsa_key{R"(SYSTEM\CurrentControlSet\Control\Lsa)"};

// Does the server side of Schannel speak a version?
enum class VersionState { on, on_request, off, unsupported, unknown };

// As Windows of this build is set up. Never guessed: `unknown` for a build whose defaults are not documented.
// https://learn.microsoft.com/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-
VersionState default_state(std::string_view version, std::optional<std::uint32_t> build);
// With what the registry says. Pure.
VersionState state_of(const ProtocolFacts& protocol, const Result<std::uint32_t>& build);

// Does the list of elliptic curves that counts, the policy's or else the host's, leave none? A host without a list has
// the usual ones. Windows before 10 does not read it. Pure.
// https://learn.microsoft.com/windows-server/security/tls/manage-tls
struct Curves {
    bool none = false;
    bool from_policy = false;
    bool known = true; // false: the list is empty, and which Windows this is could not be read
};
Curves curves_of(const Facts& facts);

// The suites that count and that no algorithm switched off takes away: those of the policy, else of the host, else the
// usual ones of Windows. Pure.
struct Suites {
    std::vector<CipherSuite> listed, left; // as listed; without what is switched off or no client offers
    std::vector<CipherSuite> curveless;    // what nothing but the want of a curve takes away
    bool from_policy = false;
    bool known = true; // false: what counts could not be read, and both lists are empty
};
Suites suites_of(const Facts& facts);

// Do Enabled 0 or DisabledByDefault of TLS 1.2\Server, as they stand in the registry, switch it off? Pure.
bool switches_tls12_off(const Facts& facts);
// A policy lists the suites, and without its list those of the host serve the certificate of the listener. Pure.
bool serves_without_policy(const Facts& facts);

// Reads every fact; what could not be read is an error inside. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);
// The findings of probes/README.md, section tls. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);
// Those of them about CredSSP and NTLM, as if Remote Desktop were on. Pure.
std::vector<Finding> judge_logon(const Facts& facts);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::tls
