// How does one certificate leave a store of this machine, and come back with its link to the key?
#include "agent/windows/control.hpp"

#include "probes/formats/x509.hpp"
#include "probes/hex.hpp"
#include "probes/windows/certificate_handles.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

namespace {

std::string label(const std::string& store, const std::string& thumbprint) { return store + ", " + thumbprint; }

// Opened anew for each change, because a store keeps what it has once read, and closed at once, because Wine writes a
// store only when its last handle closes.
Result<Store> open_store(const std::string& name, DWORD flags) {
    Store store(::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE | flags,
                                to_wide(name).c_str()));
    if (!store)
        return last_error("CertOpenStore", name);
    return store;
}

// Wine keeps a deletion to itself when the store is only closed, and takes a new property and a replaced certificate
// for no change: it writes them only when it is forced to. Windows has written by now and ignores the call.
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certcontrolstore
Result<> commit(const Store& store, const std::string& name) {
    if (!::CertControlStore(store.get(), CERT_STORE_CTRL_COMMIT_FORCE_FLAG, CERT_STORE_CTRL_COMMIT, nullptr))
        return last_error("CertControlStore", name);
    return {};
}

// By its bytes and not by a property: the SHA-1 property of a stored certificate can be wrong.
Result<CertificateHandle> find(const Store& store, const std::string& name, const std::string& thumbprint) {
    PCCERT_CONTEXT at = nullptr;
    while ((at = ::CertEnumCertificatesInStore(store.get(), at)) != nullptr)
        if (sha1_thumbprint({at->pbCertEncoded, at->cbCertEncoded}) == thumbprint)
            return CertificateHandle(at);
    return error_of(static_cast<std::uint32_t>(CRYPT_E_NOT_FOUND), "CertEnumCertificatesInStore",
                    label(name, thumbprint));
}

// With all its properties, the link to its key included.
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certserializecertificatestoreelement
Result<Bytes> serialized(PCCERT_CONTEXT certificate, const std::string& object) {
    DWORD size = 0;
    if (!::CertSerializeCertificateStoreElement(certificate, 0, nullptr, &size))
        return last_error("CertSerializeCertificateStoreElement", object);
    Bytes element(size);
    if (!::CertSerializeCertificateStoreElement(certificate, 0, element.data(), &size))
        return last_error("CertSerializeCertificateStoreElement", object);
    element.resize(size);
    return element;
}

// What brings the certificate back as it is now, without a key file.
Result<AddCertificate> present(const std::string& name, const std::string& thumbprint) {
    const auto store = open_store(name, CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG);
    if (!store)
        return store.error();
    const auto certificate = find(*store, name, thumbprint);
    if (!certificate)
        return certificate.error();
    auto element = serialized(certificate->get(), label(name, thumbprint));
    if (!element)
        return element.error();
    return AddCertificate{name, thumbprint, std::move(*element), {}, {}};
}

// The same with the content of its key file, and with the list, for where the file is gone by then.
Result<AddCertificate> present_with_key(const std::string& name, const std::string& thumbprint,
                                        const std::string& key_file) {
    auto inverse = present(name, thumbprint);
    if (!inverse || key_file.empty())
        return inverse;
    auto key = read_protected_file(key_file);
    if (!key)
        return key.error();
    inverse->key_file = key_file;
    inverse->key_bytes = std::move(*key);
    if (auto access = file_security(key_file))
        inverse->key_access = std::move(*access);
    return inverse;
}

Result<> put_key_back(const AddCertificate& change) {
    if (change.key_file.empty())
        return {};
    const auto present = read_protected_file(change.key_file);
    if (present && *present == change.key_bytes)
        return {};
    if (!present && !is_absent(present))
        return present.error();
    return put_protected_file(change.key_file, change.key_bytes, change.key_access);
}

} // namespace

Result<Change> capture_change(const DeleteCertificate& change) {
    auto inverse = present_with_key(change.store, change.thumbprint, change.key_file);
    if (!inverse)
        return inverse.error();
    return Change{std::move(*inverse)};
}

// One that is there already is given back as it is, with its key: then it is replaced and not added.
Result<Change> capture_change(const AddCertificate& change) {
    const auto there = present(change.store, change.thumbprint);
    if (is_absent(there))
        return Change{DeleteCertificate{change.store, change.thumbprint, change.key_file}};
    if (!there)
        return there.error();
    auto inverse = present_with_key(change.store, change.thumbprint, change.key_file);
    if (!inverse)
        return inverse.error();
    return Change{std::move(*inverse)};
}

// The key stays where it is: only the certificate's link to it is made.
Result<Change> capture_change(const LinkCertificateKey& change) {
    auto inverse = present(change.store, change.thumbprint);
    if (!inverse)
        return inverse.error();
    return Change{std::move(*inverse)};
}

// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certdeletecertificatefromstore
Result<> apply_change(const DeleteCertificate& change) {
    const auto store = open_store(change.store, CERT_STORE_OPEN_EXISTING_FLAG);
    if (is_absent(store))
        return {};
    if (!store)
        return store.error();
    auto certificate = find(*store, change.store, change.thumbprint);
    if (is_absent(certificate))
        return {}; // already so
    if (!certificate)
        return certificate.error();
    // Frees the context also when it fails.
    if (!::CertDeleteCertificateFromStore(certificate->release()))
        return last_error("CertDeleteCertificateFromStore", label(change.store, change.thumbprint));
    return commit(*store, change.store);
}

// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certaddserializedelementtostore
Result<> apply_change(const AddCertificate& change) {
    if (auto key = put_key_back(change); !key)
        return key;
    const auto store = open_store(change.store, 0);
    if (!store)
        return store.error();
    DWORD kind = 0;
    if (!::CertAddSerializedElementToStore(
            store->get(), change.serialized.data(), static_cast<DWORD>(change.serialized.size()),
            CERT_STORE_ADD_REPLACE_EXISTING, 0, CERT_STORE_CERTIFICATE_CONTEXT_FLAG, &kind, nullptr))
        return last_error("CertAddSerializedElementToStore", label(change.store, change.thumbprint));
    return commit(*store, change.store);
}

// Looks through the machine's containers, those of CNG included, and asks nobody. A certificate whose link is right
// already stays as it is. not_found: no key of this machine fits.
// https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-cryptfindcertificatekeyprovinfo
Result<> apply_change(const LinkCertificateKey& change) {
    const auto store = open_store(change.store, CERT_STORE_OPEN_EXISTING_FLAG);
    if (!store)
        return store.error();
    const auto certificate = find(*store, change.store, change.thumbprint);
    if (!certificate)
        return certificate.error();
    constexpr DWORD flags =
        CRYPT_FIND_MACHINE_KEYSET_FLAG | CRYPT_FIND_SILENT_KEYSET_FLAG | CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG;
    if (!::CryptFindCertificateKeyProvInfo(certificate->get(), flags, nullptr))
        return last_error("CryptFindCertificateKeyProvInfo", label(change.store, change.thumbprint));
    return commit(*store, change.store);
}

} // namespace rdpmedic::windows
