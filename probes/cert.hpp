// Will the certificate that RDP presents be accepted, and can the listener use its key?
#pragma once

#include "probes/formats/access.hpp"
#include "probes/formats/x509.hpp"
#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::cert {

// Names of system stores of the local machine.
inline constexpr std::string_view personal_store = "My";
inline constexpr std::string_view remote_desktop_store = "Remote Desktop";

// What the listener's service needs on the key file: FILE_GENERIC_READ.
inline constexpr std::uint32_t key_read = 0x120089;

enum class KeyKind { none, legacy, cng, unknown };

// One certificate with its key, as far as each could be read.
struct CertificateFacts {
    std::string store;      // "My" or "Remote Desktop"
    std::string thumbprint; // of the bytes, also where they cannot be parsed
    Result<X509Facts> x509 = Error{Errc::unsupported, 0, "not read"};
    Result<KeyLocation> key = Error{Errc::unsupported, 0, "not read"};  // not_found: no link to a private key
    Result<void> key_usable = Error{Errc::unsupported, 0, "not tried"}; // by this process, which is not the listener
    KeyKind key_kind = KeyKind::unknown;
    // Where the key file must be, with %ProgramData%. unsupported: this provider does not say where it keeps the key.
    Result<std::string> key_file = Error{Errc::unsupported, 0, "not read"};
    Result<FileFacts> file = Error{Errc::unsupported, 0, "not read"}; // not_found: the key file is gone
    Result<Bytes> key_security = Error{Errc::unsupported, 0, "not read"};
    // What NETWORK SERVICE, the account of the listener, may do with the key file.
    Result<Access> network_service = Error{Errc::unsupported, 0, "not read"};
};

// From where the listener takes its certificate.
enum class Source {
    pinned,      // SSLCertificateSHA1Hash names it
    template_,   // so does SSLCertificateSHA1Hash, but SessionEnv keeps it up for the policy CertTemplateName
    self_signed, // the store Remote Desktop
    none,        // nothing there yet: Windows makes a self-signed one
    unknown,     // what decides it could not be read
};

struct CertFacts {
    // First, and not a Result: an aggregate that begins with one could be made from an Error, and then
    // Result<CertFacts> could not tell the two apart.
    Source source = Source::unknown;
    std::optional<std::size_t> listener; // index into `certificates` of the one the listener uses

    Result<Setting> rdp_switch = Error{Errc::unsupported, 0, "not read"}; // fDenyTSConnections
    Result<std::uint32_t> windows_build = Error{Errc::unsupported, 0, "not read"};
    Result<std::string> machine_guid = Error{Errc::unsupported, 0, "not read"};

    // Registry values as they are; not_found: not set.
    Result<RegistryValue> pin = Error{Errc::unsupported, 0, "not read"};          // SSLCertificateSHA1Hash
    Result<std::string> template_name = Error{Errc::unsupported, 0, "not read"};  // policy CertTemplateName
    Result<std::string> store_override = Error{Errc::unsupported, 0, "not read"}; // SelfSignedCertStore
    Result<Bytes> self_signed_hash = Error{Errc::unsupported, 0, "not read"};     // SelfSignedCertificate
    std::optional<std::string> pinned_thumbprint; // of `pin`, where it has the right type and size
    // Value names of the listener's keys that Windows does not know, in the form of label().
    std::vector<std::string> odd_names;

    // not_found: no such store, which is an empty one.
    Result<std::size_t> personal_count = Error{Errc::unsupported, 0, "not read"};
    Result<std::size_t> remote_desktop_count = Error{Errc::unsupported, 0, "not read"};
    // All of the store Remote Desktop, and of My the pinned one.
    std::vector<CertificateFacts> certificates;

    Result<Bytes> machine_keys_security = Error{Errc::unsupported, 0, "not read"}; // of the folder MachineKeys
    // Of SystemCertificates\Remote Desktop and of its subkey Certificates; not_found: no such key yet.
    Result<Bytes> store_security = Error{Errc::unsupported, 0, "not read"};
    Result<Bytes> store_certificates_security = Error{Errc::unsupported, 0, "not read"};

    // What makes and renews the self-signed certificate; not_found: no such service.
    std::map<std::string, Result<ServiceFacts>> services; // SessionEnv, CertPropSvc, CryptSvc, KeyIso
    // Asked where a certificate was chosen, whose names should be this host's.
    Result<HostNames> names = Error{Errc::not_found, 0, "not asked"};
    // Where Windows keeps the keys of the machine: ProgramData of ProfileList, and the folder that it names.
    Result<std::string> program_data = Error{Errc::not_found, 0, "not read"};
    Result<FileFacts> program_data_folder = Error{Errc::unsupported, 0, "not read"};
    // Start of W32Time; read where the certificate in use is not valid yet. not_found: no such service.
    std::optional<Result<std::uint32_t>> time_service_start;
    Result<bool> connection_broker = Error{Errc::unsupported, 0, "not read"}; // the service Tssdis exists

    const CertificateFacts* in_use() const noexcept { return listener ? &certificates[*listener] : nullptr; }
    // SSLCertificateSHA1Hash names a certificate that neither My nor Remote Desktop holds.
    bool pin_dangles() const noexcept;
    bool from_policy() const noexcept { return template_name.has_value() && !template_name->empty(); }
};

// One certificate of a store with its key. What could not be read is an error inside. Blocks as Host does.
CertificateFacts read_certificate(const Host& host, std::string_view store, const StoreCertificate& found,
                                  const Result<std::string>& machine_guid);
// An extended key usage for servers or Remote Desktop, or none at all, which allows all. Pure.
bool suits_servers(const X509Facts& x509);

// Reads what decides and what is needed to judge. Blocks as Host does; what cannot be read stays an error inside.
Result<CertFacts> collect(const Host& host);
// Pure.
std::vector<Finding> judge(const CertFacts& facts, const JudgeContext& context);

// Does a name of a certificate, which may begin with "*.", cover this name? One star, one label; without case. Pure.
bool covers_name(std::string_view pattern, std::string_view name);

// What Windows of this build grants on the key file of its self-signed certificate.
std::vector<Grant> expected_key_grants(std::uint32_t windows_build);
// What every build grants on the folder MachineKeys.
std::vector<Grant> expected_folder_grants();
// Has the folder MachineKeys, whose list this is, at least what every build grants? Pure.
bool folder_is_as_expected(const SecurityDescriptor& folder);
// Denies KEY_SET_VALUE or KEY_CREATE_SUB_KEY of the store's registry key to SYSTEM: renewal cannot store its result.
inline constexpr std::uint32_t store_write = 0x6;

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::cert
