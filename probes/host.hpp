// What may a probe ask of this machine? Everything a probe knows came through here.
//
// Every method may block, may be called from any thread, and changes nothing on the host. Errors: not_found for what
// does not exist, access_denied, timed_out, unsupported where this system cannot answer, malformed, io.
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic {

class Host {
  public:
    virtual ~Host() = default;

    // The machine's clock. A recorded host answers with the time of its recording.
    virtual Result<Time> now() const = 0;

    // One value of a key below HKEY_LOCAL_MACHINE, 64-bit view. Names compare without case. not_found: no key or value.
    virtual Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const = 0;
    // All values of a key by name. An empty key is an empty map; not_found: no key.
    virtual Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const = 0;
    virtual Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const = 0;
    // Self-relative security descriptor with owner and DACL.
    virtual Result<Bytes> registry_security(const RegistryPath& key) const = 0;

    virtual Result<ServiceFacts> service(std::string_view name) const = 0;
    // Self-relative security descriptor with owner and DACL.
    virtual Result<Bytes> service_security(std::string_view name) const = 0;
    // Every service and driver.
    virtual Result<std::vector<ServiceSummary>> services() const = 0;

    // Every certificate of a system store of the local machine ("My", "Remote Desktop"). not_found: no such store.
    virtual Result<std::vector<StoreCertificate>> certificates(std::string_view store) const = 0;

    // `path` may hold environment variables, which the host expands: "%SystemRoot%\\System32\\termsrv.dll".
    virtual Result<FileFacts> file(std::string_view path) const = 0;
    virtual Result<Bytes> file_security(std::string_view path) const = 0;
    // An unsigned file is an answer (status), not an error.
    virtual Result<SignatureFacts> file_signature(std::string_view path) const = 0;
    // The bytes of a small text file, at most 1 MB; a longer one is malformed.
    virtual Result<std::string> file_text(std::string_view path) const = 0;
    // Both ends of a text file of any size.
    virtual Result<FileEnds> file_ends(std::string_view path) const = 0;
    // Names in a folder, without the folder, at most 10,000.
    virtual Result<std::vector<std::string>> folder(std::string_view path) const = 0;

    virtual Result<std::vector<Session>> sessions() const = 0;
    virtual Result<WinsockCatalog> winsock_catalog() const = 0;

    virtual Result<std::vector<TcpListener>> tcp_listeners() const = 0;
    virtual Result<std::vector<UdpEndpoint>> udp_endpoints() const = 0;
    // All but listeners, IPv4 and IPv6.
    virtual Result<std::vector<TcpConnection>> tcp_connections() const = 0;
    virtual Result<TcpStatistics> tcp_statistics() const = 0;
    // The ports that outgoing TCP connections are given.
    virtual Result<PortRange> dynamic_ports() const = 0;
    // TCP ports that nobody may bind. Starts a program: ask only when a port could not be bound.
    virtual Result<std::vector<PortRange>> excluded_ports() const = 0;
    virtual Result<std::vector<AdapterFacts>> adapters() const = 0;
    virtual Result<std::vector<NetworkProfile>> network_profiles() const = 0;
    virtual Result<FirewallProfiles> active_firewall_profiles() const = 0;
    // Four echo requests to an address. None answered is an answer, not an error. Blocks for at most about 3 s.
    virtual Result<EchoFacts> echo(std::string_view address) const = 0;
    // Echo requests over IPv4 that must not be cut up, until one is answered. None answered, or called too big on the
    // way, is an answer. Blocks for at most about 2 s.
    virtual Result<FullEchoFacts> full_echo(const FullEcho& request) const = 0;
    // The path MTU in bytes that Windows knows for packets to an address. not_found: it knows none.
    virtual Result<std::uint32_t> path_mtu(std::string_view address) const = 0;
    virtual Result<PowerFacts> power() const = 0;
    virtual Result<HostNames> host_names() const = 0;
    // Addresses, names, or "host:port" for SRV. not_found: no such name or no such records. Blocks for up to about 15
    // s.
    virtual Result<std::vector<std::string>> dns(const DnsQuestion& question) const = 0;

    virtual Result<EventPage> events(const EventQuery& query) const = 0;

    virtual Result<MemoryFacts> memory() const = 0;
    virtual Result<ProcessFacts> process(std::uint32_t id) const = 0;
    virtual Result<VolumeFacts> volume(std::string_view path) const = 0;

    // SIDs, as text, of the accounts that hold a right ("SeRemoteInteractiveLogonRight"). Nobody is an empty list.
    virtual Result<std::vector<std::string>> accounts_with_right(std::string_view right) const = 0;
    // Members of a local group by the group's SID ("S-1-5-32-555"). not_found: no such group.
    virtual Result<std::vector<GroupMember>> local_group(std::string_view sid) const = 0;
    virtual Result<DomainMembership> domain_membership() const = 0;
    // A broken channel is an answer (status), not an error.
    virtual Result<SecureChannel> secure_channel(std::string_view domain) const = 0;
    // Asks `server`, a name or address, by SNTP. Blocks for at most about 3 s.
    virtual Result<ClockOffset> clock_offset(std::string_view server) const = 0;

    // not_found: the role is not there.
    virtual Result<LicensingFacts> licensing() const = 0;
    // GetTStoLSConnectivityStatus of one server. Can block for tens of seconds.
    virtual Result<std::uint32_t> license_server_status(std::string_view server) const = 0;
    virtual Result<GatewayFacts> gateway() const = 0; // not_found: the role is not there
    virtual Result<std::vector<HttpsBinding>> https_bindings() const = 0;
    virtual Result<std::vector<SecurityProduct>> security_products() const = 0; // not_found: no Security Center here
    virtual Result<std::vector<FilterProvider>> filter_providers() const = 0;
    // The filters for incoming connections that one provider has ("{GUID}"), or those without one (no_filter_provider).
    // None of a version of IP for which none of them blocks. malformed: more than 16,384 had to be looked at.
    virtual Result<std::vector<Filter>> filters(std::string_view provider) const = 0;
    // Firewalls of other makers that are registered with Windows now. None is an empty list.
    virtual Result<std::vector<FirewallProduct>> firewall_products() const = 0;

    // Negotiates RDP and TLS with `target` and hangs up cleanly; never logs on. A peer that refuses is a fact, not an
    // error; errors are for a handshake that could not be tried. Blocks for at most about 15 s.
    virtual Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const = 0;
    // TLS alone, as with an RD Gateway; the same contract.
    virtual Result<TlsFacts> tls_handshake(const TlsTarget& target) const = 0;
};

} // namespace rdpmedic
