// What does a host with a healthy RDP certificate look like? Tests take it and break one thing.
#include "tests/support/certificate_host.hpp"

#include "probes/formats/sddl.hpp"
#include "probes/formats/x509.hpp"
#include "probes/hex.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::testing {

Bytes descriptor(std::string_view sddl) { return to_bytes(parse_sddl(sddl).value()).value(); }

std::string key_sddl(std::uint32_t build) {
    return "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x120089;;;NS)" +
           (build >= 17763 ? "(A;;FA;;;" + session_env_sid + ")" : std::string("(A;;0x120089;;;BA)"));
}

CertificateHost::CertificateHost(std::uint32_t build) {
    set_text(keys::windows_version, "CurrentBuildNumber", std::to_string(build));
    set_text(keys::cryptography, "MachineGuid", machine_guid);
    set_dword(keys::rdp_tcp, "SecurityLayer", 2);
    set_dword(keys::win_stations, "ConsoleSecurity", 0);
    for (const char* name : {"SessionEnv", "CertPropSvc", "CryptSvc", "KeyIso"}) {
        ServiceFacts service;
        service.name = name;
        service.start = StartType::manual;
        service.state = ServiceState::running;
        services[lower(name)] = service;
    }
    stores["My"] = {};
    set_own(CertificateOrder{});
    set_file(own_key_file, key_sddl(build));
    file_descriptors[lower(machine_keys)] = descriptor("O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;FA;;;BA)");
    for (const char* key : {"", "\\Certificates"})
        registry_descriptors[lower(keys::remote_desktop_store.key + key)] =
            descriptor("O:BAG:SYD:AI(A;CIID;KR;;;BU)(A;CIID;KA;;;BA)(A;CIID;KA;;;SY)(A;CIIOID;KA;;;CO)");
}

CertificateHost::CertificateHost(const CertificateHost& other) = default;
CertificateHost::CertificateHost(CertificateHost&& other) noexcept = default;
CertificateHost& CertificateHost::operator=(const CertificateHost& other) = default;
CertificateHost& CertificateHost::operator=(CertificateHost&& other) noexcept = default;
CertificateHost::~CertificateHost() = default;

StoreCertificate CertificateHost::own_certificate(const CertificateOrder& order) {
    StoreCertificate certificate;
    certificate.der = make_certificate(order).der;
    certificate.key = KeyLocation{"TSSecKeySet1", "Microsoft Enhanced Cryptographic Provider v1.0", 1, true, {}};
    certificate.key_usable = Result<void>();
    return certificate;
}

void CertificateHost::set_own(const CertificateOrder& order) { stores["Remote Desktop"] = {own_certificate(order)}; }

StoreCertificate& CertificateHost::own() { return stores["Remote Desktop"].front(); }

void CertificateHost::set_file(const std::string& path, std::string_view sddl) {
    files[lower(path)] = FileFacts{path, 2048, false, false};
    file_descriptors[lower(path)] = descriptor(sddl);
}

StoreCertificate& CertificateHost::pin(const CertificateOrder& order) {
    StoreCertificate certificate;
    certificate.der = make_certificate(order).der;
    certificate.key = KeyLocation{"tq-0123", "Microsoft Software Key Storage Provider", 0, true, pinned_key_name};
    certificate.key_usable = Result<void>();
    set_file(pinned_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;NS)");
    pin_to(sha1_thumbprint(certificate.der));
    stores["My"] = {certificate};
    return stores["My"].front();
}

void CertificateHost::pin_to(std::string_view thumbprint) {
    set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, from_hex(thumbprint).value()});
}

} // namespace rdpmedic::testing
