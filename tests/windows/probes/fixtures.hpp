// What do these tests put into Windows, and how does it go away again?
//
// They run inside the prefix that the caller gives and write below HKLM\SOFTWARE\rdpmedic-test alone, except where a
// test says otherwise and puts things back.
#pragma once

#include "probes/windows/handle.hpp"
#include "probes/windows/windows_host.hpp"

#include <filesystem>
#include <map>

namespace rdpmedic::testing {

// A key below HKEY_LOCAL_MACHINE that is made empty, and deleted with all it holds at the end.
class RegistryFixture {
  public:
    explicit RegistryFixture(std::wstring name = L"values");
    ~RegistryFixture();
    RegistryFixture(const RegistryFixture&) = delete;
    RegistryFixture& operator=(const RegistryFixture&) = delete;

    // As the product asks for it: "SOFTWARE\rdpmedic-test\values", with `below` after a backslash.
    RegistryPath path(const std::string& below = {}) const;
    void set(const std::wstring& name, DWORD type, const Bytes& data) const;
    void set(const std::wstring& name, DWORD type, std::wstring_view text) const; // data as given: no NUL is added
    void add_key(const std::wstring& below) const;
    HKEY get() const noexcept { return key_; }

  private:
    std::wstring name_;
    HKEY key_ = nullptr;
};

bool runs_under_wine() noexcept;
// Where CMake puts the stand-ins: build/windows/standins, beside the folder of this program.
std::filesystem::path standins_folder();

// Sets a variable of this process for one scope; nullptr removes it.
class ScopedVariable {
  public:
    ScopedVariable(std::wstring name, const wchar_t* value);
    ~ScopedVariable();
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

  private:
    std::wstring name_, before_;
    bool existed_ = false;
};

// Puts a stand-in into System32, where alone the product looks for `dll` ("wtsapi32"), and Wine's own back at the end.
// The override makes programs that start meanwhile load it; the variable WINEDLLOVERRIDES would not reach them, since
// Wine reads it from the environment that Wine itself was started with.
class SystemStandin {
  public:
    explicit SystemStandin(const std::wstring& dll);
    // The same for a program: "netsh", whose stand-in is standin_netsh.exe.
    static SystemStandin of_program(const std::wstring& name);
    ~SystemStandin();
    SystemStandin(const SystemStandin&) = delete;
    SystemStandin& operator=(const SystemStandin&) = delete;

  private:
    SystemStandin(std::wstring override, const std::wstring& file, const std::wstring& standin);

    std::wstring override_;
    std::filesystem::path target_, saved_;
};

// Runs one hidden test of this program and fails where that does: its assertions are the calling test's.
void run_hidden_test(const std::wstring& name);

// Runs a command line with this process's environment and waits. Returns its exit status; fails the test where it
// cannot be started.
DWORD run(std::wstring command_line);

} // namespace rdpmedic::testing
