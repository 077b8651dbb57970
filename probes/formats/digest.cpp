// What are the digests that Windows builds its names from?
#include "probes/formats/digest.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace rdpmedic {
namespace {

Result<Bytes> digest(const EVP_MD* algorithm, std::span<const std::uint8_t> bytes, const char* name) {
    Bytes result(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), result.data(), &size, algorithm, nullptr) != 1) {
        ERR_clear_error();
        return Error{Errc::unsupported, 0, std::string("OpenSSL's ") + name};
    }
    result.resize(size);
    return result;
}

} // namespace

Bytes sha1(std::span<const std::uint8_t> bytes) {
    Result<Bytes> result = digest(EVP_sha1(), bytes, "SHA-1");
    // Every provider of OpenSSL 3.0 has SHA-1, FIPS included: this is a broken installation, not a condition.
    if (!result)
        throw std::runtime_error(describe(result.error()));
    return *result;
}

Result<Bytes> md5(std::span<const std::uint8_t> bytes) { return digest(EVP_md5(), bytes, "MD5"); }

} // namespace rdpmedic
