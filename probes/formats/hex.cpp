// How do bytes become the hex that people compare, and back?
#include "probes/formats/hex.hpp"

namespace rdpmedic {

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string clean_thumbprint(std::string_view text) {
    constexpr std::size_t sha1_digits = 40;
    std::string hex;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
            hex += c;
        if (c >= 'A' && c <= 'F')
            hex += static_cast<char>(c + ('a' - 'A'));
    }
    return hex.size() == sha1_digits ? hex : std::string{};
}

} // namespace rdpmedic
