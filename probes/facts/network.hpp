// What do the network stack, its adapters and the name service say?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

struct TcpListener {
    std::string address; // "0.0.0.0", "::", "127.0.0.1"
    std::uint16_t port = 0;
    std::uint32_t process_id = 0; // 0 where the system does not tell the owner
    std::string process;          // image file name, empty where it could not be read
};

struct UdpEndpoint {
    std::string address;
    std::uint16_t port = 0;
    std::uint32_t process_id = 0;
    std::string process;
};

// MIB_TCP_STATE in its documented order, which begins with 1.
enum class TcpState {
    closed,
    listen,
    syn_sent,
    syn_received,
    established,
    fin_wait_1,
    fin_wait_2,
    close_wait,
    closing,
    last_ack,
    time_wait,
    delete_tcb,
    unknown
};

struct TcpConnection {
    std::string local_address;
    std::uint16_t local_port = 0;
    std::string remote_address;
    std::uint16_t remote_port = 0;
    TcpState state = TcpState::unknown;
    std::uint32_t process_id = 0;
};

struct PortRange {
    std::uint16_t first = 0, last = 0; // both inclusive
    friend bool operator==(const PortRange&, const PortRange&) = default;
};

// Counters since the start of the machine, of one address family: MIB_TCPSTATS.
struct TcpCounters {
    std::uint64_t segments_sent = 0; // without those that were sent again
    std::uint64_t segments_retransmitted = 0;
    std::uint64_t segments_received = 0;
    std::uint64_t errors_received = 0;
    std::uint64_t failed_attempts = 0;
    std::uint64_t resets_of_established = 0;
};

struct TcpStatistics {
    TcpCounters v4, v6;
};

// One adapter: MIB_IF_ROW2 with what GetAdaptersAddresses tells of it. Counters since the adapter came up.
struct AdapterFacts {
    std::string id;          // "{GUID}", upper case
    std::string name;        // "Ethernet"
    std::string description; // "Intel(R) 82574L Gigabit Network Connection"
    std::uint32_t type = 0;  // of IANA: 6 Ethernet, 23 PPP, 24 loopback, 53 virtual, 71 Wi-Fi, 131 tunnel
    bool up = false;         // operational
    bool connected = false;  // the medium
    bool hardware = false;
    std::uint32_t mtu = 0;
    std::uint64_t speed = 0; // bits per second, of sending
    std::uint64_t packets_in = 0, packets_out = 0;
    std::uint64_t errors_in = 0, errors_out = 0, discards_in = 0, discards_out = 0;
    std::vector<std::string> addresses, gateways, dns_servers;
    std::string dns_suffix;
    bool dhcp = false;
    bool registers_in_dns = false;
};

enum class NetworkCategory { public_, private_, domain, unknown };

// A network of the Network List Manager with the adapter that it is connected through.
struct NetworkProfile {
    std::string adapter; // id as in AdapterFacts
    std::string name;
    NetworkCategory category = NetworkCategory::unknown;
};

// Some echo requests to one address, within a second or two.
struct EchoFacts {
    std::string address;
    std::uint32_t sent = 0, answered = 0;
    std::chrono::milliseconds average{0}, longest{0}; // of the answered ones
};

// Which echo request: one that fills a packet of IPv4 and must not be cut up on the way.
struct FullEcho {
    std::string address;
    std::uint32_t packet = 0; // bytes, with 20 of IPv4 and 8 of ICMP
};

// Up to three of them, the first answer ends it.
struct FullEchoFacts {
    std::uint32_t sent = 0, answered = 0;
    std::uint32_t too_big = 0; // this host or a router says that only a smaller packet gets on
};

// Which sleep states this machine has: SYSTEM_POWER_CAPABILITIES.
struct PowerFacts {
    bool standby = false;        // S1, S2 or S3
    bool hibernate = false;      // S4 with a hibernation file
    bool modern_standby = false; // AoAc
};

// Which firewall profiles are active now: the bits of NET_FW_PROFILE_TYPE2.
struct FirewallProfiles {
    bool domain = false, private_ = false, public_ = false;
};

// GetComputerNameEx.
struct HostNames {
    std::string computer; // NetBIOS name
    std::string host;     // first label of the DNS name
    std::string domain;   // primary DNS suffix, empty where there is none
};

enum class DnsType { a, aaaa, ptr, srv };

struct DnsQuestion {
    std::string name;
    DnsType type = DnsType::a;
    bool servers_only = false; // past cache and hosts file, to the configured servers
};

} // namespace rdpmedic
