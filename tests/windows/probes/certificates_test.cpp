// Are certificates read from a store of this machine, with what is known about their keys?
#include "probes/windows/text.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <wincrypt.h>

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr DWORD machine_store = CERT_SYSTEM_STORE_LOCAL_MACHINE;

HCERTSTORE open_store(const std::wstring& name, DWORD flags) {
    return ::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, machine_store | flags, name.c_str());
}

// A store of this machine that is made here and deleted at the end.
class StoreFixture {
  public:
    explicit StoreFixture(std::wstring name) : name_(std::move(name)) {
        open_store(name_, CERT_STORE_DELETE_FLAG);
        const HCERTSTORE store = open_store(name_, 0);
        REQUIRE(store);
        ::CertCloseStore(store, 0);
    }
    ~StoreFixture() { open_store(name_, CERT_STORE_DELETE_FLAG); }
    StoreFixture(const StoreFixture&) = delete;
    StoreFixture& operator=(const StoreFixture&) = delete;

    // The store is written when it is closed.
    void add(PCCERT_CONTEXT certificate) const {
        const HCERTSTORE store = open_store(name_, 0);
        REQUIRE(store);
        REQUIRE(::CertAddCertificateContextToStore(store, certificate, CERT_STORE_ADD_REPLACE_EXISTING, nullptr));
        ::CertCloseStore(store, 0);
    }

  private:
    std::wstring name_;
};

// A key container of this machine that is made here and deleted at the end.
class KeyFixture {
  public:
    explicit KeyFixture(std::wstring name) : name_(std::move(name)) {
        remove();
        HCRYPTPROV provider = 0;
        REQUIRE(::CryptAcquireContextW(&provider, name_.c_str(), MS_ENHANCED_PROV_W, PROV_RSA_FULL,
                                       CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT));
        HCRYPTKEY key = 0;
        CHECK(::CryptGenKey(provider, AT_KEYEXCHANGE, 1024U << 16U, &key));
        ::CryptDestroyKey(key);
        ::CryptReleaseContext(provider, 0);
    }
    ~KeyFixture() { remove(); }
    KeyFixture(const KeyFixture&) = delete;
    KeyFixture& operator=(const KeyFixture&) = delete;

    void remove() const {
        HCRYPTPROV none = 0;
        ::CryptAcquireContextW(&none, name_.c_str(), MS_ENHANCED_PROV_W, PROV_RSA_FULL,
                               CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET);
    }
    CRYPT_KEY_PROV_INFO info() {
        CRYPT_KEY_PROV_INFO info{};
        info.pwszContainerName = name_.data();
        info.pwszProvName = provider_.data();
        info.dwProvType = PROV_RSA_FULL;
        info.dwFlags = CRYPT_MACHINE_KEYSET;
        info.dwKeySpec = AT_KEYEXCHANGE;
        return info;
    }

  private:
    std::wstring name_, provider_ = MS_ENHANCED_PROV_W;
};

struct CertificateTraits {
    using Raw = PCCERT_CONTEXT;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CertFreeCertificateContext(raw); }
};
using Certificate = windows::Handle<CertificateTraits>;

Certificate self_signed(const wchar_t* subject, KeyFixture& key) {
    BYTE name[256] = {};
    CERT_NAME_BLOB blob{sizeof name, name};
    REQUIRE(::CertStrToNameW(X509_ASN_ENCODING, subject, CERT_X500_NAME_STR, nullptr, name, &blob.cbData, nullptr));
    CRYPT_KEY_PROV_INFO info = key.info();
    HCRYPTPROV provider = 0;
    REQUIRE(::CryptAcquireContextW(&provider, info.pwszContainerName, info.pwszProvName, info.dwProvType,
                                   CRYPT_MACHINE_KEYSET));
    Certificate certificate(
        ::CertCreateSelfSignCertificate(provider, &blob, 0, &info, nullptr, nullptr, nullptr, nullptr));
    ::CryptReleaseContext(provider, 0);
    REQUIRE(certificate);
    return certificate;
}

Bytes der_of(const Certificate& certificate) {
    return {certificate.get()->pbCertEncoded, certificate.get()->pbCertEncoded + certificate.get()->cbCertEncoded};
}

void link(const Certificate& certificate, CRYPT_KEY_PROV_INFO info) {
    REQUIRE(::CertSetCertificateContextProperty(certificate.get(), CERT_KEY_PROV_INFO_PROP_ID, 0, &info));
}

} // namespace

TEST_CASE("a store that does not exist is not found, and is not made by asking") {
    const auto host = make_windows_host();
    for (int round = 0; round < 2; ++round) {
        const auto store = host->certificates("rdpmedic-nowhere");
        REQUIRE(store.has_error());
        CHECK(describe(store.error()) == "not found (2) at CertOpenStore(rdpmedic-nowhere)");
    }
}

TEST_CASE("the store of another machine is not asked") {
    const auto host = make_windows_host();
    for (const char* name : {"\\\\other\\My", "service\\My", ""}) {
        const auto store = host->certificates(name);
        REQUIRE(store.has_error());
        CHECK(store.error().code == Errc::malformed);
    }
}

TEST_CASE("an empty store is no certificates, not an error") {
    const StoreFixture store(L"rdpmedic-empty");
    const auto certificates = make_windows_host()->certificates("rdpmedic-empty");
    REQUIRE(certificates.has_value());
    CHECK(certificates->empty());
}

TEST_CASE("a certificate is read with its key, from a store and a container whose names are not ASCII") {
    const StoreFixture store(L"rdpmedic-\x00E4");
    KeyFixture key(L"rdpmedic-Schl\x00FCssel");
    const Certificate certificate = self_signed(L"CN=rdpmedic-test", key);
    link(certificate, key.info());
    store.add(certificate.get());

    const auto certificates = make_windows_host()->certificates("rdpmedic-\xC3\xA4");
    REQUIRE(certificates.has_value());
    REQUIRE(certificates->size() == 1);
    const StoreCertificate& read = certificates->front();
    CHECK(read.der == der_of(certificate));
    REQUIRE(read.key.has_value());
    CHECK(read.key->container == "rdpmedic-Schl\xC3\xBCssel");
    CHECK(read.key->provider == "Microsoft Enhanced Cryptographic Provider v1.0");
    CHECK(read.key->provider_type == PROV_RSA_FULL);
    CHECK(read.key->machine_keyset);
    INFO((read.key_usable ? "usable" : describe(read.key_usable.error())));
    CHECK(read.key_usable.has_value());
    if (runs_under_wine())
        CHECK(read.key->file.empty()); // its keys are in the registry
    else
        CHECK(read.key->file.find('_') == 32); // the digest of the container's name, then the MachineGuid
}

TEST_CASE("a key that is gone is not found, and the certificate is still read") {
    const StoreFixture store(L"rdpmedic-keyless");
    KeyFixture key(L"rdpmedic-gone");
    const Certificate certificate = self_signed(L"CN=gone", key);
    link(certificate, key.info());
    store.add(certificate.get());
    key.remove();

    const auto read = make_windows_host()->certificates("rdpmedic-keyless").value().at(0);
    CHECK(read.der == der_of(certificate));
    CHECK(read.key.value().container == "rdpmedic-gone");
    CHECK(read.key.value().file.empty());
    REQUIRE(read.key_usable.has_error());
    CHECK(read.key_usable.error().code == Errc::not_found);
    CHECK(read.key_usable.error().native == 0x80090016U); // NTE_BAD_KEYSET
}

TEST_CASE("a certificate without a link to a key says so") {
    const StoreFixture store(L"rdpmedic-unlinked");
    KeyFixture key(L"rdpmedic-unlinked");
    const Certificate whole = self_signed(L"CN=unlinked", key);
    // The DER alone has no properties.
    const Certificate bare(
        ::CertCreateCertificateContext(X509_ASN_ENCODING, whole.get()->pbCertEncoded, whole.get()->cbCertEncoded));
    store.add(bare.get());

    const auto read = make_windows_host()->certificates("rdpmedic-unlinked").value().at(0);
    REQUIRE(read.key.has_error());
    CHECK(read.key.error().code == Errc::not_found);
    REQUIRE(read.key_usable.has_error());
    CHECK(read.key_usable.error().native == 0x8009200BU); // CRYPT_E_NO_KEY_PROPERTY
}

TEST_CASE("every certificate of a store is read") {
    const StoreFixture store(L"rdpmedic-three");
    KeyFixture key(L"rdpmedic-three");
    std::vector<Bytes> added;
    for (const wchar_t* subject : {L"CN=one", L"CN=two", L"CN=three"}) {
        const Certificate certificate = self_signed(subject, key);
        store.add(certificate.get());
        added.push_back(der_of(certificate));
    }
    std::vector<Bytes> read;
    for (const auto& certificate : make_windows_host()->certificates("rdpmedic-three").value())
        read.push_back(certificate.der);
    std::sort(added.begin(), added.end());
    std::sort(read.begin(), read.end());
    CHECK(read == added);
}

TEST_CASE("a certificate linked to the key of another one is not usable") {
    const StoreFixture store(L"rdpmedic-mixed");
    KeyFixture key(L"rdpmedic-own"), other(L"rdpmedic-other");
    const Certificate certificate = self_signed(L"CN=mixed", key);
    link(certificate, other.info());
    store.add(certificate.get());
    const auto read = make_windows_host()->certificates("rdpmedic-mixed").value().at(0);
    CHECK(read.key.value().container == "rdpmedic-other");
    REQUIRE(read.key_usable.has_error());
    CHECK(read.key_usable.error().native == 0x80090015U); // NTE_BAD_PUBLIC_KEY
}
