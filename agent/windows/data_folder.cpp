// How is a folder below ProgramData made private, where Users may create files by default?
#include "agent/data_folder.hpp"

#include "probes/windows/handle.hpp"

#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>

#include <array>
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

// The user of this process: an administrator whose files carry the user's own name, and everybody under Wine.
bool is_own_user(PSID owner) {
    HANDLE token = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token))
        return false;
    alignas(TOKEN_USER) std::array<unsigned char, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> user{};
    DWORD length = 0;
    const bool read =
        ::GetTokenInformation(token, TokenUser, user.data(), static_cast<DWORD>(user.size()), &length) != 0;
    ::CloseHandle(token);
    return read && ::EqualSid(owner, reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

// Users may create folders below ProgramData. Who made this one beforehand owns it, whatever its DACL says, and could
// have put a tokens.json or a journal of their own into it. Everything is asked of and done to one handle, so that
// nothing can be swapped in between.
Result<> take_over(const std::filesystem::path& folder, PACL dacl) {
    const windows::File opened(::CreateFileW(folder.c_str(), READ_CONTROL | WRITE_DAC | FILE_READ_ATTRIBUTES,
                                             FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                                             FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!opened)
        return failed("CreateFileW", folder, ::GetLastError());
    BY_HANDLE_FILE_INFORMATION facts{};
    if (!::GetFileInformationByHandle(opened.get(), &facts))
        return failed("GetFileInformationByHandle", folder, ::GetLastError());
    if ((facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ||
        (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return Error{Errc::access_denied, 0,
                     folder.string() + " is a reparse point or a file; remove it, a folder belongs here"};
    PSID owner = nullptr;
    PSECURITY_DESCRIPTOR raw = nullptr;
    DWORD number = ::GetSecurityInfo(opened.get(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr,
                                     nullptr, &raw);
    if (number != ERROR_SUCCESS)
        return failed("GetSecurityInfo", folder, number);
    const std::unique_ptr<void, LocalMemory> descriptor(raw);
    if (!::IsWellKnownSid(owner, WinLocalSystemSid) && !::IsWellKnownSid(owner, WinBuiltinAdministratorsSid) &&
        !is_own_user(owner))
        return Error{Errc::access_denied, 0,
                     folder.string() +
                         " belongs to another user, who may have planted files in it; look at them, then remove it"};
    number =
        ::SetSecurityInfo(opened.get(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                          nullptr, nullptr, dacl, nullptr);
    if (number != ERROR_SUCCESS)
        return failed("SetSecurityInfo", folder, number);
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
        return {};
    if (const DWORD number = ::GetLastError(); number != ERROR_ALREADY_EXISTS)
        return failed("CreateDirectoryW", folder, number);
    BOOL present = FALSE, defaulted = FALSE;
    PACL dacl = nullptr;
    if (!::GetSecurityDescriptorDacl(raw, &present, &dacl, &defaulted) || !present || dacl == nullptr)
        return failed("GetSecurityDescriptorDacl", folder, ::GetLastError());
    return take_over(folder, dacl);
}

} // namespace rdpmedic
