// With which certificate does rdpmedic itself answer over TLS?
#pragma once

#include "agent/settings.hpp"
#include "probes/facts.hpp"

#include <filesystem>
#include <string>

namespace rdpmedic::api {

// PEM; the certificate may be followed by its chain.
struct TlsIdentity {
    std::string certificate, private_key;
    friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

// The configured certificate and key. Where none is configured, the agent's own from `data_folder`/tls/server.pem:
// self-signed, made at the first start, kept until 30 days before its end, readable by its owner only. An error names
// the file: unreadable, no PEM, an encrypted key, a key of another certificate, one configured without the other.
// Blocks.
Result<TlsIdentity> tls_identity(const Settings& settings, const std::filesystem::path& data_folder, Time now);

// The files that it reads.
std::vector<std::filesystem::path> tls_files(const Settings& settings, const std::filesystem::path& data_folder);

// Both in one PEM text: a new key (NIST P-256) and a certificate for localhost, this machine's name and the loopback
// addresses, valid for five years.
Result<TlsIdentity> make_tls_identity(const std::string& host_name, Time now);

} // namespace rdpmedic::api
