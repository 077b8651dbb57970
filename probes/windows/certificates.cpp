// Which certificates are in a store of this machine, and can their private keys be used?
#include "probes/windows/certificate_handles.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/private_key.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

StoreCertificate read(PCCERT_CONTEXT certificate, std::string_view store) {
    StoreCertificate result;
    result.der.assign(certificate->pbCertEncoded, certificate->pbCertEncoded + certificate->cbCertEncoded);
    result.key = key_location(certificate, store);
    PrivateKey key;
    result.key_usable = key.open(certificate, store);
    if (result.key && result.key_usable)
        result.key->file = key.file();
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
