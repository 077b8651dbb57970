// Does Windows read a registry value of this name, or did a shell misspell it?
#include "probes/formats/value_name.hpp"

#include <algorithm>

namespace rdpmedic {
namespace {

constexpr std::string_view strange = " \t'\"";

bool begins_with(std::string_view text, std::string_view start) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                     [lower](char a, char b) { return lower(a) == lower(b); });
}

} // namespace

bool is_misspelt(std::string_view name) {
    return !name.empty() && (strange.find(name.front()) != std::string_view::npos ||
                             strange.find(name.back()) != std::string_view::npos);
}

bool is_about_certificate(std::string_view name) {
    const std::size_t begin = name.find_first_not_of(strange);
    name.remove_prefix(begin == name.npos ? name.size() : begin);
    return begins_with(name, "SSLCertificate") || begins_with(name, "SelfSignedCert") ||
           begins_with(name, "CertTemplateName");
}

} // namespace rdpmedic
