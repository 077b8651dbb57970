// Which causes lie in the certificate of the listener and its key?
//
// What the events mean:
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

std::vector<Cause> certificate_causes() {
    return {
        {.id = "certificate_expired",
         .guide = "S1",
         .title = "The certificate of the listener has expired and is not replaced",
         .findings = {{"cert.expired"},
                      {"cert.renewal_broken"},
                      {"handshake.certificate_expired"},
                      {"cert.store_denied", hint}},
         .events = {{Kind::certificate_not_created, strong}, {Kind::certificate_unusable, hint}},
         .events_against = {{Kind::certificate_created, hint}},
         .codes = {{0x1B07, strong}, {0x904}, {0x706}},
         .needs = {"cert", "handshake"},
         .cleared_by = {"cert"},
         .advice = "let Windows make a new one: delete the expired certificate from the store Remote Desktop and "
                   "restart SessionEnv, not TermService. A certificate that somebody chose is renewed where it came "
                   "from",
         // MEM: sessions stay where SessionEnv alone is restarted.
         .disruption = "SessionEnv is restarted; sessions stay"},
        {.id = "key_unreadable",
         .guide = "S2",
         .title = "The private key of the certificate cannot be used by NETWORK SERVICE, as which TermService runs",
         .findings = {{"cert.key_unreadable"},
                      {"cert.no_private_key"},
                      {"cert.key_not_machine", strong},
                      {"handshake.tls_reset", strong},
                      {"handshake.tls_closed", strong},
                      {"handshake.tls_alert", strong, false, "alert 80"}, // internal_error
                      {"handshake.tls_alert", hint, false, "alert 40"},   // handshake_failure
                      {"handshake.tls_alert", hint, false, "alert 40 after the certificate"},
                      {"handshake.no_certificate", hint}},
         .events = {{Kind::key_unreadable, strong}, {Kind::security_layer_failed, hint}},
         .events_against = {{Kind::logon, strong},
                            {Kind::tls_protocols_disabled, strong},
                            {Kind::no_common_cipher, strong}},
         .codes = {{0x904}, {0x408}},
         .needs = {"cert", "handshake", "events"},
         .cleared_by = {"handshake"},
         .advice = "give NETWORK SERVICE the right to read the one key file; where a chosen certificate has only lost "
                   "the link to its key, the repair cert finds it with repair_link=true; for a certificate that was "
                   "imported, import it again as a machine key",
         .disruption = "nothing is cut off",
         .of_tls = true},
        {.id = "key_store_damaged",
         .guide = "S3",
         .title = "The folder MachineKeys or the key file in it is damaged",
         .findings = {{"cert.key_missing"},
                      {"cert.key_mismatch"},
                      {"cert.machinekeys_acl", strong},
                      {"handshake.tls_reset", hint},
                      {"handshake.tls_closed", hint},
                      {"handshake.tls_alert", hint, false, "alert 80"},
                      {"handshake.no_certificate", hint}},
         .events = {{Kind::certificate_not_created, strong}, {Kind::key_unreadable, hint}},
         .codes = {{0x904}, {0x408}},
         .needs = {"cert"},
         .cleared_by = {"cert"},
         .advice =
             "restore the permissions of the folder MachineKeys (the repair machinekeys, with new_folder=true for a "
             "new "
             "key and certificate too), or replace the one key and its certificate. Never rename the folder, as guides "
             "say: it holds the keys of every other service too",
         // MEM: as above.
         .disruption = "nothing is cut off by new permissions; a new certificate restarts SessionEnv, sessions stay"},
        {.id = "certificate_not_made",
         .title = "There is no certificate, and something keeps Windows from making one",
         .findings = {{"cert.none"},
                      {"cert.store_denied", strong},
                      {"cert.store_override", strong},
                      {"cert.program_data", strong},
                      {"handshake.no_certificate", strong},
                      {"termservice.sessionenv_disabled", strong},
                      {.code = "termservice.companion_dependency", .weight = strong, .subject = "SessionEnv"}},
         .events = {{Kind::certificate_not_created, strong}, {Kind::certificate_unusable, strong}},
         .codes = {{0x904}, {0x408}},
         .needs = {"cert", "termservice"},
         .cleared_by = {"cert"},
         .advice = "let SessionEnv write to the store Remote Desktop, enable what it depends on, and start it",
         .disruption = "nothing is cut off"},
        {.id = "certificate_unsuitable",
         .title = "The certificate that was chosen for the listener does not suit RDP",
         .findings = {{"cert.name_mismatch", hint},
                      {"cert.wrong_eku"},
                      {"cert.not_yet_valid"},
                      {"handshake.certificate_not_yet_valid"},
                      {"cert.pin_dangling", strong},
                      {"cert.pin_malformed", strong},
                      {"handshake.certificate_mismatch", hint},
                      {"cert.weak_key", hint},
                      {"cert.weak_signature", hint},
                      {"cert.key_not_a_file", hint},
                      {"cert.several_self_signed", hint}},
         .events = {{Kind::certificate_unusable, strong}, {Kind::tls_credential_failed, hint}},
         .codes = {{0x904}, {0x408}, {0x606}, {0x706}},
         .needs = {"cert", "handshake"},
         .cleared_by = {"cert"},
         .advice = "choose a certificate for server authentication whose key is a machine key (the repair cert with "
                   "pin=THUMBPRINT), or, where the chosen one is gone, take the choice back (with unpin=true; "
                   "SSLCertificateSHA1Hash) so that Windows uses its own; look at the clock where it is not valid yet",
         .disruption = "TermService reads the choice when it starts: a restart disconnects every RDP session"},
    };
}

} // namespace rdpmedic::diagnosis
