// Will the certificate that RDP presents be accepted, and can the listener use its key?
#include "probes/cert_judge.hpp"

#include <algorithm>
#include <iterator>

namespace rdpmedic::cert {
namespace {

constexpr std::uint32_t full_control = 0x1F01FF;
constexpr std::string_view session_env = "S-1-5-80-4022436659-1090538466-1613889075-870485073-3428993833";

} // namespace

std::vector<Grant> expected_key_grants(std::uint32_t windows_build) {
    // Server 2019 gave SessionEnv its own entry and dropped the one of the administrators. Measured values, published
    // with Microsoft's repair scripts: https://github.com/Azure/repair-script-library
    constexpr std::uint32_t server_2019 = 17763;
    std::vector<Grant> grants{{std::string(sids::system), full_control},
                              {std::string(sids::network_service), key_read}};
    if (windows_build >= server_2019)
        grants.push_back({std::string(session_env), full_control});
    else
        grants.push_back({std::string(sids::administrators), key_read});
    return grants;
}

std::vector<Grant> expected_folder_grants() {
    constexpr std::uint32_t read_and_write = 0x12019F;
    return {{std::string(sids::everyone), read_and_write}, {std::string(sids::administrators), full_control}};
}

bool folder_is_as_expected(const SecurityDescriptor& folder) {
    const std::vector<Grant> expected = expected_folder_grants();
    const bool everyone =
        access_of(folder, std::span(&expected[0].sid, 1), file_rights).grants_surely(expected[0].mask);
    // SYSTEM has the full control of the administrators, being one of them.
    return everyone && access_of(folder, system_sids(), file_rights).grants(expected[1].mask);
}

bool suits_servers(const X509Facts& x509) {
    // Server Authentication, Remote Desktop Authentication, any usage.
    // https://learn.microsoft.com/troubleshoot/windows-server/remote/remote-desktop-listener-certificate-configurations
    constexpr std::string_view good[] = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.54.1.2", "2.5.29.37.0"};
    return !x509.has_eku || std::any_of(x509.eku.begin(), x509.eku.end(), [&](const std::string& usage) {
        return std::find(std::begin(good), std::end(good), usage) != std::end(good);
    });
}

Probe probe(const ProbeOptions&) {
    using namespace std::chrono_literals;
    return make_probe("cert", "Will the certificate that RDP presents be accepted, and can the listener use its key?",
                      60s, 20s, collect, judge);
}

} // namespace rdpmedic::cert
