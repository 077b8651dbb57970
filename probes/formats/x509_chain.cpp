// What can a client find from a certificate on: its issuer, and whether it was revoked?
#include "probes/formats/x509_chain.hpp"

#include "probes/formats/x509_handles.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace rdpmedic {
namespace {

using Points = std::unique_ptr<CRL_DIST_POINTS, Release<CRL_DIST_POINTS_free>>;
using Access = std::unique_ptr<AUTHORITY_INFO_ACCESS, Release<AUTHORITY_INFO_ACCESS_free>>;

Error malformed(const char* what) { return {Errc::malformed, 0, std::string("certificate: ") + what}; }

Certificate certificate_of(std::span<const std::uint8_t> der) {
    const unsigned char* position = der.data();
    Certificate certificate{d2i_X509(nullptr, &position, static_cast<long>(der.size()))};
    return position == der.data() + der.size() ? std::move(certificate) : nullptr;
}

bool is_ocsp(const ACCESS_DESCRIPTION* access) {
    return OBJ_obj2nid(access->method) == NID_ad_OCSP && access->location->type == GEN_URI;
}

} // namespace

Result<bool> has_issuer_among(std::span<const std::uint8_t> der, std::span<const Bytes> others) {
    const ErrorQueue errors;
    const Certificate certificate = certificate_of(der);
    if (!certificate)
        return malformed("not a certificate");
    return std::any_of(others.begin(), others.end(), [&](const Bytes& other) {
        const Certificate issuer = certificate_of(other);
        return issuer && X509_check_issued(issuer.get(), certificate.get()) == X509_V_OK;
    });
}

// https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13 and #section-4.2.2.1, where the OCSP responder is one of two
// things that the extension can name.
Result<bool> names_revocation(std::span<const std::uint8_t> der) {
    const ErrorQueue errors;
    const Certificate certificate = certificate_of(der);
    if (!certificate)
        return malformed("not a certificate");
    int found = 0; // -1: no such extension; any other value without a result: one that cannot be read
    const Points points{static_cast<CRL_DIST_POINTS*>(
        X509_get_ext_d2i(certificate.get(), NID_crl_distribution_points, &found, nullptr))};
    if (!points && found != -1)
        return malformed("its CRL distribution points cannot be read");
    if (points && sk_DIST_POINT_num(points.get()) > 0)
        return true;
    const Access access{
        static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate.get(), NID_info_access, &found, nullptr))};
    if (!access && found != -1)
        return malformed("its authority information access cannot be read");
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i)
        if (is_ocsp(sk_ACCESS_DESCRIPTION_value(access.get(), i)))
            return true;
    return false;
}

} // namespace rdpmedic
