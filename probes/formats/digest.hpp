// What are the digests that Windows builds its names from?
#pragma once

#include "probes/facts.hpp"

#include <span>

namespace rdpmedic {

// 20 bytes. Not for secrets: Windows names certificates and services by it.
Bytes sha1(std::span<const std::uint8_t> bytes);
// 16 bytes; unsupported where OpenSSL refuses MD5, as in a FIPS configuration. Windows names key files by it.
Result<Bytes> md5(std::span<const std::uint8_t> bytes);

} // namespace rdpmedic
