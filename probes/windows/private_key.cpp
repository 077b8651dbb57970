// Can the private key of a certificate be used, and where is it?
#include "probes/windows/private_key.hpp"

#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/text.hpp"

#include <ncrypt.h>

namespace rdpmedic::windows {
namespace {

// A CRYPT_KEY_PROV_INFO with the text it points to.
Result<Bytes> read_link(PCCERT_CONTEXT certificate, std::string_view store) {
    return ask_growing("CertGetCertificateContextProperty(CERT_KEY_PROV_INFO_PROP_ID)", store, 512,
                       [&](BYTE* to, DWORD& size) -> DWORD {
                           const BOOL told =
                               ::CertGetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, to, &size);
                           return told ? ERROR_SUCCESS : ::GetLastError();
                       });
}

const CRYPT_KEY_PROV_INFO& link_in(const Bytes& buffer) {
    return *reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(buffer.data());
}

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

std::string cng_file(NCRYPT_HANDLE key) {
    wchar_t name[1024] = {};
    DWORD size = 0;
    const auto status = ::NCryptGetProperty(key, NCRYPT_UNIQUE_NAME_PROPERTY, reinterpret_cast<BYTE*>(name),
                                            sizeof name - sizeof(wchar_t), &size, 0);
    return status == ERROR_SUCCESS ? to_utf8(name) : std::string();
}

std::string provider_text(HCRYPTPROV provider, DWORD what) {
    char text[1024] = {};
    DWORD size = sizeof text - 1;
    const BOOL told = ::CryptGetProvParam(provider, what, reinterpret_cast<BYTE*>(text), &size, 0);
    return told ? std::string(text) : std::string();
}

// Wine keeps keys in the registry and answers the container's own name, which no file of Windows has.
std::string container_file(HCRYPTPROV provider) {
    const std::string unique = provider_text(provider, PP_UNIQUE_CONTAINER);
    return unique == provider_text(provider, PP_CONTAINER) ? std::string() : unique;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/wincrypt/ns-wincrypt-crypt_key_prov_info
Result<KeyLocation> key_location(PCCERT_CONTEXT certificate, std::string_view store) {
    const auto buffer = read_link(certificate, store);
    if (!buffer)
        return buffer.error();
    const CRYPT_KEY_PROV_INFO& link = link_in(*buffer);
    return KeyLocation{text_of(link.pwszContainerName),
                       text_of(link.pwszProvName),
                       link.dwProvType,
                       (link.dwFlags & CRYPT_MACHINE_KEYSET) != 0,
                       {}};
}

PrivateKey::~PrivateKey() {
    if (!must_free_)
        return;
    if (is_cng())
        ::NCryptFreeObject(handle_);
    else
        ::CryptReleaseContext(handle_, 0);
}

// NO_HEALING, for without it the call may write the link to the key anew; never the CACHE flag, for a cached key is not
// compared with the certificate.
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-cryptacquirecertificateprivatekey
Result<void> PrivateKey::open(PCCERT_CONTEXT certificate, std::string_view store) {
    constexpr DWORD flags = CRYPT_ACQUIRE_SILENT_FLAG | CRYPT_ACQUIRE_COMPARE_KEY_FLAG | CRYPT_ACQUIRE_NO_HEALING |
                            CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG;
    if (::CryptAcquireCertificatePrivateKey(certificate, flags, nullptr, &handle_, &spec_, &must_free_))
        return {};
    Error error = last_error("CryptAcquireCertificatePrivateKey", store);
    must_free_ = FALSE;
    // "There is no link", where there is one: Wine says so of every key it cannot open, and opens none of the machine.
    const auto buffer = read_link(certificate, store);
    if (error.native != static_cast<DWORD>(CRYPT_E_NO_KEY_PROPERTY) || !buffer || link_in(*buffer).dwProvType == 0)
        return error;
    return open_container(certificate, link_in(*buffer));
}

// What CryptAcquireCertificatePrivateKey is documented to do for a legacy provider, by hand.
Result<void> PrivateKey::open_container(PCCERT_CONTEXT certificate, const CRYPT_KEY_PROV_INFO& link) {
    const std::string container = text_of(link.pwszContainerName);
    HCRYPTPROV provider = 0;
    if (!::CryptAcquireContextW(&provider, link.pwszContainerName, link.pwszProvName, link.dwProvType,
                                (link.dwFlags & CRYPT_MACHINE_KEYSET) | CRYPT_SILENT))
        return last_error("CryptAcquireContextW", container);
    handle_ = provider;
    spec_ = link.dwKeySpec;
    must_free_ = TRUE;
    const auto key = ask_growing("CryptExportPublicKeyInfo", container, 1024, [&](BYTE* to, DWORD& size) -> DWORD {
        const BOOL told = ::CryptExportPublicKeyInfo(provider, link.dwKeySpec, X509_ASN_ENCODING,
                                                     reinterpret_cast<CERT_PUBLIC_KEY_INFO*>(to), &size);
        return told ? ERROR_SUCCESS : ::GetLastError();
    });
    if (!key)
        return key.error();
    auto info = reinterpret_cast<CERT_PUBLIC_KEY_INFO*>(const_cast<BYTE*>(key->data()));
    if (!::CertComparePublicKeyInfo(X509_ASN_ENCODING, &certificate->pCertInfo->SubjectPublicKeyInfo, info))
        return error_of_status(NTE_BAD_PUBLIC_KEY, "CertComparePublicKeyInfo", container);
    return {};
}

// https://learn.microsoft.com/windows/win32/seccng/key-storage-property-identifiers
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-cryptgetprovparam
std::string PrivateKey::file() const {
    if (handle_ == 0)
        return {};
    return is_cng() ? cng_file(handle_) : container_file(handle_);
}

} // namespace rdpmedic::windows
