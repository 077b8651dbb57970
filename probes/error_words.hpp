// What does a number say that Windows gives as the reason of a failure?
#pragma once

#include "probes/facts/system.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rdpmedic {

// "0x800B0100", always with eight digits.
std::string hresult_text(std::uint32_t code);
// "the network name is no longer available"; empty for a code that is not in the table.
std::string_view hresult_meaning(std::uint32_t code) noexcept;

// "signed by Microsoft Windows", "the signature is not trusted: 0x800B0100 (the file has no signature)".
std::string describe(const SignatureFacts& signature);

} // namespace rdpmedic
