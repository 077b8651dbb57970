// Who closes a handle of Windows?
#pragma once

// winsock2.h comes before windows.h everywhere: windows.h alone would bring the old winsock.h, and both clash.
#include <winsock2.h>

#include <windows.h>

#include <utility>

namespace rdpmedic::windows {

// Owns one handle. Traits say what it is (Raw), what "no handle" looks like and how it is closed. Assignment takes its
// argument by value, so the old handle is closed by the one that leaves.
template <class Traits>
class Handle {
  public:
    using Raw = typename Traits::Raw;

    Handle() noexcept = default;
    explicit Handle(Raw raw) noexcept : raw_(raw) {}
    Handle(Handle&& other) noexcept : raw_(std::exchange(other.raw_, Traits::none())) {}
    Handle& operator=(Handle other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~Handle() {
        if (*this)
            Traits::close(raw_);
    }

    explicit operator bool() const noexcept { return raw_ != Traits::none(); }
    Raw get() const noexcept { return raw_; }
    // For calls that write a handle through a pointer. Only for a Handle that holds none.
    Raw* out() noexcept { return &raw_; }
    // Gives the handle away: the caller closes it.
    Raw release() noexcept { return std::exchange(raw_, Traits::none()); }

  private:
    Raw raw_ = Traits::none();
};

// Most of Windows: closed by CloseHandle, none is null.
struct KernelObjectTraits {
    using Raw = HANDLE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CloseHandle(raw); }
};
using KernelObject = Handle<KernelObjectTraits>;

// CreateFile answers INVALID_HANDLE_VALUE, not null.
struct FileTraits {
    using Raw = HANDLE;
    static Raw none() noexcept { return INVALID_HANDLE_VALUE; }
    static void close(Raw raw) noexcept { ::CloseHandle(raw); }
};
using File = Handle<FileTraits>;

struct RegistryKeyTraits {
    using Raw = HKEY;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::RegCloseKey(raw); }
};
using RegistryKey = Handle<RegistryKeyTraits>;

struct ServiceTraits {
    using Raw = SC_HANDLE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CloseServiceHandle(raw); }
};
using ServiceHandle = Handle<ServiceTraits>;

struct LibraryTraits {
    using Raw = HMODULE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::FreeLibrary(raw); }
};
using Library = Handle<LibraryTraits>;

} // namespace rdpmedic::windows
