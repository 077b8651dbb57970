// What does a certificate say about itself?
#include "probes/formats/x509.hpp"

#include "probes/formats/digest.hpp"
#include "probes/formats/x509_handles.hpp"
#include "probes/hex.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

namespace rdpmedic {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
using Usages = std::unique_ptr<EXTENDED_KEY_USAGE, Release<EXTENDED_KEY_USAGE_free>>;

constexpr std::size_t largest_certificate = 1 << 20; // real ones have one or two thousand bytes

Error malformed(const std::string& what) { return {Errc::malformed, 0, "certificate: " + what}; }

std::string reason() {
    const char* text = ERR_reason_error_string(ERR_peek_last_error());
    return text ? text : "not a certificate";
}

std::string name_text(const X509_NAME* name) {
    const Bio out{BIO_new(BIO_s_mem())};
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return {};
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

std::string utf8(const ASN1_STRING* text) {
    unsigned char* data = nullptr;
    const int size = ASN1_STRING_to_UTF8(&data, text);
    if (size < 0)
        return {};
    std::string result(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    OPENSSL_free(data);
    return result;
}

std::string common_name(const X509_NAME* name) {
    const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (index < 0)
        return {};
    return utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
}

// The short name where there is one, the long one where that is asked for, otherwise the digits.
std::string object_text(const ASN1_OBJECT* object, bool digits) {
    std::array<char, 128> text{};
    const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, digits ? 1 : 0);
    return size > 0 ? std::string(text.data()) : std::string{};
}

Result<Time> time_of(const ASN1_TIME* time, const char* field) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
        return malformed(std::string(field) + " is not a time");
    using namespace std::chrono;
    const year_month_day date{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon) + 1},
                              day{static_cast<unsigned>(parts.tm_mday)}};
    if (!date.ok())
        return malformed(std::string(field) + " is not a date");
    return Time{sys_days{date}} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
}

std::vector<std::string> dns_names(const X509* certificate) {
    std::vector<std::string> names;
    const Names list{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
        if (name->type == GEN_DNS)
            names.push_back(utf8(name->d.dNSName));
    }
    return names;
}

void read_usages(const X509* certificate, X509Facts& facts) {
    facts.has_eku = X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1) >= 0;
    const Usages list{
        static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr))};
    for (int i = 0; list && i < sk_ASN1_OBJECT_num(list.get()); ++i)
        facts.eku.push_back(object_text(sk_ASN1_OBJECT_value(list.get(), i), true));
}

// The algorithm comes from the OID, so that a key that OpenSSL cannot decode still has a name.
void read_key(X509* certificate, X509Facts& facts) {
    if (const EVP_PKEY* key = X509_get0_pubkey(certificate)) {
        facts.key_bits = EVP_PKEY_get_bits(key);
        if (const char* name = EVP_PKEY_get0_type_name(key))
            facts.key_algorithm = name;
    }
    if (!facts.key_algorithm.empty())
        return;
    ASN1_OBJECT* object = nullptr;
    X509_PUBKEY_get0_param(&object, nullptr, nullptr, nullptr, X509_get_X509_PUBKEY(certificate));
    if (object)
        facts.key_algorithm = object_text(object, true);
}

void read_signature(X509* certificate, X509Facts& facts) {
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, certificate);
    const ASN1_OBJECT* object = nullptr;
    if (algorithm)
        X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    if (object)
        facts.signature_algorithm = object_text(object, false);
    // Also knows the digest that RSA-PSS names in its parameters.
    int digest = NID_undef;
    if (X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) == 1 && digest != NID_undef)
        if (const char* name = OBJ_nid2sn(digest))
            facts.signature_digest = name;
}

} // namespace

std::string sha1_thumbprint(std::span<const std::uint8_t> der) { return to_hex(sha1(der)); }

Result<X509Facts> parse_certificate(std::span<const std::uint8_t> der) {
    const ErrorQueue errors;
    if (der.empty())
        return malformed("no bytes");
    if (der.size() > largest_certificate)
        return malformed("larger than " + std::to_string(largest_certificate) + " bytes");
    const unsigned char* position = der.data();
    const Certificate certificate{d2i_X509(nullptr, &position, static_cast<long>(der.size()))};
    if (!certificate)
        return malformed(reason());
    if (position != der.data() + der.size())
        return malformed(std::to_string(der.data() + der.size() - position) + " bytes behind its end");

    X509Facts facts;
    const Result<Time> not_before = time_of(X509_get0_notBefore(certificate.get()), "notBefore");
    if (!not_before)
        return not_before.error();
    const Result<Time> not_after = time_of(X509_get0_notAfter(certificate.get()), "notAfter");
    if (!not_after)
        return not_after.error();
    facts.not_before = *not_before;
    facts.not_after = *not_after;
    facts.thumbprint = sha1_thumbprint(der);
    facts.subject = name_text(X509_get_subject_name(certificate.get()));
    facts.issuer = name_text(X509_get_issuer_name(certificate.get()));
    facts.common_name = common_name(X509_get_subject_name(certificate.get()));
    facts.dns_names = dns_names(certificate.get());
    facts.self_signed = X509_self_signed(certificate.get(), 0) == 1;
    read_usages(certificate.get(), facts);
    read_key(certificate.get(), facts);
    read_signature(certificate.get(), facts);
    return facts;
}

} // namespace rdpmedic
