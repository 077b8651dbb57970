// Which certificates do tests need? Made when asked for, so that none lies in the repository and expires there.
#include "tests/support/make_certificate.hpp"

#include "probes/formats/x509.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <map>
#include <memory>
#include <stdexcept>

namespace rdpmedic::testing {
namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* pointer) const {
        release(pointer);
    }
};
using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using AsnTime = std::unique_ptr<ASN1_TIME, Release<ASN1_TIME_free>>;

void require(bool good, const std::string& what) {
    if (good)
        return;
    const char* reason = ERR_reason_error_string(ERR_get_error());
    throw std::runtime_error("make_certificate: " + what + ": " + (reason ? reason : "no reason given"));
}

Key make_key(const std::string& kind) {
    EVP_PKEY* key = nullptr;
    if (kind.rfind("RSA-", 0) == 0)
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(std::stoul(kind.substr(4))));
    else if (kind.rfind("EC-", 0) == 0)
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.substr(3).c_str());
    require(key != nullptr, "key " + kind);
    return {key, EVP_PKEY_free};
}

Key key_of(const std::string& kind) {
    static std::map<std::string, Key> keys;
    Key& key = keys[kind];
    if (!key)
        key = make_key(kind);
    return key;
}

// GeneralizedTime text, because the setters that take a time_t stop at what that type can say.
AsnTime asn_time(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    char text[64];
    std::snprintf(text, sizeof text, "%04d%02u%02u%02d%02d%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    AsnTime result{ASN1_TIME_new()};
    require(result && ASN1_TIME_set_string_X509(result.get(), text) == 1, std::string("time ") + text);
    return result;
}

void set_name(X509_NAME* name, const std::string& common_name) {
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(common_name.data()),
                                       static_cast<int>(common_name.size()), -1, 0) == 1,
            "name " + common_name);
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

std::string joined(const std::vector<std::string>& parts, const std::string& prefix) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ",") + prefix + part;
    return text;
}

void add_urls(X509* certificate, const CertificateOrder& order) {
    if (!order.crl.empty())
        add_extension(certificate, NID_crl_distribution_points, "URI:" + order.crl);
    std::vector<std::string> access;
    if (!order.ocsp.empty())
        access.push_back("OCSP;URI:" + order.ocsp);
    if (!order.issuer_url.empty())
        access.push_back("caIssuers;URI:" + order.issuer_url);
    if (!access.empty())
        add_extension(certificate, NID_info_access, joined(access, ""));
}

void fill(X509* certificate, EVP_PKEY* key, const CertificateOrder& order) {
    require(X509_set_version(certificate, X509_VERSION_3) == 1, "version");
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1, "serial number");
    require(X509_set1_notBefore(certificate, asn_time(order.not_before).get()) == 1, "notBefore");
    require(X509_set1_notAfter(certificate, asn_time(order.not_after).get()) == 1, "notAfter");
    set_name(X509_get_subject_name(certificate), order.common_name);
    set_name(X509_get_issuer_name(certificate), order.issuer.empty() ? order.common_name : order.issuer);
    require(X509_set_pubkey(certificate, key) == 1, "public key");
    if (!order.usages.empty())
        add_extension(certificate, NID_ext_key_usage, joined(order.usages, ""));
    if (!order.dns_names.empty())
        add_extension(certificate, NID_subject_alt_name, joined(order.dns_names, "DNS:"));
    add_urls(certificate, order);
}

template <class Write>
std::string pem(Write write) {
    const Bio out{BIO_new(BIO_s_mem())};
    require(out && write(out.get()) == 1, "PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

MadeCertificate make_certificate(const CertificateOrder& order) {
    ERR_clear_error();
    const Key key = key_of(order.key);
    const Certificate certificate{X509_new()};
    require(certificate != nullptr, "certificate");
    fill(certificate.get(), key.get(), order);
    const EVP_MD* digest = EVP_get_digestbyname(order.digest.c_str());
    require(digest != nullptr, "digest " + order.digest);
    require(X509_sign(certificate.get(), key.get(), digest) > 0, "signature");

    MadeCertificate made;
    const int size = i2d_X509(certificate.get(), nullptr);
    require(size > 0, "DER");
    made.der.resize(static_cast<std::size_t>(size));
    unsigned char* end = made.der.data();
    require(i2d_X509(certificate.get(), &end) == size, "DER");
    made.thumbprint = sha1_thumbprint(made.der);
    made.pem = pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
    made.key_pem = pem(
        [&](BIO* out) { return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    return made;
}

} // namespace rdpmedic::testing
