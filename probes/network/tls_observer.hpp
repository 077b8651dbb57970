// What does a TLS peer show of itself, whoever it is? The certificate and the alert that it sends.
#pragma once

#include "probes/facts.hpp"

#include <boost/asio/ssl/context.hpp>

namespace rdpmedic {

struct TlsObservation {
    Bytes leaf;                              // DER of the first certificate, as soon as it arrived
    std::vector<Bytes> chain;                // every certificate as served, the leaf first; at most twenty
    std::optional<std::uint8_t> fatal_alert; // description of the fatal alert that the peer sent
    bool certificate_demanded = false;       // of the client, which has none
};

// A client context that talks to anybody: any certificate, TLS 1.0 to 1.3, weak keys and hashes, hosts without secure
// renegotiation. That is safe for a probe and for nothing else: no secret and no credential is ever sent through it, it
// only has to see hosts that are badly set up. Throws boost::system::system_error when OpenSSL cannot make a context.
boost::asio::ssl::context permissive_client();

// From now on `seen`, which must outlive the connection, is filled with what the peer shows.
void observe(SSL* connection, TlsObservation& seen);

} // namespace rdpmedic
