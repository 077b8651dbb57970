// How is a text recognised again?
#pragma once

#include "probes/hex.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

// SHA-256 in lower-case hex. Throws std::bad_alloc when OpenSSL cannot allocate.
std::string sha256_hex(std::string_view bytes);

} // namespace rdpmedic
