// Does Windows read a registry value of this name, or did a shell misspell it?
#include "probes/formats/value_name.hpp"
#include "probes/letter_case.hpp"

namespace rdpmedic {
namespace {

constexpr std::string_view strange = " \t'\"";

} // namespace

bool is_misspelt(std::string_view name) {
    return !name.empty() && (strange.find(name.front()) != std::string_view::npos ||
                             strange.find(name.back()) != std::string_view::npos);
}

bool is_about_certificate(std::string_view name) {
    const std::size_t begin = name.find_first_not_of(strange);
    name.remove_prefix(begin == name.npos ? name.size() : begin);
    return begins_ignoring_case(name, "SSLCertificate") || begins_ignoring_case(name, "SelfSignedCert") ||
           begins_ignoring_case(name, "CertTemplateName");
}

} // namespace rdpmedic
