// What do the registry and the listener's certificate say about TLS?
#include "probes/tls.hpp"

#include "probes/cert.hpp"
#include "probes/rdp_switch.hpp"

#include <algorithm>

namespace rdpmedic::tls {
namespace {

using Values = Result<std::map<std::string, RegistryValue>>;

// The policy keeps its list of suites as one text with commas; that of curves and those of the host are lists of texts:
// https://learn.microsoft.com/windows-server/security/tls/manage-tls
// Each is read in either shape: who wrote the other one meant the same.
Result<ListFacts> list_in(const Values& values, const RegistryPath& key, std::string_view name) {
    if (!values)
        return values.error();
    const RegistryValue* const found = find_value(*values, name);
    if (!found)
        return Error{Errc::not_found, 0, label(key, name)};
    ListFacts list;
    if (const auto* text = std::get_if<std::string>(&found->data)) {
        list.names = split_cipher_suites(*text);
        list.characters = text->size();
        return list;
    }
    if (const auto* texts = std::get_if<std::vector<std::string>>(&found->data)) {
        for (const std::string& text : *texts)
            for (std::string& entry : split_cipher_suites(text))
                list.names.push_back(std::move(entry));
        return list;
    }
    return Error{Errc::malformed, 0,
                 label(key, name) + " (registry type " + std::to_string(found->type) +
                     ", expected REG_SZ or REG_MULTI_SZ)"};
}

// One read a key brings both lists.
void read_lists(const Host& host, Facts& facts) {
    const Values policy = host.registry_values(suites_policy), local = host.registry_values(suites_local);
    facts.policy_suites = list_in(policy, suites_policy, "Functions");
    facts.policy_curves = list_in(policy, suites_policy, "EccCurves");
    facts.local_suites = list_in(local, suites_local, "Functions");
    facts.local_curves = list_in(local, suites_local, "EccCurves");
}

void read_protocols(const Host& host, Facts& facts) {
    for (const char* version : {"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}) {
        const RegistryPath key{schannel.key + "\\Protocols\\" + version + "\\Server"};
        facts.protocols.push_back(
            {version, key, read_dword(host, key, "Enabled"), read_dword(host, key, "DisabledByDefault")});
    }
}

void read_algorithms(const Host& host, Facts& facts) {
    for (const char* kind : {"Ciphers", "Hashes", "KeyExchangeAlgorithms"}) {
        const RegistryPath key{schannel.key + "\\" + kind};
        const auto names = host.registry_subkeys(key);
        if (is_unreadable(names))
            facts.unread.emplace_back("HKLM\\" + key.key, names.error());
        if (!names)
            continue;
        for (const std::string& name : *names) {
            const RegistryPath algorithm{key.key + "\\" + name};
            facts.algorithms.push_back({kind, name, algorithm, read_dword(host, algorithm, "Enabled"), {}});
            // What a server takes of RSA keys is its certificate's alone:
            // https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
            if (same_ignoring_case(name, "Diffie-Hellman"))
                facts.algorithms.back().server_min_key = read_dword(host, algorithm, "ServerMinKeyBitLength");
        }
    }
}

Result<std::string> certificate_key(const Host& host) {
    const Result<cert::CertFacts> facts = cert::collect(host);
    if (!facts)
        return facts.error();
    if (const cert::CertificateFacts* in_use = facts->in_use()) {
        if (!in_use->x509)
            return in_use->x509.error();
        return in_use->x509->key_algorithm;
    }
    // Windows makes one with an RSA key when the listener needs it.
    if (facts->source == cert::Source::none)
        return std::string("RSA");
    return Error{Errc::io, 0, "certificate of the listener"};
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts;
    read_protocols(host, facts);
    read_algorithms(host, facts);
    facts.build = windows_build(host);
    read_lists(host, facts);
    const auto effective = [&host](const RegistryPath& local, std::string_view name) {
        return effective_dword(host, keys::terminal_services_policy, local, name);
    };
    facts.deny_connections = read_rdp_switch(host);
    facts.security_layer = effective(keys::rdp_tcp, "SecurityLayer");
    facts.user_authentication = effective(keys::rdp_tcp, "UserAuthentication");
    facts.min_encryption_level = effective(keys::rdp_tcp, "MinEncryptionLevel");
    facts.fips = read_dword(host, fips_key, "Enabled");
    facts.encryption_oracle = read_dword(host, credssp, "AllowEncryptionOracle");
    facts.restrict_ntlm = read_dword(host, ntlm_key, "RestrictReceivingNTLMTraffic");
    facts.lm_compatibility = read_dword(host, lsa_key, "LmCompatibilityLevel");
    const Suites suites = suites_of(facts);
    const auto serves = [&suites](SuiteCertificate certificate) {
        return std::any_of(suites.left.begin(), suites.left.end(),
                           [=](const CipherSuite& suite) { return suite.certificate == certificate; });
    };
    if (suites.known && (!serves(SuiteCertificate::rsa) || !serves(SuiteCertificate::ecdsa)))
        facts.certificate_key = certificate_key(host);
    return facts;
}

Probe probe(const ProbeOptions&) {
    return make_probe("tls", "Can a client agree with this host on a TLS version and a cipher suite?",
                      std::chrono::minutes{5}, std::chrono::seconds{20}, &collect, &judge);
}

} // namespace rdpmedic::tls
