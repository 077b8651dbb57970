// Who closes a certificate store and a certificate?
#pragma once

#include "probes/windows/handle.hpp"

#include <wincrypt.h>

namespace rdpmedic::windows {

struct StoreTraits {
    using Raw = HCERTSTORE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CertCloseStore(raw, 0); }
};
using Store = Handle<StoreTraits>;

struct CertificateTraits {
    using Raw = PCCERT_CONTEXT;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CertFreeCertificateContext(raw); }
};
using CertificateHandle = Handle<CertificateTraits>;

} // namespace rdpmedic::windows
