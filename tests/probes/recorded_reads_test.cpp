// Does every read of Host survive a recording, member by member?
#include "probes/recorded/reads.hpp"
#include "probes/recorded/recorded_host.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using nlohmann::json;

namespace {

// Read and answer; no member has the value that it has by default, so that a member that gets lost is seen.
const char* const recording = R"({
 "adapters": {"value": [{"id": "{1}", "name": "Ethernet", "description": "NIC", "type": 6, "up": true,
   "connected": true, "hardware": true, "mtu": 1500, "speed": 1000000000, "packets_in": 1, "packets_out": 2,
   "errors_in": 3, "errors_out": 4, "discards_in": 5, "discards_out": 6, "addresses": ["192.0.2.7"],
   "gateways": ["192.0.2.1"], "dns_servers": ["192.0.2.53"], "dns_suffix": "example.local", "dhcp": true,
   "registers_in_dns": true}]},
 "accounts_with_right SeRemoteInteractiveLogonRight": {"value": ["S-1-5-32-544"]},
 "clock_offset 192.0.2.53": {"value": {"server": "s", "offset_ms": -70000, "round_trip_ms": 3, "stratum": 2}},
 "dns A host.example.local": {"value": ["192.0.2.7"]},
 "dns SRV _ldap._tcp.example.local from the servers": {"error": {"code": "timed_out", "native": 1460, "where": "dns"}},
 "domain_membership": {"value": {"joined": true, "name": "EXAMPLE"}},
 "dynamic_ports": {"value": {"first": 49152, "last": 65535}},
 "echo 192.0.2.1": {"value": {"address": "192.0.2.1", "sent": 4, "answered": 3, "average_ms": 2, "longest_ms": 5}},
 "full_echo 192.0.2.1 in 1500 bytes": {"value": {"sent": 3, "answered": 1, "too_big": 2}},
 "path_mtu 192.0.2.9": {"value": 1400},
 "events schannel": {"value": {"records": ["<Event/>"], "bookmark": "<BookmarkList/>", "more": true, "restarted": true}},
 "excluded_ports": {"value": [{"first": 50000, "last": 50059}]},
 "file_signature C:\\x": {"value": {"status": 2148204800, "signer": "Contoso", "by_catalog": true}},
 "file_ends C:\\pfirewall.log": {"value": {"size": 5000000, "head": "#Version: 1.5\r\n", "tail": "2026-01-15"}},
 "file_text C:\\hosts": {"value": "127.0.0.1 localhost\r\n"},
 "filter_providers": {"value": [{"id": "{2}", "name": "Contoso", "service": "csagent"}]},
 "firewall_products": {"value": [{"name": "Contoso", "path": "C:\\c.exe", "categories": {"value": [1, 2]}}]},
 "filters {2}": {"value": [{"id": 70001, "name": "Contoso block", "provider": "{2}", "ipv6": true, "sublayer": "{3}",
    "weight": 1152921504606846975, "action": "block", "conditions": [{"field": "{4}", "match": 5, "numeric": true,
    "low": 3389, "high": 3390, "text": "svchost.exe"}]}]},
 "gateway": {"value": {"configured": true, "certificate": "0102", "ssl_bridging": 2,
    "udp": {"value": {"enabled": true, "port": 3391}}}},
 "host_names": {"value": {"computer": "HOST01", "host": "host01", "domain": "example.local"}},
 "https_bindings": {"value": [{"address": "0.0.0.0", "port": 443, "certificate": "0102", "store": "MY"}]},
 "license_server_status ls01": {"value": 11},
 "licensing": {"value": {"mode": 1, "type": 4, "type_name": "Per User", "grace_days": {"value": 119},
   "servers": {"error": {"code": "access_denied", "native": 5, "where": "WMI"}}}},
 "local_group S-1-5-32-555": {"value": [{"sid": "S-1-5-21-1-2-3-500", "name": "HOST01\\alice"}]},
 "memory": {"value": {"commit_used": 1, "commit_limit": 2, "physical_total": 3, "physical_available": 4,
   "kernel_nonpaged": 5, "kernel_paged": 6, "handles": 7, "processes": 8, "threads": 9}},
 "network_profiles": {"value": [{"adapter": "{1}", "name": "Network", "category": "private"}]},
 "power": {"value": {"standby": true, "hibernate": true, "modern_standby": true}},
 "process 4": {"value": {"id": 4, "image": "System", "handles": 5, "private_bytes": 6, "started": "2026-01-01T00:00:00Z"}},
 "secure_channel EXAMPLE": {"value": {"domain_controller": "\\\\DC01", "status": 1311}},
 "security_products": {"value": [{"firewall": true, "name": "Contoso", "path": "C:\\c.exe", "state": {"value": 266240}}]},
 "service_security SessionEnv": {"value": "0100"},
 "services": {"value": [{"name": "a", "display_name": "b", "type": 16, "state": "running", "process_id": 3}]},
 "tcp_connections": {"value": [{"local_address": "192.0.2.7", "local_port": 3389, "remote_address": "192.0.2.9",
   "remote_port": 50000, "state": "established", "process_id": 4}]},
 "tcp_statistics": {"value": {"v4": {"segments_sent": 1, "segments_retransmitted": 2, "segments_received": 3,
   "errors_received": 4, "failed_attempts": 5, "resets_of_established": 6}, "v6": {"segments_sent": 7,
   "segments_retransmitted": 8, "segments_received": 9, "errors_received": 10, "failed_attempts": 11,
   "resets_of_established": 12}}},
 "tls_handshake 127.0.0.1:443 gw.example.com": {"value": {"target": {"endpoint": {"host": "127.0.0.1", "port": 443},
   "server_name": "gw.example.com"}, "address": "127.0.0.1", "chain": ["30"], "tls_version": "TLSv1.3", "cipher": "c",
   "alert": 40, "problem": "p"}},
 "udp_endpoints": {"value": [{"address": "::", "port": 3389, "process_id": 4, "process": "svchost.exe"}]},
 "volume C:\\": {"value": {"path": "C:\\", "size": 2, "available": 1}}
})";

// The answers are in the recording.
template <class... Answers>
void asked(const Answers&...) {}

void ask_everything(const Host& host) {
    EventQuery query;
    query.name = "schannel";
    asked(host.adapters(), host.accounts_with_right("SeRemoteInteractiveLogonRight"), host.clock_offset("192.0.2.53"),
          host.dns({"host.example.local", DnsType::a, false}),
          host.dns({"_ldap._tcp.example.local", DnsType::srv, true}), host.domain_membership(), host.dynamic_ports(),
          host.echo("192.0.2.1"), host.full_echo({"192.0.2.1", 1500}), host.path_mtu("192.0.2.9"), host.events(query),
          host.excluded_ports(), host.file_signature(R"(C:\x)"), host.file_ends(R"(C:\pfirewall.log)"),
          host.file_text(R"(C:\hosts)"), host.filter_providers(), host.filters("{2}"), host.firewall_products(),
          host.gateway(), host.host_names());
    asked(host.https_bindings(), host.license_server_status("ls01"), host.licensing(), host.local_group("S-1-5-32-555"),
          host.memory(), host.network_profiles(), host.power(), host.process(4), host.secure_channel("EXAMPLE"),
          host.security_products(), host.service_security("SessionEnv"), host.services(), host.tcp_connections(),
          host.tcp_statistics(), host.tls_handshake({{"127.0.0.1", 443}, "gw.example.com"}), host.udp_endpoints(),
          host.volume(R"(C:\)"));
}

} // namespace

TEST_CASE("every answer of a recording is recorded again as it was") {
    const json reads = json::parse(recording);
    const json document{{"rdpmedic_recording", 1}, {"time", "2026-01-15T00:00:00Z"}, {"reads", reads}};
    const auto host = parse_recorded_host(document.dump(), "host.json");
    if (!host)
        FAIL(describe(host.error()));
    const auto recorder = make_recording_host(**host);
    ask_everything(*recorder);
    CHECK(json::parse(recorder->recording())["reads"] == reads);
}

TEST_CASE("a read is found by a name that says what was asked about what") {
    using recorded::read_name;
    CHECK(read_name("dns", DnsQuestion{"7.2.0.192.in-addr.arpa", DnsType::ptr, true}) ==
          "dns PTR 7.2.0.192.in-addr.arpa from the servers");
    CHECK(read_name("dns", DnsQuestion{"host", DnsType::aaaa, false}) == "dns AAAA host");
    CHECK(read_name("process", std::uint32_t{4}) == "process 4");
    CHECK(read_name("full_echo", FullEcho{"192.0.2.1", 1400}) == "full_echo 192.0.2.1 in 1400 bytes");
}
