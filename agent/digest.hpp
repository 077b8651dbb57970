// How are bytes written as text, and how is a text recognised again?
#pragma once

#include "probes/facts.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

std::string to_hex(const Bytes& bytes); // lower case
// Upper or lower case, two digits a byte; anything else is malformed.
Result<Bytes> from_hex(std::string_view text);

// SHA-256 in lower-case hex. Throws std::bad_alloc when OpenSSL cannot allocate.
std::string sha256_hex(std::string_view bytes);
// SHA-1 in lower-case hex: what Windows calls the thumbprint of a certificate, over its DER.
std::string thumbprint_of(const Bytes& der);

} // namespace rdpmedic
