// Which causes lie in the services and in the listener?
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

namespace {

constexpr std::string_view restart = "a restart of TermService disconnects every RDP session";

std::vector<Cause> switched_off_causes() {
    return {
        {.id = "rdp_disabled",
         .guide = "S10",
         .title = "Remote Desktop is switched off, here or by Group Policy",
         .findings = {{"termservice.rdp_off", proof, true},
                      {"handshake.rdp_off", strong, true},
                      {"termservice.rdp_switch_invalid", strong},
                      {"listener.disabled", proof},
                      {"listener.terminal_server_disabled", proof},
                      {"handshake.refused", hint}},
         .codes = {{0x204}, {0x904}},
         .needs = {"termservice", "listener"},
         .cleared_by = {"listener", "handshake"},
         .advice = "switch it on (fDenyTSConnections 0), in the policy where that owns it: it is a decision about "
                   "security. The "
                   "repair listener does so where it is asked with enable_rdp=true. Where the firewall has it closed "
                   "too, let it in there as well: the repair firewall, once Remote Desktop is on",
         .disruption = "nothing is cut off",
         .before_contact = true},
        {.id = "policy_contradicts",
         .guide = "S10",
         .title = "Group Policy switches Remote Desktop on and the host itself has it off: a refresh of the policy can "
                  "end every session",
         .findings = {{"listener.local_deny_under_policy", proof, true}},
         .events = {{Kind::session_disconnected, hint}},
         .codes = {{0x904}},
         .needs = {"listener"},
         .cleared_by = {"listener"},
         .advice = "set the host's own fDenyTSConnections to 0 too, as the repair listener does",
         .disruption = "nothing is cut off"},
        {.id = "logons_refused",
         .title = "The host is set to refuse new logons (drain mode, or change logon /disable)",
         .findings = {{"listener.setup_in_progress", strong}, {"listener.drain_mode"}, {"listener.logons_disabled"}},
         .events = {{Kind::drain_mode, strong}, {Kind::session_denied, hint, false, "Reason=7"}},
         .codes = {{0x904}},
         .extended = {{0x7, hint}},
         .needs = {"listener"},
         .cleared_by = {"listener"},
         .advice =
             "change logon /enable, once whoever drained the host agrees; the repair listener ends the drain mode "
             "where it is asked with end_drain=true",
         .disruption = "nothing is cut off"},
    };
}

std::vector<Cause> broken_service_causes() {
    return {
        {.id = "service_down",
         .guide = "S21",
         .title = "TermService does not run, or hangs",
         .findings = {{"termservice.not_running"},
                      {"termservice.disabled"},
                      {"termservice.hung"},
                      {"termservice.dependency_disabled"},
                      {"termservice.dependency_missing"},
                      {"termservice.missing"},
                      {"termservice.svchost_group"},
                      {"termservice.wrong_account", strong},
                      {"termservice.pending", hint},
                      {"termservice.exit_code", hint},
                      {"handshake.refused", strong},
                      {"handshake.no_reply", strong},
                      {"handshake.tls_silent", strong},
                      {"handshake.closed_before_reply", hint},
                      {"handshake.reset_before_reply", hint}},
         .findings_against = {{"listener.port_not_taken_up", strong}, // it runs, and serves there
                              {"listener.edition", strong}},
         .events = {{Kind::service_failed, strong}, {Kind::listener_stopped, hint}},
         .events_against = {{Kind::logon, hint}},
         .codes = {{0x204}, {0x904}, {0x704}},
         .needs = {"termservice", "handshake"},
         .cleared_by = {"handshake"},
         .advice = "find out why it does not start before restarting it: a restart that works hides the cause",
         .disruption = restart,
         .before_contact = true},
        {.id = "listener_broken",
         .title = "The listener itself is missing or is not Windows' own",
         .findings = {{"listener.missing"},
                      {"listener.broken", strong},
                      {"listener.absent"},
                      {"listener.not_bound"},
                      {"sessions.listener_down"},
                      {"termservice.service_dll", strong},
                      {"termservice.service_dll_missing"},
                      {"termservice.tampered", strong},
                      {"termservice.host_process", strong},
                      {"handshake.refused", hint}},
         .findings_against = {{"listener.edition", strong}},
         .events = {{Kind::listener_failed, strong},
                    {Kind::listener_stopped, hint},
                    {Kind::listener_changed, hint},
                    {Kind::service_failed, hint},
                    {Kind::service_changed, hint, false, "Service Control Manager 7045"}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x204}, {0x904}},
         .needs = {"termservice", "sessions", "listener"},
         .cleared_by = {"handshake"},
         .advice = "set ServiceDll to %SystemRoot%\\System32\\termsrv.dll and remove what patches it; import the key "
                   "RDP-Tcp from a host of the same version, after exporting it",
         .disruption = restart,
         .before_contact = true},
        {.id = "port_not_taken_up",
         .title = "The RDP port was changed, and TermService still listens on the old one until it is restarted",
         .findings = {{"listener.port_not_taken_up", proof, true}, {"handshake.refused", hint}},
         .codes = {{0x204}, {0x904}},
         .needs = {"listener"},
         .cleared_by = {"listener"},
         .advice = "let the new port in through the firewall first, tell clients the port (host:port), then restart "
                   "TermService; or set PortNumber back to the port on which it listens",
         .disruption = restart,
         .before_contact = true},
        {.id = "edition_cannot_host",
         .title = "This edition of Windows (Home) cannot host Remote Desktop",
         .findings = {{"listener.edition", proof}, {"handshake.refused", hint}},
         .codes = {{0x204}, {0x904}},
         .needs = {"listener"},
         .cleared_by = {"listener"},
         .advice =
             "connect to a host with Windows Pro, Enterprise, Education or Server, or upgrade this one; no repair "
             "and no setting makes this edition listen",
         .disruption = "nothing is cut off",
         .before_contact = true},
        {.id = "third_party_stack",
         .title = "Another product (Citrix, Azure Virtual Desktop) serves remote connections, and RDP-Tcp does not "
                  "listen",
         .findings = {{"handshake.third_party_stack", strong, true}, {"listener.third_party_stack", hint}},
         .codes = {{0x204}, {0x904}},
         .needs = {"listener", "handshake"},
         .advice = "connect with the client and the address of that product. For Remote Desktop itself, switch its "
                   "listener on in the settings of the product",
         .disruption = "nothing is cut off",
         .before_contact = true},
        {.id = "port_taken",
         .title = "Another program has the RDP port, or the port or adapter is not the one that clients use",
         .findings = {{"listener.port_stolen"},
                      {"handshake.not_rdp"},
                      {"handshake.x224_refused", strong},
                      {"listener.port_excluded", strong},
                      {"listener.port_invalid"},
                      {"listener.adapter_bound", strong},
                      {"listener.bound_to_address", hint},
                      {"listener.loopback_only"},
                      {"handshake.refused", hint}},
         .events = {{Kind::listener_failed, strong}},
         .codes = {{0x204}, {0x904}},
         .needs = {"listener", "handshake"},
         .cleared_by = {"handshake"},
         .advice =
             "move the other program, or tell clients the port (host:port). The repair listener stops a service that "
             "is not one of Windows' own where it is asked with stop_port_owner=true",
         .disruption = "the other program stops listening; then TermService must be restarted, which disconnects every "
                       "RDP session",
         .before_contact = true},
        {.id = "left_behind",
         .guide = "S23",
         .title = "What an earlier repair left behind, or a renewal that will fail, brings the fault back",
         .findings = {{"termservice.companion_rights", hint},
                      {"listener.weakened_by_prior_repair", strong},
                      {"listener.misnamed_value", hint},
                      {"cert.misnamed_value", hint},
                      {"cert.expires_soon", strong},
                      {"cert.renewal_broken", hint},
                      {"cert.store_denied", hint},
                      {"termservice.sessionenv_disabled", hint},
                      {"termservice.umrdpservice_disabled", hint},
                      {"termservice.companion_dependency", hint}},
         .events = {{Kind::certificate_expires, hint}},
         .needs = {"cert", "listener"},
         .cleared_by = {},
         .advice =
             "set SecurityLayer 2, UserAuthentication 1 and MinEncryptionLevel 3 again, renew certificates before "
             "they expire, and let a monitor ask /health",
         .disruption = restart},
    };
}

} // namespace

std::vector<Cause> service_causes() {
    std::vector<Cause> all = switched_off_causes();
    for (Cause& cause : broken_service_causes())
        all.push_back(std::move(cause));
    return all;
}

} // namespace rdpmedic::diagnosis
