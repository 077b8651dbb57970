// What does UTF-16 from a registry or a catalogue say in UTF-8?
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rdpmedic {

// UTF-8 of `size` bytes of little-endian UTF-16. A lone surrogate becomes U+FFFD, an odd last byte is dropped, and NUL
// is a character like any other. Pure.
std::string utf8_from_utf16le(const std::uint8_t* data, std::size_t size);

} // namespace rdpmedic
