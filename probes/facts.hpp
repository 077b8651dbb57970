// What does the host say? Plain values as Windows gives them: nothing here is judged, merged or guessed.
#pragma once

#include "probes/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rdpmedic {

// Whole seconds: system_clock counts nanoseconds and ends in 2262, certificates run to 9999.
using Time = std::chrono::sys_seconds;
using Bytes = std::vector<std::uint8_t>;

// A key below HKEY_LOCAL_MACHINE, without it: "SYSTEM\\CurrentControlSet\\Control\\Terminal Server".
struct RegistryPath {
    std::string key;
    friend auto operator<=>(const RegistryPath&, const RegistryPath&) = default;
};

// A registry value by its type. REG_SZ and REG_EXPAND_SZ are text (UTF-8, not expanded), REG_MULTI_SZ a list. Data
// whose size does not fit its type, and every other type, stays Bytes, so that the reader sees what is there.
struct RegistryValue {
    std::uint32_t type = 0; // REG_SZ 1, REG_EXPAND_SZ 2, REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7, REG_QWORD 11
    std::variant<Bytes, std::uint32_t, std::uint64_t, std::string, std::vector<std::string>> data;
    friend bool operator==(const RegistryValue&, const RegistryValue&) = default;
};

enum class ServiceState {
    stopped,
    start_pending,
    stop_pending,
    running,
    continue_pending,
    pause_pending,
    paused,
    unknown
};
enum class StartType { boot, system, automatic, manual, disabled, unknown };

// QueryServiceStatusEx and QueryServiceConfig of one service.
struct ServiceFacts {
    std::string name;
    ServiceState state = ServiceState::unknown;
    StartType start = StartType::unknown;
    std::uint32_t type = 0;                // as configured: SERVICE_WIN32_OWN_PROCESS 0x10, _SHARE_PROCESS 0x20
    std::uint32_t process_id = 0;          // 0 when not running
    std::uint32_t services_in_process = 0; // services with the same process id; 0 when not running or not known
    std::uint32_t exit_code = 0;           // dwWin32ExitCode
    std::uint32_t specific_exit_code = 0;
    std::uint32_t checkpoint = 0;
    std::uint32_t wait_hint = 0; // milliseconds
    std::uint32_t accepted = 0;  // SERVICE_ACCEPT_*: STOP is 1
    std::string account;         // "NT AUTHORITY\\NetworkService"
    std::string binary_path;
    std::vector<std::string> depends_on;
    std::vector<std::string> dependents; // services that depend on this one, in the order in which to stop them
};

// CERT_KEY_PROV_INFO: where the private key of a certificate lives.
struct KeyLocation {
    std::string container;
    std::string provider;
    std::uint32_t provider_type = 0; // 0 is a CNG provider, anything else a legacy CSP
    bool machine_keyset = false;
    std::string file; // unique name of the key file (CNG or CSP), empty where the provider does not tell
};

// One certificate of a system store of the local machine. What the DER says is read by formats/x509.
struct StoreCertificate {
    Bytes der;
    Result<KeyLocation> key = Error{Errc::not_found, 0, "no private key"}; // not_found: no link to a private key
    Result<void> key_usable = Error{Errc::unsupported, 0, "not tried"};    // could this process acquire the key?
};

struct FileFacts {
    std::string path; // as expanded by the host
    std::uint64_t size = 0;
    bool directory = false;
    bool reparse_point = false;
};

// WTS_CONNECTSTATE_CLASS in its documented order.
enum class SessionState {
    active,
    connected,
    connect_query,
    shadow,
    disconnected,
    idle,
    listen,
    reset,
    down,
    init,
    unknown
};

struct Session {
    std::uint32_t id = 0;
    SessionState state = SessionState::unknown;
    std::string station; // "RDP-Tcp#3", "Console", "RDP-Tcp" for the listener
    std::string user;    // empty when nobody is logged on
    std::string domain;
    std::string client; // name of the client machine
    std::optional<Time> connected_at, disconnected_at, last_input, logged_on_at;
    std::optional<Time> now; // the clock of the session manager: compare the times above with this one
};

// WSAPROTOCOL_INFOW with the provider's path. ChainLen 0 is a hidden layer, 1 a base provider, more a chain.
struct WinsockEntry {
    std::uint32_t id = 0;
    std::int32_t chain_length = 0;
    std::vector<std::uint32_t> chain;
    std::int32_t family = 0, socket_type = 0, protocol = 0; // AF_INET 2, AF_INET6 23; SOCK_STREAM 1, SOCK_DGRAM 2
    std::uint32_t provider_flags = 0;
    std::string name;
    std::string path; // as in the catalogue: may hold %SystemRoot%; empty where Winsock does not tell it
};

struct NamespaceEntry {
    std::string name;
    std::string path; // empty where the interface does not tell
    bool active = false;
};

// The catalogues that this machine's programs see. A 64-bit process can read both.
struct WinsockCatalog {
    std::vector<WinsockEntry> protocols;
    Result<std::vector<WinsockEntry>> protocols_32 = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<NamespaceEntry>> namespaces = Error{Errc::unsupported, 0, "not read"};
};

struct TcpListener {
    std::string address; // "0.0.0.0", "::", "127.0.0.1"
    std::uint16_t port = 0;
    std::uint32_t process_id = 0; // 0 where the system does not tell the owner
    std::string process; // image file name, empty where it could not be read
};

struct Endpoint {
    std::string host; // name or address
    std::uint16_t port = 3389;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// How far an X.224 negotiation and TLS handshake came. See probes/network/rdp_handshake.hpp.
enum class HandshakeStage {
    resolve_failed, // the name has no address
    refused,        // TCP reset on connect: nothing listens
    unreachable,    // no route, or no answer to the SYN in time
    closed_before_reply,
    reset_before_reply,
    silent,  // TCP is up, no byte came
    not_rdp, // bytes came that are not a TPKT: another protocol owns the port
    malformed_reply,
    negotiation_failure, // RDP_NEG_FAILURE, see failure_code
    legacy_only,         // confirmed without negotiation data, or standard RDP security chosen: no TLS
    tls_closed,
    tls_reset,
    tls_alert,
    tls_silent,
    tls_failed, // the channel broke in TLS
    complete,   // TLS is up and the certificate is here
};

struct HandshakeFacts {
    Endpoint target;
    std::string address; // that was connected to
    HandshakeStage stage = HandshakeStage::unreachable;
    std::uint32_t failure_code = 0;        // of RDP_NEG_FAILURE
    std::optional<std::uint32_t> selected; // protocol of RDP_NEG_RSP: 0 RDP, 1 SSL, 2 HYBRID, 8 HYBRID_EX
    std::uint8_t response_flags = 0;
    std::optional<std::uint8_t> alert; // TLS alert description that the peer sent
    std::string tls_version, cipher;
    Bytes certificate;       // DER of the leaf that was served
    std::string first_bytes; // hex, at most 32 bytes, of an answer that is not RDP
    std::string detail;      // the words of the library, for people
    std::chrono::milliseconds connect_time{0}, negotiate_time{0}, tls_time{0};
    std::string local_address; // "127.0.0.1:51000": to recognise the probe in the host's events
};

// Which firewall profiles are active now: the bits of NET_FW_PROFILE_TYPE2.
struct FirewallProfiles {
    bool domain = false, private_ = false, public_ = false;
};

} // namespace rdpmedic
