// How are bytes written as text, and how is a text recognised again?
#include "agent/digest.hpp"

#include <openssl/evp.h>

#include <new>

namespace rdpmedic {

namespace {

int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return Error{Errc::malformed, 0, "hex with an odd number of digits"};
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return Error{Errc::malformed, 0, "not a hex digit at " + std::to_string(i)};
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string sha256_hex(std::string_view bytes) {
    unsigned char result[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), result, &length, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return to_hex({result, length});
}

} // namespace rdpmedic
