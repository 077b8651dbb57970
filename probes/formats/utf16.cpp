// What does UTF-16 from a registry or a catalogue say in UTF-8?
#include "probes/formats/utf16.hpp"

namespace rdpmedic {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

void append(std::string& text, std::uint32_t code) {
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | (code >> 12));
        tail(6), tail(0);
    } else {
        text += static_cast<char>(0xF0 | (code >> 18));
        tail(12), tail(6), tail(0);
    }
}

} // namespace

std::string utf8_from_utf16le(const std::uint8_t* data, std::size_t size) {
    std::string text;
    const auto unit = [&](std::size_t at) { return static_cast<std::uint32_t>(data[at] | (data[at + 1] << 8)); };
    for (std::size_t at = 0; at + 1 < size; at += 2) {
        const std::uint32_t first = unit(at);
        if (first < 0xD800 || first > 0xDFFF) {
            append(text, first);
            continue;
        }
        const std::uint32_t second = first < 0xDC00 && at + 3 < size ? unit(at + 2) : 0;
        if (second < 0xDC00 || second > 0xDFFF) {
            append(text, replacement);
            continue;
        }
        append(text, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        at += 2;
    }
    return text;
}

} // namespace rdpmedic
