// What do these tests put into Windows, and how does it go away again?
#include "tests/windows/probes/fixtures.hpp"

#include "probes/windows/text.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {
namespace {

const std::wstring root = L"SOFTWARE\\rdpmedic-test";
constexpr const wchar_t* overrides_key = L"Software\\Wine\\DllOverrides";

} // namespace

RegistryFixture::RegistryFixture(std::wstring name) : name_(root + L"\\" + std::move(name)) {
    ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, name_.c_str());
    REQUIRE(::RegCreateKeyExW(HKEY_LOCAL_MACHINE, name_.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS | KEY_WOW64_64KEY,
                              nullptr, &key_, nullptr) == ERROR_SUCCESS);
}

RegistryFixture::~RegistryFixture() {
    ::RegCloseKey(key_);
    ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, name_.c_str());
    ::RegDeleteKeyW(HKEY_LOCAL_MACHINE, root.c_str()); // only when nothing is below it any more
}

RegistryPath RegistryFixture::path(const std::string& below) const {
    return {windows::to_utf8(name_) + (below.empty() ? "" : "\\" + below)};
}

void RegistryFixture::set(const std::wstring& name, DWORD type, const Bytes& data) const {
    REQUIRE(::RegSetValueExW(key_, name.c_str(), 0, type, data.data(), static_cast<DWORD>(data.size())) ==
            ERROR_SUCCESS);
}

void RegistryFixture::set(const std::wstring& name, DWORD type, std::wstring_view text) const {
    const auto* bytes = reinterpret_cast<const BYTE*>(text.data());
    set(name, type, Bytes(bytes, bytes + text.size() * sizeof(wchar_t)));
}

void RegistryFixture::add_key(const std::wstring& below) const {
    HKEY key = nullptr;
    REQUIRE(::RegCreateKeyExW(key_, below.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &key, nullptr) ==
            ERROR_SUCCESS);
    ::RegCloseKey(key);
}

bool runs_under_wine() noexcept {
    return ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

std::filesystem::path standins_folder() {
    wchar_t path[MAX_PATH] = {};
    REQUIRE(::GetModuleFileNameW(nullptr, path, MAX_PATH) > 0);
    return std::filesystem::path(path).parent_path().parent_path() / "standins";
}

ScopedVariable::ScopedVariable(std::wstring name, const wchar_t* value) : name_(std::move(name)) {
    wchar_t before[4096] = {};
    existed_ = ::GetEnvironmentVariableW(name_.c_str(), before, 4096) > 0;
    before_ = before;
    ::SetEnvironmentVariableW(name_.c_str(), value);
}

ScopedVariable::~ScopedVariable() { ::SetEnvironmentVariableW(name_.c_str(), existed_ ? before_.c_str() : nullptr); }

DWORD run(std::wstring command_line) {
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION information{};
    INFO(windows::to_utf8(command_line));
    REQUIRE(::CreateProcessW(nullptr, command_line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                             &information));
    const windows::KernelObject process(information.hProcess), thread(information.hThread);
    REQUIRE(::WaitForSingleObject(process.get(), 120'000) == WAIT_OBJECT_0);
    DWORD status = 0;
    REQUIRE(::GetExitCodeProcess(process.get(), &status));
    return status;
}

SystemStandin::SystemStandin(const std::wstring& dll) : SystemStandin(dll, dll + L".dll", dll + L".dll") {}

SystemStandin SystemStandin::of_program(const std::wstring& name) {
    return {name + L".exe", name + L".exe", L"standin_" + name + L".exe"};
}

SystemStandin::SystemStandin(std::wstring override, const std::wstring& file, const std::wstring& standin)
    : override_(std::move(override)), target_(L"C:\\windows\\system32\\" + file),
      saved_(L"C:\\windows\\system32\\" + file + L".saved") {
    const auto source = standins_folder() / standin;
    REQUIRE(std::filesystem::exists(source));
    // Moved away, never written into: prefixes share Wine's own files through hard links.
    std::filesystem::rename(target_, saved_);
    std::error_code error;
    CHECK(std::filesystem::copy_file(source, target_, error));
    constexpr wchar_t native[] = L"native";
    CHECK(::RegSetKeyValueW(HKEY_CURRENT_USER, overrides_key, override_.c_str(), REG_SZ, native, sizeof native) ==
          ERROR_SUCCESS);
}

SystemStandin::~SystemStandin() {
    ::RegDeleteKeyValueW(HKEY_CURRENT_USER, overrides_key, override_.c_str());
    std::error_code ignored;
    std::filesystem::remove(target_, ignored);
    std::filesystem::rename(saved_, target_, ignored);
}

void run_hidden_test(const std::wstring& name) {
    wchar_t program[MAX_PATH] = {};
    REQUIRE(::GetModuleFileNameW(nullptr, program, MAX_PATH) > 0);
    CHECK(run(L"\"" + std::wstring(program) + L"\" \"" + name + L"\"") == 0);
}

} // namespace rdpmedic::testing
