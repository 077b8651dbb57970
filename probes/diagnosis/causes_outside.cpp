// Which causes does no probe of this host see, and what shows that it is one of them?
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

std::vector<Cause> outside_causes() {
    return {
        {.id = "not_arriving",
         .guide = "S7",
         .title = "The client does not reach this host: route, tunnel, address, or a firewall in between",
         .place = Place::network,
         .events = {{Kind::arrival, strong, true}},
         .events_against = {{Kind::arrival, strong}},
         .codes = {{0x104, strong}, {0x108, strong}, {0x204, strong}, {0x208, strong}, {0x704}, {0x904}},
         .needs = {"events"},
         .advice =
             "look at the name and address that the client uses, at VPN and proxy, and in a cloud at whether this "
             "is the machine, its public address and its network security group",
         .disruption = "nothing on the host is cut off",
         .before_contact = true},
        {.id = "udp_transport",
         .guide = "S13",
         .title = "The connection starts over TCP and dies on the UDP that it adds",
         .place = Place::network,
         .findings = {{"firewall.udp_not_allowed", hint},
                      {"gateway.udp_port_stolen", hint},
                      {"gateway.udp_not_listening", hint}},
         // Where SelectTransport keeps clients from UDP, no such arrival is logged.
         .events = {{Kind::session_disconnected, hint}, {Kind::udp_arrival, hint}},
         .codes = {{0x904}},
         .needs = {"events"},
         .advice =
             "test at the client with fClientDisableUDP 1 (policy Turn Off UDP On Client), or for all clients with "
             "SelectTransport 1 at the host: the repair transport with udp=off sets it, with udp=on takes it back",
         // MEM: they read SelectTransport without a restart of TermService.
         .disruption = "new connections use TCP alone, slower on lossy networks"},
        {.id = "gateway",
         .guide = "S16",
         .title = "The RD Gateway in front, or its certificate, is not accepted",
         .place = Place::network,
         .findings = {{"gateway.intermediate_expired", strong},
                      {"gateway.no_dns_name", strong},
                      {"gateway.not_configured", hint},
                      {"gateway.chain_incomplete", hint},
                      {"gateway.no_revocation", hint},
                      {"gateway.weak_key", hint},
                      {"gateway.weak_signature", hint},
                      {"gateway.certificate_expired"},
                      {"gateway.certificate_expires_soon", hint},
                      {"gateway.self_signed", strong},
                      {"gateway.certificate_mismatch"},
                      {"gateway.certificate_not_yet_valid"},
                      {"gateway.wrong_usage"},
                      {"gateway.tls_failed"},
                      {"gateway.not_running"},
                      {"gateway.no_binding"},
                      {"gateway.no_certificate"}},
         .events = {{Kind::gateway_certificate, strong},
                    {Kind::gateway_refused, hint},
                    {Kind::gateway_unreachable, hint}},
         .events_against = {{Kind::gateway_connected, hint}}, // one client's: another one may trust other roots
         // Where the certificate of the host is good, the expired one that a client was shown is the gateway's.
         .codes = {{0x3000000, strong, 0x3FFFFFF}, {0x1B07, strong}},
         .needs = {"gateway"},
         .cleared_by = {}, // a gateway in front of this host is not on it
         .advice = "renew the certificate of the gateway from an authority that clients trust. Ask the gateway itself: "
                   "this host sees only what comes through it, and its log TerminalServices-Gateway says whom it "
                   "refused (201, 301) and which host it did not reach (304)",
         .disruption = "a restart of the gateway service drops every connection through it",
         .here_when_found = true},
        {.id = "local_tunnel",
         .guide = "S20",
         .title =
             "The client comes from this host itself (127.0.0.1, ::1): through a tunnel, proxy or security product on "
             "it",
         .events = {{.kind = Kind::arrival, .of_loopback = true},
                    {.kind = Kind::authenticated, .weight = hint, .of_loopback = true},
                    {.kind = Kind::bad_credentials, .weight = hint, .of_loopback = true}},
         .codes = {{0x708, strong}, {0x904}},
         .needs = {"events"},
         .advice = "find the program that forwards to the RDP port and look at its log; mstsc itself refuses 127.0.0.1 "
                   "with 0x708",
         .disruption = "nothing is cut off"},
        {.id = "client",
         .guide = "S22",
         .title = "The client computer or its program is at fault",
         .place = Place::client,
         .events = {{Kind::arrival, hint, true},
                    // The licence that the client showed is not valid.
                    {Kind::licensing_failed, hint, false, "RemoteConnectionManager 1003"}},
         .codes = {{0x106, proof},
                   {0x206, proof},
                   {0x306, proof},
                   {0x608, proof},
                   {0xC08, strong},
                   {0x408, hint},
                   {0x904},
                   // Where the host's licensing is well, it is the licence that the client keeps.
                   {0x808, strong},
                   {0x908, strong}},
         .extended = {{0x10B, proof}, {0x103, strong, 0x109}},
         .needs = {},
         .advice =
             "try another client; update the program; from the client test the port (Test-NetConnection HOST -Port "
             "3389). Where it is about a licence, remove the client's own (the key MSLicensing) and start the client "
             "once as administrator",
         .disruption = "nothing on the host is cut off",
         .any_stage = true},
        {.id = "middle_box",
         .title = "A bastion, proxy or inspection between client and host breaks the connection",
         .place = Place::network,
         .findings = {{"handshake.x224_refused", strong}},
         .events = {{Kind::transport_failed, hint},
                    {Kind::security_layer_failed, hint},
                    {Kind::tls_alert, hint},
                    {Kind::arrival, hint}},
         .events_against = {{Kind::logon, strong},
                            {Kind::key_unreadable, strong},
                            {Kind::no_common_cipher, strong},
                            {Kind::tls_protocols_disabled, strong}},
         .codes = {{0x904}},
         .needs = {"events", "handshake"},
         .advice = "connect once past it. If that works, update it: it does not speak the TLS or CredSSP of this host, "
                   "or it closes while the host still starts",
         .disruption = "nothing on the host is cut off"},
        {.id = "machine_unreachable",
         .title =
             "In a cloud: the machine is stopped, has another address, or its network security group closes the port",
         .place = Place::cloud,
         .findings = {{"network.static_address", hint}},
         .events = {{Kind::arrival, hint, true}},
         .events_against = {{Kind::arrival, strong}},
         .codes = {{0x204}, {0x108}, {0x904}},
         .needs = {"events"},
         .advice = "look at the portal: power state, public and private address, inbound rules for the RDP port",
         .disruption = "nothing on the host is cut off",
         .before_contact = true},
    };
}

} // namespace rdpmedic::diagnosis
