// Who initialises COM and releases its objects?
#pragma once

#include "probes/windows/handle.hpp"

#include <objbase.h>

namespace rdpmedic::windows {

// COM for the length of one call on whatever thread makes it; must outlive every object made under it. A thread that is
// already a single-threaded apartment stays one; its COM serves as well.
// https://learn.microsoft.com/windows/win32/api/combaseapi/nf-combaseapi-coinitializeex
class ComUse {
  public:
    ComUse() noexcept : status_(::CoInitializeEx(nullptr, COINIT_MULTITHREADED)) {}
    ~ComUse() {
        if (SUCCEEDED(status_))
            ::CoUninitialize();
    }
    ComUse(const ComUse&) = delete;
    ComUse& operator=(const ComUse&) = delete;
    bool ready() const noexcept { return SUCCEEDED(status_) || status_ == RPC_E_CHANGED_MODE; }
    HRESULT status() const noexcept { return status_; }

  private:
    HRESULT status_;
};

template <class Interface>
struct ComTraits {
    using Raw = Interface*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { raw->Release(); }
};
// Owns one reference.
template <class Interface>
using Com = Handle<ComTraits<Interface>>;

} // namespace rdpmedic::windows
