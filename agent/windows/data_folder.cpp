// How is a folder below ProgramData made private, where Users may create files by default?
#include "agent/data_folder.hpp"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>

#include <memory>

namespace rdpmedic {
namespace {

// Owner Administrators; protected; full control for SYSTEM and Administrators, inherited by what is made inside.
constexpr wchar_t private_sddl[] = L"O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

struct LocalMemory {
    void operator()(void* memory) const noexcept { ::LocalFree(memory); }
};

Error failed(const char* call, const std::filesystem::path& folder, DWORD number) {
    const Errc code = number == ERROR_ACCESS_DENIED ? Errc::access_denied : Errc::io;
    return {code, number, std::string(call) + "(" + folder.string() + ")"};
}

Result<> check_real_folder(const std::filesystem::path& folder) {
    const DWORD attributes = ::GetFileAttributesW(folder.c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return failed("GetFileAttributesW", folder, ::GetLastError());
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 || (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return Error{Errc::access_denied, 0,
                     folder.string() + " is a reparse point or a file; remove it, a folder belongs here"};
    return {};
}

} // namespace

std::filesystem::path default_data_folder() {
    PWSTR found = nullptr;
    const HRESULT result = ::SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &found);
    std::filesystem::path folder =
        result == S_OK ? std::filesystem::path(found) : std::filesystem::path(L"C:\\ProgramData");
    ::CoTaskMemFree(found);
    return folder / L"rdpmedic";
}

Result<> make_private_folder(const std::filesystem::path& folder) {
    PSECURITY_DESCRIPTOR raw = nullptr;
    if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(private_sddl, SDDL_REVISION_1, &raw, nullptr))
        return failed("ConvertStringSecurityDescriptorToSecurityDescriptorW", folder, ::GetLastError());
    const std::unique_ptr<void, LocalMemory> descriptor(raw);
    SECURITY_ATTRIBUTES attributes{sizeof attributes, raw, FALSE};
    std::error_code ignored; // CreateDirectoryW below tells what is wrong
    std::filesystem::create_directories(folder.parent_path(), ignored);
    if (::CreateDirectoryW(folder.c_str(), &attributes))
        return check_real_folder(folder);
    if (const DWORD number = ::GetLastError(); number != ERROR_ALREADY_EXISTS)
        return failed("CreateDirectoryW", folder, number);
    if (Result<> real = check_real_folder(folder); !real)
        return real;

    // There before us: take away what was inherited or planted.
    BOOL present = FALSE, defaulted = FALSE;
    PACL dacl = nullptr;
    ::GetSecurityDescriptorDacl(raw, &present, &dacl, &defaulted);
    std::wstring name = folder.wstring();
    const DWORD number = ::SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT,
                                                 DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                                 nullptr, nullptr, dacl, nullptr);
    if (number != ERROR_SUCCESS)
        return failed("SetNamedSecurityInfoW", folder, number);
    return {};
}

} // namespace rdpmedic
