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

Bytes descriptor(std::string_view sddl);

// The lists that Windows sets on the key file of its own certificate, by build.
std::string key_sddl(std::uint32_t build);

// The time is 15 January 2026, the certificate is valid from 1 January to 1 July.
struct CertificateHost : FakeHost {
    explicit CertificateHost(std::uint32_t build = 20348);
    CertificateHost(const CertificateHost& other);
    CertificateHost(CertificateHost&& other) noexcept;
    CertificateHost& operator=(const CertificateHost& other);
    CertificateHost& operator=(CertificateHost&& other) noexcept;
    ~CertificateHost() override;

    static StoreCertificate own_certificate(const CertificateOrder& order);
    // The certificate that Windows made, alone in its store.
    void set_own(const CertificateOrder& order);
    StoreCertificate& own();

    void set_file(const std::string& path, std::string_view sddl);

    // A certificate in My with a CNG key, chosen by its thumbprint.
    StoreCertificate& pin(const CertificateOrder& order);
    void pin_to(std::string_view thumbprint);
};

} // namespace rdpmedic::testing
