// Who signed a file, and does Windows trust the signature?
#include "probes/windows/expand.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

// mscat.h and softpub.h need what wincrypt.h declares.
#include <wincrypt.h>

#include <mscat.h>
#include <softpub.h>

#include <array>

namespace rdpmedic::windows {
namespace {

constexpr DWORD longest_hash = 64;

// CryptCATAdmin*2 know SHA-256, with which Windows signs since version 8; Windows 7 has the ones without.
using AcquireContext2 = BOOL WINAPI(HCATADMIN*, const GUID*, const wchar_t* algorithm, const void*, DWORD);
using CalcHash2 = BOOL WINAPI(HCATADMIN, HANDLE, DWORD*, BYTE*, DWORD);

struct CatalogAdminTraits {
    using Raw = HCATADMIN;
    static Raw none() noexcept { return Raw{}; }
    static void close(Raw raw) noexcept { ::CryptCATAdminReleaseContext(raw, 0); }
};
using CatalogAdmin = Handle<CatalogAdminTraits>;

// The catalogue that holds a hash. Released through the context that found it, which must outlive it.
class FoundCatalog {
  public:
    FoundCatalog(const CatalogAdmin& admin, HCATINFO raw) noexcept : admin_(admin), raw_(raw) {}
    ~FoundCatalog() {
        if (raw_)
            ::CryptCATAdminReleaseCatalogContext(admin_.get(), raw_, 0);
    }
    FoundCatalog(const FoundCatalog&) = delete;
    FoundCatalog& operator=(const FoundCatalog&) = delete;
    explicit operator bool() const noexcept { return raw_ != nullptr; }
    HCATINFO get() const noexcept { return raw_; }

  private:
    const CatalogAdmin& admin_;
    HCATINFO raw_;
};

// The common name of whoever signed, out of what WinVerifyTrust left behind.
std::string signer_of(HANDLE state) {
    CRYPT_PROVIDER_DATA* const data = ::WTHelperProvDataFromStateData(state);
    CRYPT_PROVIDER_SGNR* const signer = data ? ::WTHelperGetProvSignerFromChain(data, 0, FALSE, 0) : nullptr;
    CRYPT_PROVIDER_CERT* const leaf = signer ? ::WTHelperGetProvCertFromChain(signer, 0) : nullptr;
    if (!leaf || !leaf->pCert)
        return {};
    std::array<wchar_t, 256> name{};
    // A DN attribute by its object identifier: the number of the common name, 2.5.4.3.
    char common_name[] = "2.5.4.3";
    ::CertGetNameStringW(leaf->pCert, CERT_NAME_ATTR_TYPE, 0, common_name, name.data(),
                         static_cast<DWORD>(name.size()));
    return to_utf8(before_nul({name.data(), name.size()}));
}

// No window, no network, no revocation: the chain is judged by what this machine has.
// https://learn.microsoft.com/windows/win32/api/wintrust/nf-wintrust-winverifytrust
SignatureFacts verify(WINTRUST_DATA& data) {
    GUID action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    data.cbStruct = sizeof data;
    data.dwUIChoice = WTD_UI_NONE;
    data.fdwRevocationChecks = WTD_REVOKE_NONE;
    data.dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL | WTD_REVOCATION_CHECK_NONE;
    data.dwStateAction = WTD_STATEACTION_VERIFY;
    const HWND nobody = static_cast<HWND>(INVALID_HANDLE_VALUE);
    SignatureFacts facts;
    facts.status = static_cast<std::uint32_t>(::WinVerifyTrust(nobody, &action, &data));
    facts.signer = signer_of(data.hWVTStateData);
    data.dwStateAction = WTD_STATEACTION_CLOSE;
    ::WinVerifyTrust(nobody, &action, &data);
    return facts;
}

SignatureFacts verify_own(const File& file, const std::wstring& path) {
    WINTRUST_FILE_INFO info{};
    info.cbStruct = sizeof info;
    info.pcwszFilePath = path.c_str();
    info.hFile = file.get();
    WINTRUST_DATA data{};
    data.dwUnionChoice = WTD_CHOICE_FILE;
    data.pFile = &info;
    return verify(data);
}

SignatureFacts verify_in(const CatalogAdmin& admin, const CATALOG_INFO& catalog, const File& file,
                         const std::wstring& path, Bytes& hash) {
    std::wstring tag; // the member's name in the catalogue: its hash in upper-case hex
    for (const std::uint8_t byte : hash)
        for (const int shift : {4, 0})
            tag += L"0123456789ABCDEF"[byte >> shift & 15];
    WINTRUST_CATALOG_INFO info{};
    info.cbStruct = sizeof info;
    info.pcwszCatalogFilePath = catalog.wszCatalogFile;
    info.pcwszMemberTag = tag.c_str();
    info.pcwszMemberFilePath = path.c_str();
    info.hMemberFile = file.get();
    info.pbCalculatedFileHash = hash.data();
    info.cbCalculatedFileHash = static_cast<DWORD>(hash.size());
    info.hCatAdmin = admin.get(); // for every hash but SHA-1
    WINTRUST_DATA data{};
    data.dwUnionChoice = WTD_CHOICE_CATALOG;
    data.pCatalog = &info;
    SignatureFacts facts = verify(data);
    facts.by_catalog = true;
    return facts;
}

Result<CatalogAdmin> open_catalogs(AcquireContext2* acquire, const wchar_t* algorithm) {
    CatalogAdmin admin;
    const BOOL opened = acquire ? acquire(admin.out(), nullptr, algorithm, nullptr, 0)
                                : ::CryptCATAdminAcquireContext(admin.out(), nullptr, 0);
    if (!opened)
        return last_error("CryptCATAdminAcquireContext2", to_utf8(algorithm));
    return admin;
}

Result<Bytes> hash_of(const CatalogAdmin& admin, CalcHash2* calculate, const File& file) {
    Bytes hash(longest_hash);
    DWORD size = longest_hash;
    const BOOL done = calculate ? calculate(admin.get(), file.get(), &size, hash.data(), 0)
                                : ::CryptCATAdminCalcHashFromFileHandle(file.get(), &size, hash.data(), 0);
    if (!done)
        return last_error("CryptCATAdminCalcHashFromFileHandle2", "the file");
    hash.resize(size);
    return hash;
}

// not_found: no catalogue names the file by a hash of this algorithm.
// https://learn.microsoft.com/windows/win32/api/mscat/nf-mscat-cryptcatadminenumcatalogfromhash
Result<SignatureFacts> look_up(const Library& library, const wchar_t* algorithm, const File& file,
                               const std::wstring& path) {
    auto* const acquire = function_of<AcquireContext2>(library, "CryptCATAdminAcquireContext2");
    const auto admin = open_catalogs(acquire, algorithm);
    if (!admin)
        return admin.error();
    auto hash = hash_of(
        *admin, acquire ? function_of<CalcHash2>(library, "CryptCATAdminCalcHashFromFileHandle2") : nullptr, file);
    if (!hash)
        return hash.error();
    ::SetLastError(ERROR_SUCCESS);
    const FoundCatalog found(*admin, ::CryptCATAdminEnumCatalogFromHash(admin->get(), hash->data(),
                                                                        static_cast<DWORD>(hash->size()), 0, nullptr));
    if (!found) {
        const DWORD code = ::GetLastError();
        return error_of(code == ERROR_SUCCESS ? DWORD{ERROR_NOT_FOUND} : code, "CryptCATAdminEnumCatalogFromHash",
                        to_utf8(path));
    }
    CATALOG_INFO catalog{};
    catalog.cbStruct = sizeof catalog;
    if (!::CryptCATCatalogInfoFromContext(found.get(), &catalog, 0))
        return last_error("CryptCATCatalogInfoFromContext", to_utf8(path));
    return verify_in(*admin, catalog, file, path, *hash);
}

// Where the catalogues of Windows itself are. Without them the files of Windows look unsigned, and are not.
// https://learn.microsoft.com/windows-hardware/drivers/install/catalog-files
Result<void> catalogs_are_here() {
    const auto names = folder(R"(%SystemRoot%\System32\CatRoot\{F750E6C3-38EE-11D1-85E5-00C04FC295EE})");
    if (names)
        for (const std::string& name : *names)
            if (name.size() > 4 && (name.ends_with(".cat") || name.ends_with(".CAT")))
                return {};
    return Error{Errc::unsupported, 0, "the catalogues of Windows, none of which is in CatRoot"};
}

bool is_unsigned(std::uint32_t status) noexcept {
    return status == static_cast<std::uint32_t>(TRUST_E_NOSIGNATURE) ||
           status == static_cast<std::uint32_t>(TRUST_E_SUBJECT_FORM_UNKNOWN);
}

} // namespace

// Most files of Windows carry no signature of their own: a catalogue names their hashes and is signed. DERIVED: that it
// does so on every build for the files that are asked about, by SHA-256 or SHA-1.
// https://learn.microsoft.com/windows-hardware/drivers/install/catalog-files
Result<SignatureFacts> file_signature(std::string_view name) {
    const auto path = expand(name);
    if (!path)
        return path.error();
    const File file(::CreateFileW(path->c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file)
        return last_error("CreateFileW", to_utf8(*path));
    const SignatureFacts own = verify_own(file, *path);
    if (!is_unsigned(own.status))
        return own;
    const auto library = system_library(L"wintrust.dll");
    if (!library)
        return library.error();
    for (const wchar_t* algorithm : {L"SHA256", L"SHA1"}) {
        const auto listed = look_up(*library, algorithm, file, *path);
        if (!is_absent(listed))
            return listed;
    }
    if (const auto catalogs = catalogs_are_here(); !catalogs)
        return catalogs.error();
    return own;
}

} // namespace rdpmedic::windows
