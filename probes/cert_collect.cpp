// Which certificate does the listener use, and where is its key?
#include "probes/cert_judge.hpp"
#include "probes/formats/key_container.hpp"
#include "probes/formats/value_name.hpp"
#include "probes/hex.hpp"
#include "probes/rdp_switch.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::cert {
namespace {

// Legacy providers that keep RSA machine keys as files. Smart card providers, for one, do not.
// https://learn.microsoft.com/windows/win32/seccrypto/cryptographic-provider-names
constexpr std::array rsa_file_providers{
    std::string_view{"Microsoft Base Cryptographic Provider v1.0"},
    std::string_view{"Microsoft Enhanced Cryptographic Provider v1.0"},
    std::string_view{"Microsoft Strong Cryptographic Provider"},
    std::string_view{"Microsoft RSA SChannel Cryptographic Provider"},
    std::string_view{"Microsoft Enhanced RSA and AES Cryptographic Provider"},
    // The name that Windows XP gave the last one, which links of old certificates still carry.
    std::string_view{"Microsoft Enhanced RSA and AES Cryptographic Provider (Prototype)"},
};
constexpr std::string_view software_key_storage = "Microsoft Software Key Storage Provider";

KeyKind kind_of(const Result<KeyLocation>& key) {
    if (is_absent(key))
        return KeyKind::none;
    if (!key)
        return KeyKind::unknown;
    // https://learn.microsoft.com/windows/win32/api/wincrypt/ns-wincrypt-crypt_key_prov_info: type 0 is a key storage
    // provider, everything else a cryptographic service provider.
    if (key->provider_type == 0)
        return key->provider == software_key_storage ? KeyKind::cng : KeyKind::unknown;
    const bool known =
        std::find(rsa_file_providers.begin(), rsa_file_providers.end(), key->provider) != rsa_file_providers.end();
    return known ? KeyKind::legacy : KeyKind::unknown;
}

Result<std::string> file_name(const KeyLocation& key, KeyKind kind, const Result<std::string>& machine_guid) {
    if (!key.file.empty())
        return key.file;
    if (kind == KeyKind::cng)
        return Error{Errc::unsupported, 0, "file of the CNG key '" + key.container + "'"};
    if (!machine_guid)
        return machine_guid.error();
    return key_file_name(key.container, *machine_guid);
}

// The software provider also opens containers of the legacy providers, so a CNG link can lead to either folder.
Result<std::string> key_path(const Host& host, const CertificateFacts& certificate,
                             const Result<std::string>& machine_guid) {
    if (!certificate.key)
        return certificate.key.error();
    const KeyLocation& key = *certificate.key;
    if (certificate.key_kind != KeyKind::legacy && certificate.key_kind != KeyKind::cng)
        return Error{Errc::unsupported, 0, "key file of the provider '" + key.provider + "'"};
    if (!key.machine_keyset)
        return Error{Errc::unsupported, 0, "key file of a user's key set"};
    const Result<std::string> name = file_name(key, certificate.key_kind, machine_guid);
    if (!name)
        return name.error();
    if (name->find_first_of("\\/") != std::string::npos)
        return *name;
    const std::string legacy = std::string(machine_keys_folder) + "\\" + *name;
    if (certificate.key_kind == KeyKind::legacy)
        return legacy;
    const std::string cng = std::string(cng_keys_folder) + "\\" + *name;
    return is_absent(host.file(cng)) && host.file(legacy) ? legacy : cng;
}

Result<Access> access_on(const Result<Bytes>& security) {
    if (!security)
        return security.error();
    const Result<SecurityDescriptor> descriptor = parse_security_descriptor(*security);
    if (!descriptor)
        return descriptor.error();
    return access_of(*descriptor, term_service_sids(), file_rights);
}

} // namespace

CertificateFacts read_certificate(const Host& host, std::string_view store, const StoreCertificate& found,
                                  const Result<std::string>& machine_guid) {
    CertificateFacts facts;
    facts.store = store;
    facts.thumbprint = sha1_thumbprint(found.der);
    facts.x509 = parse_certificate(found.der);
    facts.key = found.key;
    facts.key_usable = found.key_usable;
    facts.key_kind = kind_of(found.key);
    facts.key_file = key_path(host, facts, machine_guid);
    if (facts.key_file) {
        facts.file = host.file(*facts.key_file);
        // A folder that hides its names still lets a file be opened by its path, so only a missing file ends here.
        if (!is_absent(facts.file))
            facts.key_security = host.file_security(*facts.key_file);
        facts.network_service = access_on(facts.key_security);
    }
    return facts;
}

namespace {

void read_settings(const Host& host, CertFacts& facts) {
    facts.rdp_switch = read_rdp_switch(host);
    facts.windows_build = windows_build(host);
    facts.machine_guid = read_text(host, keys::cryptography, "MachineGuid");
    facts.pin = host.registry_value(keys::rdp_tcp, "SSLCertificateSHA1Hash");
    facts.template_name = read_text(host, keys::terminal_services_policy, "CertTemplateName");
    facts.store_override = read_text(host, keys::win_stations, "SelfSignedCertStore");
    facts.self_signed_hash = read_binary(host, keys::win_stations, "SelfSignedCertificate");
    if (facts.pin) {
        constexpr std::size_t sha1_size = 20;
        const Bytes* bytes = std::get_if<Bytes>(&facts.pin->data);
        if (bytes && bytes->size() == sha1_size)
            facts.pinned_thumbprint = to_hex(*bytes);
    }
    for (const RegistryPath& key : {keys::rdp_tcp, keys::win_stations, keys::terminal_services_policy}) {
        const auto values = host.registry_values(key);
        if (!values)
            continue; // the values that count are read one by one above
        for (const auto& [name, value] : *values)
            // The probe listener reports the others.
            if ((is_misspelt(name) && is_about_certificate(name)) ||
                same_ignoring_case(name, "SSLCertificateSHA1HashValue"))
                facts.odd_names.push_back(label(key, name));
    }
}

Result<std::size_t> count_of(const Result<std::vector<StoreCertificate>>& store) {
    if (!store)
        return store.error();
    return store->size();
}

void read_stores(const Host& host, CertFacts& facts) {
    const auto personal = host.certificates(personal_store);
    const auto remote_desktop = host.certificates(remote_desktop_store);
    facts.personal_count = count_of(personal);
    facts.remote_desktop_count = count_of(remote_desktop);
    if (personal && facts.pinned_thumbprint)
        for (const StoreCertificate& found : *personal)
            if (sha1_thumbprint(found.der) == *facts.pinned_thumbprint)
                facts.certificates.push_back(read_certificate(host, personal_store, found, facts.machine_guid));
    if (remote_desktop)
        for (const StoreCertificate& found : *remote_desktop)
            facts.certificates.push_back(read_certificate(host, remote_desktop_store, found, facts.machine_guid));
}

std::optional<std::size_t> find(const CertFacts& facts, std::string_view thumbprint) {
    for (std::size_t i = 0; i < facts.certificates.size(); ++i)
        if (facts.certificates[i].thumbprint == thumbprint)
            return i;
    return std::nullopt;
}

// DERIVED: that SelfSignedCertificate holds the thumbprint of the certificate that Windows made is concluded from its
// size and place. Where it names none, the newest is taken.
std::optional<std::size_t> self_signed_of(const CertFacts& facts) {
    if (facts.self_signed_hash)
        if (const auto named = find(facts, to_hex(*facts.self_signed_hash)))
            return named;
    std::optional<std::size_t> newest;
    for (std::size_t i = 0; i < facts.certificates.size(); ++i) {
        const Result<X509Facts>& candidate = facts.certificates[i].x509;
        if (!newest || (candidate && (!facts.certificates[*newest].x509 ||
                                      candidate->not_before > facts.certificates[*newest].x509->not_before)))
            newest = i;
    }
    return newest;
}

// The order in which Windows decides: the certificate that SSLCertificateSHA1Hash names, whoever wrote it, then the one
// it made itself.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/remote-desktop-listener-certificate-configurations
void choose(CertFacts& facts) {
    if (is_unreadable(facts.pin))
        return;
    if (facts.pinned_thumbprint) {
        facts.listener = find(facts, *facts.pinned_thumbprint);
        if (facts.listener)
            facts.source = facts.from_policy() ? Source::template_ : Source::pinned;
        if (facts.listener || is_unreadable(facts.personal_count))
            return;
    }
    if (is_unreadable(facts.remote_desktop_count))
        return;
    facts.listener = self_signed_of(facts);
    facts.source = facts.listener ? Source::self_signed : Source::none;
}

// A certificate from the future doubts the clock. Here `now` only decides what is read; the judge has its own.
void read_clock(const Host& host, CertFacts& facts) {
    const CertificateFacts* const certificate = facts.in_use();
    const Result<Time> now = host.now();
    if (certificate && certificate->x509 && now && *now < certificate->x509->not_before)
        facts.time_service_start = read_dword(host, keys::time_service, "Start");
}

void read_surroundings(const Host& host, CertFacts& facts) {
    facts.machine_keys_security = host.file_security(machine_keys_folder);
    facts.store_security = host.registry_security(keys::remote_desktop_store);
    facts.store_certificates_security = host.registry_security({keys::remote_desktop_store.key + "\\Certificates"});
    for (const char* name : {"SessionEnv", "CertPropSvc", "CryptSvc", "KeyIso"})
        facts.services.emplace(name, host.service(name));
    if (facts.source == Source::pinned || facts.source == Source::template_)
        facts.names = host.host_names();
    facts.program_data =
        read_text(host, {R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList)"}, "ProgramData");
    if (facts.program_data)
        facts.program_data_folder = host.file(*facts.program_data);
    // The service of the role RD Connection Broker, which hands out certificates of its own.
    const Result<ServiceFacts> broker = host.service("Tssdis");
    if (is_unreadable(broker))
        facts.connection_broker = broker.error();
    else
        facts.connection_broker = broker.has_value();
}

} // namespace

bool CertFacts::pin_dangles() const noexcept {
    if (!pinned_thumbprint || is_unreadable(personal_count) || is_unreadable(remote_desktop_count))
        return false;
    return std::none_of(certificates.begin(), certificates.end(), [this](const CertificateFacts& certificate) {
        return certificate.thumbprint == *pinned_thumbprint;
    });
}

Result<CertFacts> collect(const Host& host) {
    CertFacts facts;
    read_settings(host, facts);
    read_stores(host, facts);
    choose(facts);
    read_clock(host, facts);
    read_surroundings(host, facts);
    return facts;
}

} // namespace rdpmedic::cert
