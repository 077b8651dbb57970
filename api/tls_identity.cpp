// With which certificate does rdpmedic itself answer over TLS?
#include "api/tls_identity.hpp"

#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"

#include <boost/asio/ip/host_name.hpp>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace rdpmedic::api {
namespace {

template <auto Free>
struct Freeing {
    template <class T>
    void operator()(T* raw) const noexcept {
        Free(raw);
    }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;

constexpr std::size_t largest_file = 1 << 20;
constexpr std::chrono::days lifetime{5 * 365};
constexpr std::chrono::days renewed_before{30};

// The oldest reason that OpenSSL noted, and forgets them all.
std::string openssl_reason() {
    const char* text = ERR_reason_error_string(ERR_peek_error());
    std::string reason = text == nullptr ? "no reason given" : text;
    ERR_clear_error();
    return reason;
}

Bio reading(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// Without this, OpenSSL would ask for the password of an encrypted key on the terminal and wait.
int no_password(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

Result<Certificate> certificate_in(const std::string& pem, const std::string& file) {
    Certificate certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
    if (!certificate)
        return Error{Errc::malformed, 0,
                     "TLS certificate file " + file + " (no PEM certificate: " + openssl_reason() + ")"};
    return certificate;
}

Result<Key> key_in(const std::string& pem, const std::string& file) {
    bool asked = false;
    Key key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, &no_password, &asked));
    if (key)
        return key;
    const std::string reason = openssl_reason();
    return Error{Errc::malformed, 0,
                 "TLS private key file " + file +
                     (asked ? " (the key is encrypted; a service cannot ask for its password, store it without one)"
                            : " (no PEM private key: " + reason + ")")};
}

Result<TlsIdentity> checked(TlsIdentity identity, const std::string& certificate_file, const std::string& key_file) {
    const Result<Certificate> certificate = certificate_in(identity.certificate, certificate_file);
    if (!certificate)
        return certificate.error();
    const Result<Key> key = key_in(identity.private_key, key_file);
    if (!key)
        return key.error();
    if (X509_check_private_key(certificate->get(), key->get()) == 1)
        return identity;
    ERR_clear_error();
    return Error{Errc::malformed, 0,
                 "TLS private key file " + key_file + " (it is not the key of the certificate in " + certificate_file +
                     ")"};
}

std::filesystem::path path_from_utf8(const std::string& text) {
    return std::filesystem::path(std::u8string(text.begin(), text.end()));
}

Result<TlsIdentity> configured_identity(const Settings& settings) {
    if (settings.tls_certificate.empty() || settings.tls_private_key.empty())
        return Error{Errc::malformed, 0,
                     "the configuration (a TLS certificate and its private key are configured together or not at all)"};
    const Result<std::string> certificate = read_whole_file(path_from_utf8(settings.tls_certificate), largest_file);
    if (!certificate) {
        Error error = certificate.error();
        return Error{error.code, error.native, "TLS certificate file: " + error.where};
    }
    const Result<std::string> key = read_whole_file(path_from_utf8(settings.tls_private_key), largest_file);
    if (!key) {
        Error error = key.error();
        return Error{error.code, error.native, "TLS private key file: " + error.where};
    }
    return checked({*certificate, *key}, settings.tls_certificate, settings.tls_private_key);
}

bool has_own_identity(const Settings& settings) {
    return settings.tls_certificate.empty() && settings.tls_private_key.empty();
}

bool ends_soon(const TlsIdentity& identity, Time now) {
    const Result<Certificate> certificate = certificate_in(identity.certificate, "");
    if (!certificate)
        return false;
    std::time_t limit = std::chrono::system_clock::to_time_t(now + renewed_before);
    return X509_cmp_time(X509_get0_notAfter(certificate->get()), &limit) < 0;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_names(X509* certificate, const std::string& host_name) {
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* common = reinterpret_cast<const unsigned char*>("rdpmedic");
    if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0) != 1)
        return false;
    if (X509_set_issuer_name(certificate, name) != 1)
        return false;
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    const bool plain = host_name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == std::string::npos;
    if (plain && !host_name.empty() && host_name != "localhost")
        names += ",DNS:" + host_name;
    return add_extension(certificate, NID_subject_alt_name, names);
}

bool set_times(X509* certificate, Time now) {
    const auto begin = std::chrono::system_clock::to_time_t(now - std::chrono::hours{24}); // clocks differ
    const auto end = std::chrono::system_clock::to_time_t(now + lifetime);
    return ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), end) != nullptr;
}

bool set_serial(X509* certificate) {
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return false;
    random[0] = static_cast<unsigned char>((random[0] & 0x7f) | 0x40); // positive and never short
    const std::unique_ptr<BIGNUM, Freeing<BN_free>> number(
        BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate self_signed(EVP_PKEY* key, const std::string& host_name, Time now) {
    Certificate certificate(X509_new());
    const bool made = certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                      set_serial(certificate.get()) && set_times(certificate.get(), now) &&
                      X509_set_pubkey(certificate.get(), key) == 1 && add_names(certificate.get(), host_name) &&
                      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
                      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
                      X509_sign(certificate.get(), key, EVP_sha256()) > 0;
    if (!made)
        certificate.reset();
    return certificate;
}

std::string text_in(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

// One file, so that key and certificate never part.
std::filesystem::path own_file(const std::filesystem::path& data_folder) { return data_folder / "tls" / "server.pem"; }

Result<TlsIdentity> own_identity(const std::filesystem::path& data_folder, Time now) {
    const std::filesystem::path file = own_file(data_folder);
    const std::filesystem::path folder = file.parent_path();
    const std::string name = disk::text_of(file);
    const Result<std::string> text = read_whole_file(file, largest_file);
    if (is_unreadable(text))
        return text.error();
    if (text) {
        Result<TlsIdentity> identity = checked({*text, *text}, name, name);
        if (!identity)
            return Error{identity.error().code, 0, identity.error().where + "; delete it to have a new one made"};
        if (!ends_soon(*identity, now))
            return identity;
    }
    boost::system::error_code no_name;
    Result<TlsIdentity> fresh = make_tls_identity(boost::asio::ip::host_name(no_name), now);
    if (!fresh)
        return fresh;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (const Result<> written = write_file_atomically(file, fresh->private_key + fresh->certificate); !written)
        return written.error();
    return fresh;
}

} // namespace

Result<TlsIdentity> make_tls_identity(const std::string& host_name, Time now) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate = key ? self_signed(key.get(), host_name, now) : nullptr;
    const Bio key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
    if (!certificate || !key_text || !certificate_text ||
        PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1)
        return Error{Errc::io, 0, "making a TLS certificate (" + openssl_reason() + ")"};
    return TlsIdentity{text_in(certificate_text.get()), text_in(key_text.get())};
}

Result<TlsIdentity> tls_identity(const Settings& settings, const std::filesystem::path& data_folder, Time now) {
    if (has_own_identity(settings))
        return own_identity(data_folder, now);
    return configured_identity(settings);
}

std::vector<std::filesystem::path> tls_files(const Settings& settings, const std::filesystem::path& data_folder) {
    if (has_own_identity(settings))
        return {own_file(data_folder)};
    return {path_from_utf8(settings.tls_certificate), path_from_utf8(settings.tls_private_key)};
}

} // namespace rdpmedic::api
