// How is a text recognised again?
#include "agent/digest.hpp"

#include <openssl/evp.h>

#include <new>

namespace rdpmedic {

std::string sha256_hex(std::string_view bytes) {
    unsigned char result[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), result, &length, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return to_hex({result, length});
}

} // namespace rdpmedic
