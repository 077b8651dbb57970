// What does a number say that Windows gives as the reason of a failure?
#include "probes/error_words.hpp"

#include <cstdio>

namespace rdpmedic {

std::string hresult_text(std::uint32_t code) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08X", static_cast<unsigned>(code));
    return text;
}

// 0x8007xxxx holds a code of the system:
// https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
// What a signature lacks:
// https://learn.microsoft.com/windows/win32/seccrypto/certificate-and-trust-return-values
// https://learn.microsoft.com/windows/win32/com/com-error-codes-4
std::string_view hresult_meaning(std::uint32_t code) noexcept {
    switch (code) {
    case 0x80070005:
        return "access is denied";
    case 0x80070040:
        return "the network name is no longer available";
    case 0x80070079:
        return "the semaphore time-out has expired";
    case 0x80096010:
        return "the file does not fit its signature";
    case 0x800B0100:
        return "the file has no signature";
    case 0x800B0101:
        return "the certificate of the signer is out of its time";
    case 0x800B0109:
        return "the root of the signer's certificate is not trusted";
    case 0x800B010A:
        return "the signer's certificate leads to no trusted root";
    case 0x800B010C:
        return "the signer's certificate was revoked";
    case 0x800B0111:
        return "the signer's certificate is distrusted here";
    }
    return {};
}

std::string describe(const SignatureFacts& signature) {
    if (signature.status == 0)
        return "signed by " + (signature.signer.empty() ? "nobody named" : signature.signer);
    const std::string_view meaning = hresult_meaning(signature.status);
    return "the signature is not trusted: " + hresult_text(signature.status) +
           (meaning.empty() ? std::string() : " (" + std::string(meaning) + ")");
}

} // namespace rdpmedic
