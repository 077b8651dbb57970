// What does a host with a healthy RDP certificate look like? Tests take it and break one thing.
#pragma once

#include "probes/cert.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/hex.hpp"
#include "probes/registry.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/make_certificate.hpp"

namespace rdpmedic::testing {

inline const std::string session_env_sid = "S-1-5-80-4022436659-1090538466-1613889075-870485073-3428993833";
inline const std::string machine_guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
inline const std::string own_key_file = R"(%ProgramData%\Microsoft\Crypto\RSA\MachineKeys\)"
                                        "f686aace6942fb7f7ceb231212eef4a4_" +
                                        machine_guid;
inline const std::string pinned_key_name = "0123456789abcdef0123456789abcdef_" + machine_guid;
inline const std::string pinned_key_file = R"(%ProgramData%\Microsoft\Crypto\Keys\)" + pinned_key_name;
inline const std::string machine_keys = R"(%ProgramData%\Microsoft\Crypto\RSA\MachineKeys)";

inline Bytes descriptor(std::string_view sddl) { return to_bytes(parse_sddl(sddl).value()).value(); }

// The lists that Windows sets on the key file of its own certificate, by build.
inline std::string key_sddl(std::uint32_t build) {
    return "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x120089;;;NS)" +
           (build >= 17763 ? "(A;;FA;;;" + session_env_sid + ")" : std::string("(A;;0x120089;;;BA)"));
}

// The time is 15 January 2026, the certificate is valid from 1 January to 1 July.
struct CertificateHost : FakeHost {
    explicit CertificateHost(std::uint32_t build = 20348) {
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

    static StoreCertificate own_certificate(const CertificateOrder& order) {
        StoreCertificate certificate;
        certificate.der = make_certificate(order).der;
        certificate.key = KeyLocation{"TSSecKeySet1", "Microsoft Enhanced Cryptographic Provider v1.0", 1, true, {}};
        certificate.key_usable = Result<void>();
        return certificate;
    }
    // The certificate that Windows made, alone in its store.
    void set_own(const CertificateOrder& order) { stores["Remote Desktop"] = {own_certificate(order)}; }
    StoreCertificate& own() { return stores["Remote Desktop"].front(); }

    void set_file(const std::string& path, std::string_view sddl) {
        files[lower(path)] = FileFacts{path, 2048, false, false};
        file_descriptors[lower(path)] = descriptor(sddl);
    }

    // A certificate in My with a CNG key, chosen by its thumbprint.
    StoreCertificate& pin(const CertificateOrder& order) {
        StoreCertificate certificate;
        certificate.der = make_certificate(order).der;
        certificate.key = KeyLocation{"tq-0123", "Microsoft Software Key Storage Provider", 0, true, pinned_key_name};
        certificate.key_usable = Result<void>();
        set_file(pinned_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;NS)");
        pin_to(sha1_thumbprint(certificate.der));
        stores["My"] = {certificate};
        return stores["My"].front();
    }
    void pin_to(std::string_view thumbprint) {
        set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, from_hex(thumbprint).value()});
    }
};

} // namespace rdpmedic::testing
