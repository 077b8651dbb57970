// Does a certificate that has lost its key find it again, and lose it with the inverse?
#include "probes/formats/x509.hpp"
#include "probes/windows/certificate_handles.hpp"
#include "probes/windows/reads.hpp"
#include "tests/support/make_certificate.hpp"
#include "tests/windows/agent/control_calls.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr wchar_t container[] = L"rdpmedic-test-container";
constexpr char store_name[] = "rdpmedic-test";

windows::Store open_store() {
    return windows::Store(
        ::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"rdpmedic-test"));
}

void add_to_store(PCCERT_CONTEXT certificate) {
    const windows::Store store = open_store();
    REQUIRE(store);
    CHECK(::CertAddCertificateContextToStore(store.get(), certificate, CERT_STORE_ADD_REPLACE_EXISTING, nullptr));
    CHECK(::CertControlStore(store.get(), 0, CERT_STORE_CTRL_COMMIT, nullptr));
}

// A key of the machine in a container of this test, and a certificate of it that names no key.
class KeyOfTheMachine {
  public:
    KeyOfTheMachine() {
        remove();
        HCRYPTPROV provider = 0;
        HCRYPTKEY key = 0;
        REQUIRE(::CryptAcquireContextW(&provider, container, MS_ENH_RSA_AES_PROV_W, PROV_RSA_AES,
                                       CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT));
        // A key for signing, which is all that Wine compares.
        REQUIRE(::CryptGenKey(provider, AT_SIGNATURE, 2048U << 16U | CRYPT_EXPORTABLE, &key));
        ::CryptDestroyKey(key);
        BYTE name[256] = {};
        CERT_NAME_BLOB subject{sizeof name, name};
        REQUIRE(::CertStrToNameW(X509_ASN_ENCODING, L"CN=rdpmedic-test", CERT_X500_NAME_STR, nullptr, name,
                                 &subject.cbData, nullptr));
        CRYPT_KEY_PROV_INFO link{};
        link.pwszContainerName = const_cast<wchar_t*>(container);
        link.pwszProvName = const_cast<wchar_t*>(MS_ENH_RSA_AES_PROV_W);
        link.dwProvType = PROV_RSA_AES;
        link.dwFlags = CRYPT_MACHINE_KEYSET;
        link.dwKeySpec = AT_SIGNATURE;
        const windows::CertificateHandle made(
            ::CertCreateSelfSignCertificate(provider, &subject, 0, &link, nullptr, nullptr, nullptr, nullptr));
        ::CryptReleaseContext(provider, 0);
        REQUIRE(made);
        der_.assign(made.get()->pbCertEncoded, made.get()->pbCertEncoded + made.get()->cbCertEncoded);
        const windows::CertificateHandle bare(
            ::CertCreateCertificateContext(X509_ASN_ENCODING, der_.data(), static_cast<DWORD>(der_.size())));
        REQUIRE(bare);
        add_to_store(bare.get());
    }
    ~KeyOfTheMachine() {
        (void)make_windows_control()->apply(DeleteCertificate{store_name, thumbprint(), {}});
        remove();
    }
    KeyOfTheMachine(const KeyOfTheMachine&) = delete;
    KeyOfTheMachine& operator=(const KeyOfTheMachine&) = delete;

    std::string thumbprint() const { return sha1_thumbprint(der_); }
    Result<KeyLocation> link() const {
        for (const StoreCertificate& certificate : windows::certificates(store_name).value())
            if (certificate.der == der_)
                return certificate.key;
        return Error{Errc::malformed, 0, "the certificate is not in the store"};
    }

  private:
    static void remove() {
        HCRYPTPROV ignored = 0;
        ::CryptAcquireContextW(&ignored, container, MS_ENH_RSA_AES_PROV_W, PROV_RSA_AES,
                               CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET);
    }
    Bytes der_;
};

} // namespace

TEST_CASE("a certificate is linked to its key among the machine's containers, and the inverse takes the link away") {
    const KeyOfTheMachine key;
    REQUIRE(is_absent(key.link()));
    const LinkCertificateKey change{store_name, key.thumbprint()};
    const Change inverse = make(change);
    const auto link = key.link();
    REQUIRE(link.has_value());
    CHECK(link->container == "rdpmedic-test-container");
    CHECK(link->machine_keyset);
    apply(change); // already so
    CHECK(std::get<AddCertificate>(inverse).key_file.empty());
    apply(inverse);
    CHECK(is_absent(key.link()));
}

TEST_CASE("a certificate whose key this machine does not have stays without, and the error names the call") {
    const MadeCertificate made = make_certificate();
    const windows::CertificateHandle context(
        ::CertCreateCertificateContext(X509_ASN_ENCODING, made.der.data(), static_cast<DWORD>(made.der.size())));
    add_to_store(context.get());
    const LinkCertificateKey change{store_name, made.thumbprint};
    const Change inverse = captured(change);
    const Error error = failed(change);
    CAPTURE(text_of(error));
    CHECK(contains(text_of(error), "CryptFindCertificateKeyProvInfo(rdpmedic-test, " + made.thumbprint + ")"));
    apply(inverse);
    apply(DeleteCertificate{store_name, made.thumbprint, {}});
    CHECK(refused(change).code == Errc::not_found);
    CHECK(failed(change).code == Errc::not_found);
}
