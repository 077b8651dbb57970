// How are bytes written as text, and how is a text recognised again?
#pragma once

#include "probes/formats/hex.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

// Upper or lower case, two digits a byte; anything else is malformed.
Result<Bytes> from_hex(std::string_view text);

// SHA-256 in lower-case hex. Throws std::bad_alloc when OpenSSL cannot allocate.
std::string sha256_hex(std::string_view bytes);

} // namespace rdpmedic
