// Which causes lie in what the host demands of a client: security layer, NLA, TLS, CredSSP, accounts?
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

namespace {

constexpr std::string_view restart = "TermService reads it when it starts: a restart disconnects every RDP session";

std::vector<Cause> transport_security_causes() {
    return {
        {.id = "security_layer",
         .guide = "S11",
         .title = "The security layer of the listener is set to what no client agrees to",
         .findings = {{"listener.invalid_value", hint},
                      {"listener.security_layer_invalid"},
                      {"listener.encryption_level_invalid"},
                      {"listener.negotiation_disabled", strong},
                      {"handshake.ssl_required"},
                      {"handshake.inconsistent_flags", strong},
                      {"handshake.negotiation_refused", strong},
                      {"handshake.client_certificate_required"},
                      {"handshake.legacy_security", hint},
                      {"handshake.malformed_reply", hint}},
         .events = {{Kind::security_layer_failed, hint}, {Kind::listener_changed, hint}},
         .codes = {{0x904}, {0x406}, {0x506}, {0x906}, {0xA06}, {0xB06}, {0xC06}},
         .needs = {"listener", "handshake"},
         .cleared_by = {"handshake"},
         .advice = "set SecurityLayer to 2 and MinEncryptionLevel to 3, where Group Policy owns them in the policy. "
                   "Lowering the layer, as guides say, shows where the fault is and is no repair: set it back",
         .disruption = restart},
        {.id = "nla_refused",
         .guide = "S12",
         .title = "The host requires Network Level Authentication in a way that the client does not offer",
         .place = Place::client,
         .findings = {{"listener.nla_invalid"}, {"handshake.nla_required"}, {"handshake.no_nla", hint}},
         .events = {{Kind::bad_credentials, hint, true}},
         .events_against = {{Kind::logon, strong},
                            {Kind::key_unreadable, strong},
                            {Kind::no_common_cipher, strong},
                            {Kind::tls_protocols_disabled, strong}},
         .codes = {{0xB09, strong}, {0x904}},
         .needs = {"listener", "handshake"},
         .cleared_by = {},
         .advice =
             "update the client or switch on its Network Level Authentication. Switching it off at the host shows "
             "where the fault is and is no repair: set it back",
         .disruption = "nothing on the host is cut off",
         .here_when_found = true},
        {.id = "tls_protocols",
         .guide = "S14",
         .title = "The TLS versions that clients speak are switched off",
         .findings = {{"tls.invalid_value", hint},
                      {"tls.protocols_disabled"},
                      {"tls.tls12_disabled", proof},
                      {"tls.tls13_unsafe", strong},
                      {"handshake.old_tls", hint},
                      {"handshake.tls_alert", hint},
                      {"handshake.tls_alert", strong, false, "alert 70"}, // protocol_version
                      {"handshake.tls_reset", hint},
                      {"handshake.tls_closed", hint},
                      {"handshake.tls_failed", hint}},
         .events = {{Kind::tls_protocols_disabled, strong},
                    {Kind::tls_alert, hint},
                    {Kind::security_layer_failed, hint}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x904}, {0x408}, {0x906}},
         .needs = {"tls", "handshake", "events"},
         .cleared_by = {"handshake", "tls"},
         .advice = "switch TLS 1.2 for servers on again; leave TLS 1.0 and 1.1 as they are",
         .disruption = "the host must be restarted, or TermService, which disconnects every RDP session",
         .of_tls = true},
        {.id = "tls_ciphers",
         .guide = "S14",
         .title = "Host and client have no cipher suite in common",
         .findings = {{"tls.cipher_policy_too_long", strong},
                      {"tls.algorithms_disabled"},
                      {"tls.cipher_list_empty"},
                      {"tls.no_rsa_suite"},
                      {"tls.no_ecdsa_suite"},
                      {"tls.curve_list_empty"},
                      {"tls.min_key_length", hint},
                      {"tls.fips_without_tls", hint},
                      {"handshake.tls_alert", hint},
                      {"handshake.tls_alert", strong, false, "alert 40"}, // handshake_failure
                      {"handshake.tls_alert", strong, false, "alert 71"}, // insufficient_security
                      {"handshake.tls_reset", hint},
                      {"handshake.tls_failed", hint}},
         .events = {{Kind::no_common_cipher, strong}, {Kind::tls_alert, hint}, {Kind::security_layer_failed, hint}},
         .events_against = {{Kind::logon, hint}},
         .codes = {{0x904}, {0x408}, {0x906}},
         .needs = {"tls", "handshake", "events"},
         .cleared_by = {"tls"},
         .advice =
             "put what is missing (a suite that an RSA certificate can use, a curve) back on its list, in the policy "
             "where that owns it, or take a policy's list of suites out of this host with remove_cipher_policy=true; "
             "or "
             "update the one client that fails while others get through",
         .disruption = "the list counts after a restart of the computer"},
        // https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-client-disconnects-cannot-reconnect-same-session
        // DERIVED: that 8 is about the client's side, where the host offers TLS. What level 4 demands:
        // https://learn.microsoft.com/windows/win32/termserv/win32-tsgeneralsetting-setencryptionlevel
        {.id = "fips_required",
         .title = "The host takes FIPS encryption alone, and the client does not offer it",
         .place = Place::client,
         .findings = {{"tls.fips_without_tls", strong}},
         .extended = {{.first = 0x8, .weight = strong}},
         .needs = {"tls"},
         .cleared_by = {}, // a host that demands FIPS and offers TLS is as somebody wants it
         .advice =
             "raise the client's encryption level: update it, or use one that connects with TLS (NLA). The host "
             "demands FIPS by MinEncryptionLevel 4, or for everything by the policy System cryptography: Use FIPS "
             "compliant algorithms, which overrides that level; SecurityLayer 2 lets it offer TLS. Whether FIPS stays "
             "is a decision about security",
         .disruption = restart,
         .here_when_found = true},
        {.id = "credssp",
         .guide = "S15",
         .title = "Client and host do not agree on CredSSP after one of them was updated",
         .place = Place::client,
         .findings = {{"tls.encryption_oracle_strict", hint}, {"tls.encryption_oracle_vulnerable", hint}},
         .events = {{Kind::bad_credentials, hint, true}, {Kind::tls_alert, hint}},
         .events_against = {{Kind::logon, strong},
                            {Kind::key_unreadable, strong},
                            {Kind::no_common_cipher, strong},
                            {Kind::tls_protocols_disabled, strong}},
         .codes = {{0x1607, strong}, {0x1707, strong}, {0x2107, hint}, {0x904}},
         .needs = {"tls"},
         .advice =
             "update client and host to the same month. AllowEncryptionOracle 2, as guides say, opens the host to "
             "an attack that is known (CVE-2018-0886): where it is found here, the repair tls takes it back, for the "
             "safety of the host; no client gets in by that",
         .disruption = "nothing on the host is cut off"},
    };
}

std::vector<Cause> account_causes() {
    return {
        {.id = "credentials",
         .title = "The name or password is refused, often one that the client has saved",
         .place = Place::client,
         .findings = {{"tls.ntlm_refused", hint}},
         .events = {{Kind::bad_credentials, strong}, {Kind::session_denied, strong, false, "Reason=10"}},
         .events_against = {{Kind::key_unreadable, hint}},
         .codes = {{0x807, strong},
                   {0xA07, strong},
                   {0xB07, strong},
                   {0xC07, strong},
                   {0xD07, strong},
                   {0xE07, strong},
                   {0xF07, strong},
                   {0x1207, strong},
                   {0x1C07, strong},
                   {0x2107, strong},
                   {0x2207, strong},
                   {0x904}},
         .extended = {{0xA, strong}, {0x300, strong}},
         .needs = {"events"},
         .advice = "delete the saved credentials of this host at the client (cmdkey /list) and type them; look up why "
                   "in the events 4625 of the Security log",
         .disruption = "nothing on the host is cut off"},
        {.id = "logon_not_allowed",
         .title = "The user may not log on through Remote Desktop",
         .findings = {{"access.right_denied"},
                      {"access.nobody_may_logon"},
                      {"access.group_empty"},
                      {"access.group_left_out", strong},
                      {"access.both_groups_left_out", strong},
                      {"access.administrators_left_out", hint},
                      {"access.network_nobody_allowed"},
                      {"access.network_denied"},
                      {"access.network_right_missing", strong},
                      {"access.listener_denied"},
                      {"access.listener_nobody_allowed"},
                      {"access.listener_left_out", strong},
                      {"listener.logons_disabled", strong}},
         .events = {{Kind::bad_credentials, hint},
                    {Kind::session_denied, strong, false, "Reason=9"},
                    {Kind::session_denied, hint, false, "Reason=7"}},
         .codes = {{0xC07, strong}},
         .extended = {{.first = 0x9, .weight = strong, .not_cleared = "it does not look at this one user"},
                      {0x7, hint}},
         .needs = {"access"},
         .cleared_by = {"access"},
         // https://learn.microsoft.com/troubleshoot/windows-server/remote/troubleshooting-access-denied-and-user-not-authorized-rds-issues
         .advice =
             "is this user in Remote Desktop Users, or in a group that is denied? Give the right to the group Remote "
             "Desktop Users, and the user that group; in the policy where that owns the right. Where the permissions "
             "of the listener are named: RestoreDefaults of the WMI class "
             "Win32_TSPermissionsSetting puts back those of Windows, which count after a restart of the computer. "
             "Where "
             "all that is well, look for event 16965 on the domain controllers: their policy Restrict clients allowed "
             "to "
             "make remote calls to SAM can keep this host from looking a user up",
         .disruption = "nothing is cut off"},
        {.id = "domain_unreachable",
         .title = "The host cannot ask its domain who the user is",
         .findings = {{"tls.ntlm_refused", hint},
                      {"listener.domain_credentials_not_stored", hint},
                      {"access.secure_channel_broken"},
                      {"access.netlogon_disabled"},
                      {"access.clock_offset"},
                      {"access.time_service_disabled", hint},
                      {"access.domain_unreachable"},
                      {"dns.domain_not_found", strong},
                      {"dns.no_servers", strong},
                      {"dns.server_silent", strong}},
         .events = {{Kind::secure_channel_failed, strong},
                    {Kind::domain_not_reached, hint},
                    {Kind::name_resolution_failed, hint}},
         .codes = {{.first = 0x1807,
                    .weight = strong,
                    .not_cleared = "it looks at the host as it is now, and the number of the client is of then"},
                   {0x807, hint},
                   {0x904}},
         .needs = {"access", "dns"},
         .cleared_by = {"access"},
         .advice = "let the host reach a domain controller: name servers, clock, secure channel "
                   "(Test-ComputerSecureChannel -Repair)",
         .disruption = "nothing is cut off"},
    };
}

} // namespace

std::vector<Cause> security_causes() {
    std::vector<Cause> all = transport_security_causes();
    for (Cause& cause : account_causes())
        all.push_back(std::move(cause));
    return all;
}

} // namespace rdpmedic::diagnosis
