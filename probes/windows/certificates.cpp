// Which certificates are in a store of this machine, and can their private keys be used?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <ncrypt.h>
#include <wincrypt.h>

namespace rdpmedic::windows {
namespace {

struct StoreTraits {
    using Raw = HCERTSTORE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CertCloseStore(raw, 0); }
};
using Store = Handle<StoreTraits>;

struct CertificateTraits {
    using Raw = PCCERT_CONTEXT;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CertFreeCertificateContext(raw); }
};
using CertificateHandle = Handle<CertificateTraits>;

// A private key is of one of two kinds, and only the one that asked for it knows which.
struct PrivateKey {
    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE handle = 0;
    DWORD spec = 0;
    BOOL must_free = FALSE;

    PrivateKey() = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey() {
        if (!must_free)
            return;
        if (is_cng())
            ::NCryptFreeObject(handle);
        else
            ::CryptReleaseContext(handle, 0);
    }
    bool is_cng() const noexcept { return spec == CERT_NCRYPT_KEY_SPEC; }
};

// The name of the key's file. Empty where the provider does not tell: a key in hardware has none.
// https://learn.microsoft.com/windows/win32/seccng/key-storage-property-identifiers
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-cryptgetprovparam
std::string file_of(const PrivateKey& key) {
    if (key.is_cng()) {
        wchar_t name[1024] = {};
        DWORD size = 0;
        const auto status = ::NCryptGetProperty(key.handle, NCRYPT_UNIQUE_NAME_PROPERTY, reinterpret_cast<BYTE*>(name),
                                                sizeof name - sizeof(wchar_t), &size, 0);
        return status == ERROR_SUCCESS ? to_utf8(name) : std::string();
    }
    char name[1024] = {};
    DWORD size = sizeof name - 1;
    const BOOL told = ::CryptGetProvParam(key.handle, PP_UNIQUE_CONTAINER, reinterpret_cast<BYTE*>(name), &size, 0);
    return told ? std::string(name) : std::string();
}

// https://learn.microsoft.com/windows/win32/api/wincrypt/ns-wincrypt-crypt_key_prov_info
Result<KeyLocation> key_location(PCCERT_CONTEXT certificate, std::string_view store) {
    const auto buffer = ask_growing("CertGetCertificateContextProperty(CERT_KEY_PROV_INFO_PROP_ID)", store, 512,
                                    [&](BYTE* to, DWORD& size) -> DWORD {
                                        const BOOL told = ::CertGetCertificateContextProperty(
                                            certificate, CERT_KEY_PROV_INFO_PROP_ID, to, &size);
                                        return told ? ERROR_SUCCESS : ::GetLastError();
                                    });
    if (!buffer)
        return buffer.error();
    const auto& info = *reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(buffer->data());
    KeyLocation location;
    if (info.pwszContainerName)
        location.container = to_utf8(info.pwszContainerName);
    if (info.pwszProvName)
        location.provider = to_utf8(info.pwszProvName);
    location.provider_type = info.dwProvType;
    location.machine_keyset = (info.dwFlags & CRYPT_MACHINE_KEYSET) != 0;
    return location;
}

// Could this process use the key? NO_HEALING, for without it the call may write the link to the key anew; never the
// CACHE flag, for a cached key is not compared with the certificate.
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-cryptacquirecertificateprivatekey
Result<void> acquire(PCCERT_CONTEXT certificate, std::string_view store, PrivateKey& key) {
    constexpr DWORD flags = CRYPT_ACQUIRE_SILENT_FLAG | CRYPT_ACQUIRE_COMPARE_KEY_FLAG | CRYPT_ACQUIRE_NO_HEALING |
                            CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG;
    if (!::CryptAcquireCertificatePrivateKey(certificate, flags, nullptr, &key.handle, &key.spec, &key.must_free))
        return last_error("CryptAcquireCertificatePrivateKey", store);
    return {};
}

StoreCertificate read(PCCERT_CONTEXT certificate, std::string_view store) {
    StoreCertificate result;
    result.der.assign(certificate->pbCertEncoded, certificate->pbCertEncoded + certificate->cbCertEncoded);
    result.key = key_location(certificate, store);
    PrivateKey key;
    result.key_usable = acquire(certificate, store, key);
    if (result.key && result.key_usable)
        result.key->file = file_of(key);
    return result;
}

} // namespace

// https://learn.microsoft.com/windows/win32/seccrypto/system-store-locations
Result<std::vector<StoreCertificate>> certificates(std::string_view store) {
    // "\\machine\store" would ask another machine, with this one's credentials.
    if (store.empty() || store.find('\\') != std::string_view::npos)
        return Error{Errc::malformed, 0, "CertOpenStore(" + std::string(store) + "), which is not the name of a store"};
    const Store handle(
        ::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0,
                        CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG,
                        to_wide(store).c_str()));
    if (!handle)
        return last_error("CertOpenStore", store);
    std::vector<StoreCertificate> certificates;
    CertificateHandle certificate;
    for (;;) {
        // The call frees the one before, so the owner gives it away. The end is CRYPT_E_NOT_FOUND.
        ::SetLastError(ERROR_SUCCESS);
        certificate = CertificateHandle(::CertEnumCertificatesInStore(handle.get(), certificate.release()));
        if (!certificate)
            break;
        certificates.push_back(read(certificate.get(), store));
    }
    const DWORD end = ::GetLastError();
    if (end != ERROR_SUCCESS && end != static_cast<DWORD>(CRYPT_E_NOT_FOUND) && end != ERROR_NO_MORE_FILES)
        return error_of(end, "CertEnumCertificatesInStore", store);
    return certificates;
}

} // namespace rdpmedic::windows
