// Can the private key of a certificate be used, and where is it?
#pragma once

#include "probes/facts.hpp"
#include "probes/windows/handle.hpp"

#include <wincrypt.h>

namespace rdpmedic::windows {

// The link from a certificate to its key. not_found: there is none.
Result<KeyLocation> key_location(PCCERT_CONTEXT certificate, std::string_view store);

// A private key that this process has opened, of one of two kinds; each is given back in its own way.
class PrivateKey {
  public:
    PrivateKey() = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey();

    // Opens the key of `certificate` silently and compares it with the certificate. Changes nothing. Once per object.
    Result<void> open(PCCERT_CONTEXT certificate, std::string_view store);
    // The name of the open key's file. Empty where the provider does not tell: a key in hardware has none.
    std::string file() const;

  private:
    bool is_cng() const noexcept { return spec_ == CERT_NCRYPT_KEY_SPEC; }
    Result<void> open_container(PCCERT_CONTEXT certificate, const CRYPT_KEY_PROV_INFO& link);

    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE handle_ = 0;
    DWORD spec_ = 0;
    BOOL must_free_ = FALSE;
};

} // namespace rdpmedic::windows
