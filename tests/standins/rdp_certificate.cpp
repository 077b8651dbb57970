// Test fixture: where are Remote Desktop's certificate and its key, and how does Windows make them?
#include "tests/standins/rdp_certificate.hpp"

#include <winsock2.h>

#include <windows.h>

#include <aclapi.h>
#include <rpc.h>
#include <sddl.h>
#include <wincrypt.h>

#include "tests/standins/service.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace rdpmedic::standin {
namespace {

constexpr const wchar_t* container = L"TSSecKeySet1";
constexpr const wchar_t* cryptography = L"SOFTWARE\\Microsoft\\Cryptography";

[[noreturn]] void fail(const std::string& call) {
    throw std::runtime_error(call + ": Windows error " + std::to_string(GetLastError()));
}

struct StoreClose {
    void operator()(void* store) const noexcept { CertCloseStore(store, 0); }
};
using Store = std::unique_ptr<void, StoreClose>;

Store open_store() {
    Store store(CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Remote Desktop"));
    if (!store)
        fail("CertOpenStore(Remote Desktop)");
    return store;
}

// Wine writes a store only on commit or final close, and a context still held defers that.
void commit(const Store& store) {
    if (!CertControlStore(store.get(), 0, CERT_STORE_CTRL_COMMIT, nullptr))
        fail("CertControlStore(Remote Desktop, COMMIT)");
}

std::wstring machine_guid() {
    std::wstring guid = text(cryptography, L"MachineGuid");
    if (!guid.empty())
        return guid;
    UUID id{};
    wchar_t buffer[39];
    if (FAILED(CoCreateGuid(&id)) || StringFromGUID2(id, buffer, 39) == 0)
        fail("CoCreateGuid");
    guid.assign(buffer + 1, 36);
    RegSetKeyValueW(HKEY_LOCAL_MACHINE, cryptography, L"MachineGuid", REG_SZ, guid.c_str(), 37 * sizeof(wchar_t));
    return guid;
}

std::string computer_name() {
    char name[256] = "";
    DWORD size = sizeof name;
    if (!GetComputerNameExA(ComputerNamePhysicalDnsHostname, name, &size) || size == 0)
        return "localhost";
    return name;
}

// The DACL that the folder has on an untouched host: Everyone may make files in it, nobody inherits anything.
void protect_machine_keys(std::wstring folder) {
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    BOOL present = FALSE, defaulted = FALSE;
    ACL* dacl = nullptr;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:PAI(A;;0x12019f;;;WD)(A;;FA;;;BA)", SDDL_REVISION_1,
                                                              &descriptor, nullptr))
        fail("ConvertStringSecurityDescriptorToSecurityDescriptor");
    GetSecurityDescriptorDacl(descriptor, &present, &dacl, &defaulted);
    DWORD error = SetNamedSecurityInfoW(folder.data(), SE_FILE_OBJECT,
                                        DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, nullptr,
                                        nullptr, dacl, nullptr);
    LocalFree(descriptor);
    SetLastError(error);
    if (error != ERROR_SUCCESS)
        fail("SetNamedSecurityInfo(MachineKeys)");
}

void write_key_file(const std::string& pem) {
    std::filesystem::path file = key_file();
    if (std::filesystem::create_directories(file.parent_path()))
        protect_machine_keys(file.parent_path().wstring());
    // Where Windows gives NETWORK SERVICE an entry of its own, this file has the inherited entry for Everyone: Wine
    // keeps nothing finer.
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << pem;
    if (!out.flush())
        throw std::runtime_error("cannot write the key file below MachineKeys");
}

void import_key(const Bytes& blob) {
    constexpr DWORD flags = CRYPT_MACHINE_KEYSET | CRYPT_SILENT;
    HCRYPTPROV provider = 0;
    HCRYPTKEY key = 0;
    CryptAcquireContextW(&provider, container, MS_ENHANCED_PROV_W, PROV_RSA_FULL, flags | CRYPT_DELETEKEYSET);
    if (!CryptAcquireContextW(&provider, container, MS_ENHANCED_PROV_W, PROV_RSA_FULL, flags | CRYPT_NEWKEYSET))
        fail("CryptAcquireContext(TSSecKeySet1)");
    bool imported = CryptImportKey(provider, blob.data(), static_cast<DWORD>(blob.size()), 0, 0, &key) != 0;
    DWORD error = GetLastError();
    if (imported)
        CryptDestroyKey(key);
    CryptReleaseContext(provider, 0);
    SetLastError(error);
    if (!imported)
        fail("CryptImportKey(TSSecKeySet1)");
}

void add_to_store(const Bytes& der) {
    Store store = open_store();
    PCCERT_CONTEXT added = nullptr;
    if (!CertAddEncodedCertificateToStore(store.get(), X509_ASN_ENCODING, der.data(), static_cast<DWORD>(der.size()),
                                          CERT_STORE_ADD_REPLACE_EXISTING, &added))
        fail("CertAddEncodedCertificateToStore(Remote Desktop)");
    std::wstring name = container;
    std::wstring provider = MS_ENHANCED_PROV_W;
    CRYPT_KEY_PROV_INFO info{};
    info.pwszContainerName = name.data();
    info.pwszProvName = provider.data();
    info.dwProvType = PROV_RSA_FULL;
    info.dwFlags = CRYPT_MACHINE_KEYSET;
    info.dwKeySpec = AT_KEYEXCHANGE;
    bool linked = CertSetCertificateContextProperty(added, CERT_KEY_PROV_INFO_PROP_ID, 0, &info) != 0;
    CertFreeCertificateContext(added);
    if (!linked)
        fail("CertSetCertificateContextProperty(CERT_KEY_PROV_INFO)");
    commit(store);
}

// The SIDs in the token of the real TermService that a DACL may name: NETWORK SERVICE, Everyone, Authenticated Users,
// Users, NT SERVICE\TermService.
bool in_token_of_term_service(PSID sid) {
    wchar_t* text = nullptr;
    if (!ConvertSidToStringSidW(sid, &text))
        return false;
    std::wstring name = text;
    LocalFree(text);
    return name == L"S-1-5-20" || name == L"S-1-1-0" || name == L"S-1-5-11" || name == L"S-1-5-32-545" ||
           name == L"S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104";
}

// The first entry that names one of them decides:
// https://learn.microsoft.com/windows/win32/secauthz/dacls-and-aces
bool dacl_lets_term_service_read(const ACL* dacl) {
    if (dacl == nullptr)
        return true;
    for (DWORD i = 0; i < dacl->AceCount; ++i) {
        void* raw = nullptr;
        if (!GetAce(const_cast<ACL*>(dacl), i, &raw))
            return false;
        auto* ace = static_cast<ACCESS_ALLOWED_ACE*>(raw);
        bool plain = ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE || ace->Header.AceType == ACCESS_DENIED_ACE_TYPE;
        bool read = (ace->Mask & (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL)) != 0;
        if (plain && read && in_token_of_term_service(&ace->SidStart))
            return ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE;
    }
    return false;
}

} // namespace

std::wstring key_file() {
    wchar_t folder[MAX_PATH] = L"";
    if (ExpandEnvironmentStringsW(L"%ProgramData%\\Microsoft\\Crypto\\RSA\\MachineKeys\\", folder, MAX_PATH) == 0)
        fail("ExpandEnvironmentStrings(%ProgramData%)");
    return folder + (L"f686aace6942fb7f7ceb231212eef4a4_" + machine_guid());
}

void create(Time from, Time until) {
    Key key = make_rsa_key();
    Certificate certificate = make_certificate(key.get(), computer_name(), from, until);
    write_key_file(to_pem(key.get()));
    import_key(to_private_key_blob(key.get()));
    add_to_store(to_der(certificate.get()));
}

std::size_t count() {
    Store store = open_store();
    std::size_t found = 0;
    for (PCCERT_CONTEXT each = nullptr; (each = CertEnumCertificatesInStore(store.get(), each)) != nullptr;)
        ++found;
    return found;
}

std::size_t remove(bool only_expired, Time now) {
    Store store = open_store();
    // A FILETIME counts 100 ns since 1601:
    // https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime
    auto ticks = static_cast<std::uint64_t>((now.time_since_epoch().count() + 11644473600) * 10000000);
    FILETIME time{static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
    // Collected first: deleting the certificate that an enumeration continues from makes it start again.
    std::vector<PCCERT_CONTEXT> chosen;
    for (PCCERT_CONTEXT each = nullptr; (each = CertEnumCertificatesInStore(store.get(), each)) != nullptr;)
        if (!only_expired || CompareFileTime(&each->pCertInfo->NotAfter, &time) < 0)
            chosen.push_back(CertDuplicateCertificateContext(each));
    for (PCCERT_CONTEXT each : chosen)
        if (!CertDeleteCertificateFromStore(each)) // frees it
            fail("CertDeleteCertificateFromStore(Remote Desktop)");
    commit(store);
    return chosen.size();
}

std::optional<Bytes> served() {
    Store store = open_store();
    PCCERT_CONTEXT first = CertEnumCertificatesInStore(store.get(), nullptr);
    if (first == nullptr)
        return std::nullopt;
    Bytes der(first->pbCertEncoded, first->pbCertEncoded + first->cbCertEncoded);
    CertFreeCertificateContext(first);
    return der;
}

std::optional<std::string> readable_key() {
    std::wstring file = key_file();
    ACL* dacl = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    if (GetNamedSecurityInfoW(file.data(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, &dacl, nullptr,
                              &descriptor) != ERROR_SUCCESS)
        return std::nullopt;
    bool allowed = dacl_lets_term_service_read(dacl);
    LocalFree(descriptor);
    std::ifstream in{std::filesystem::path(file), std::ios::binary};
    std::ostringstream content;
    if (!allowed || !in || !(content << in.rdbuf()))
        return std::nullopt;
    return content.str();
}

} // namespace rdpmedic::standin
