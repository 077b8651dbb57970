// What can a client find from a certificate on: its issuer, and whether it was revoked?
#pragma once

#include "probes/facts.hpp"

#include <span>

namespace rdpmedic {

// Is one of `others` the issuer, by names, key identifiers and usages? Signatures are not verified, and bytes that are
// no certificate issue nothing. Malformed where `der` is none. Pure.
Result<bool> has_issuer_among(std::span<const std::uint8_t> der, std::span<const Bytes> others);

// Does the certificate say where to ask: a CRL distribution point or an OCSP responder? Malformed where `der` is no
// certificate, or where one of the two extensions cannot be read. Nobody is asked. Pure.
Result<bool> names_revocation(std::span<const std::uint8_t> der);

} // namespace rdpmedic
