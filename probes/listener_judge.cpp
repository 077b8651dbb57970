// Do the settings of the RDP listener let anybody in, and as safely as they should?
#include "probes/listener.hpp"

#include <algorithm>

namespace rdpmedic::listener {
namespace {

constexpr std::string_view id = "listener";

void add_policy(Finding& finding, const Setting& setting) {
    if (setting.from_policy)
        finding.policy = label(setting.key, setting.name);
}

// What a number may be. Beyond it, SecurityLayer alone is known to end every connection: it is not clamped, and the
// listener then agrees with no client. DERIVED: that the others do less.
// https://learn.microsoft.com/windows/win32/termserv/win32-tsgeneralsetting
struct Limits {
    const char* name;
    std::uint32_t least, most;
    Severity beyond;
    const char* code = "listener.invalid_value";
    bool curable = true; // there is a documented value to put in its place
};
constexpr Limits limits[] = {
    {"TSEnabled", 0, 1, Severity::warning},
    {"TSUserEnabled", 0, 1, Severity::warning},
    {"TSServerDrainMode", 0, 2, Severity::warning, "listener.invalid_value", false},
    {"fEnableWinStation", 0, 1, Severity::warning},
    {"fLogonDisabled", 0, 1, Severity::warning},
    {"fAllowSecProtocolNegotiation", 0, 1, Severity::warning},
    {"SecurityLayer", 0, 2, Severity::critical, "listener.security_layer_invalid"},
    {"UserAuthentication", 0, 1, Severity::warning, "listener.nla_invalid"},
    {"MinEncryptionLevel", 1, 4, Severity::warning, "listener.encryption_level_invalid"},
    {"MaxInstanceCount", 1, 0xFFFFFFFF, Severity::warning},
    {"LanAdapter", 0, 0xFFFFFFFF, Severity::warning, "listener.invalid_value", false},
    {"fReverseConnectMode", 0, 0xFFFFFFFF, Severity::warning, "listener.invalid_value", false},
    {"disabledomaincreds", 0, 1, Severity::info, "listener.invalid_value", false},
    {"SystemSetupInProgress", 0, 0xFFFFFFFF, Severity::info, "listener.invalid_value", false},
    {"OOBEInProgress", 0, 0xFFFFFFFF, Severity::info, "listener.invalid_value", false},
    // What they mean is told by the probe sessions. Values of the policies, and 1 to 999,999 minutes:
    // https://admx.help/?Category=Windows_8.1_2012R2&Policy=Microsoft.Policies.TerminalServer::TS_KEEP_ALIVE
    // Which numbers KeepAliveTimeout takes is not documented: untouched hosts have 0, guides set 1. DERIVED: any will
    // do.
    {"fDisableAutoReconnect", 0, 1, Severity::info, "listener.invalid_value", false},
    {"KeepAliveEnable", 0, 1, Severity::info, "listener.invalid_value", false},
    {"KeepAliveInterval", 1, 999'999, Severity::info, "listener.invalid_value", false},
    {"KeepAliveTimeout", 0, 0xFFFFFFFF, Severity::info, "listener.invalid_value", false},
    {"fReconnectSame", 0, 1, Severity::info, "listener.invalid_value", false},
    {"fInheritReconnectSame", 0, 1, Severity::info, "listener.invalid_value", false},
};

// Collects the findings of one round.
class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts) {}

    std::vector<Finding> findings() {
        judge_deny();
        judge_key();
        if (is_unreadable(facts_.policy_key))
            add(unknown(id, "HKLM\\" + keys::terminal_services_policy.key, facts_.policy_key.error()));
        for (const Limits& row : limits)
            judge_limits(row);
        judge_port_number();
        judge_switches();
        judge_weakened();
        judge_setup();
        for (const std::string& name : facts_.odd_names)
            add({"listener.misnamed_value",
                 Severity::info,
                 "a registry value has a name that Windows does not read, so it has no effect",
                 name,
                 {name}});
        for (Finding& finding : judge_port(facts_))
            findings_.push_back(std::move(finding));
        return std::move(findings_);
    }

  private:
    // Nothing is a fault of a host on which Remote Desktop is switched off: the probe termservice says so.
    void add(Finding finding) {
        if (facts_.rdp_off() && finding.severity != Severity::unknown)
            finding.severity = Severity::info;
        // What a policy owns comes back, and the settings of a host that is switched off are nobody's trouble.
        if (facts_.rdp_off() || !finding.policy.empty())
            finding.repair.clear();
        findings_.push_back(std::move(finding));
    }

    // At every refresh the policy value is gone for a moment, the local one counts, and all sessions can be dropped:
    // https://support.microsoft.com/topic/2c01dc5b-565b-9884-5f46-cf877e133774
    void judge_deny() {
        if (is_unreadable(facts_.deny_by_policy) || !facts_.deny_by_policy || *facts_.deny_by_policy != 0)
            return; // termservice reports what could not be read
        if (!facts_.deny_by_host || *facts_.deny_by_host != 1)
            return;
        Finding finding{
            "listener.local_deny_under_policy", Severity::warning,
            "Group Policy allows Remote Desktop and the host's own setting denies it: whenever the policy is "
            "refreshed, the host's own setting counts for a moment and can end every session. Set the local "
            "fDenyTSConnections to 0 too"};
        finding.evidence = {label(keys::terminal_services_policy, "fDenyTSConnections") + " = 0",
                            label(keys::terminal_server, "fDenyTSConnections") + " = 1"};
        finding.repair = "listener";
        add(std::move(finding));
    }

    // https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-error-general-troubleshooting
    void judge_key() {
        if (is_unreadable(facts_.key))
            return add(unknown(id, "HKLM\\" + keys::rdp_tcp.key, facts_.key.error()));
        if (!facts_.key)
            return add({"listener.missing",
                        Severity::critical,
                        "the listener RDP-Tcp is not configured: its registry key does not exist. Export what is left, "
                        "then import the key from a host with the same version of Windows",
                        {},
                        {describe(facts_.key.error())}});
        if (facts_.lost_values.empty())
            return;
        Finding finding{"listener.broken", Severity::warning,
                        "the listener RDP-Tcp lacks values that Windows itself writes: its key may have been damaged. "
                        "Compare it with a host of the same version of Windows"};
        for (const std::string& name : facts_.lost_values)
            finding.evidence.push_back(label(keys::rdp_tcp, name) + " is not set");
        add(std::move(finding));
    }

    void judge_limits(const Limits& row) {
        const Number& number = facts_.number(row.name);
        if (is_absent(number.value) || number.name.empty()) // the latter of a key that cannot be listed: told once
            return;
        if (!number.value && number.value.error().code != Errc::malformed)
            return add(unknown(id, row.name, number.value.error()));
        if (number.value && number.value->value >= row.least && number.value->value <= row.most)
            return;
        Finding finding{row.code, row.beyond, "", row.name};
        finding.repair = row.curable ? "listener" : "";
        if (number.value) {
            finding.text = std::string(row.name) + " is " + std::to_string(number.value->value) + ", expected " +
                           std::to_string(row.least) + " to " + std::to_string(row.most);
            finding.evidence = {evidence_of(*number.value)};
            add_policy(finding, *number.value);
        } else {
            finding.severity = std::min(row.beyond, Severity::warning); // DERIVED: Windows goes on without the value
            finding.text = std::string(row.name) + " does not have the type REG_DWORD, so Windows cannot use it";
            finding.evidence = {number.value.error().where};
            if (number.value.error().where.find(keys::terminal_services_policy.key) != std::string::npos)
                finding.policy = label(keys::terminal_services_policy, row.name);
        }
        add(std::move(finding));
    }

    // https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/change-listening-port
    void judge_port_number() {
        const Result<Setting>& port = facts_.number("PortNumber").value;
        if (is_absent(port) || facts_.port())
            return;
        if (!port && port.error().code != Errc::malformed)
            return add(unknown(id, "PortNumber", port.error()));
        if (!port)
            return judge_port_type(port.error());
        add({"listener.port_invalid",
             Severity::critical,
             "PortNumber is no TCP port, so the listener has nowhere to listen: " + port_advice(),
             {},
             {evidence_of(*port)}});
    }

    static std::string port_advice() { return "set it to 3389 or to the port that your clients use, as REG_DWORD"; }

    // Windows cannot use it, and where the listener listens all the same is what the table shows, if anything does.
    void judge_port_type(const Error& error) {
        const bool known = facts_.tcp && facts_.term_service;
        if (!known && !facts_.rdp_off())
            add(unknown(id, "on which port TermService listens",
                        facts_.tcp ? facts_.term_service.error() : facts_.tcp.error()));
        const bool runs = facts_.term_service && facts_.term_service->state == ServiceState::running;
        const bool nowhere = known && runs && facts_.tcp->empty();
        Finding finding{"listener.port_invalid", nowhere ? Severity::critical : Severity::warning,
                        "PortNumber does not have the type REG_DWORD, so Windows cannot use it"};
        finding.evidence = {error.where};
        if (nowhere)
            finding.text += ", and TermService listens nowhere";
        if (const std::string ports = ports_text(facts_.elsewhere); !ports.empty())
            finding.text += "; TermService listens on TCP port " + ports;
        finding.text += ": " + port_advice();
        add(std::move(finding));
    }

    void add_where(const char* name, std::uint32_t fault, const char* code, Severity severity, const char* text,
                   bool with_subject = false, const char* repair = "listener") {
        const Result<Setting>& setting = facts_.number(name).value;
        if (setting && setting->value == fault)
            add({code, severity, text, with_subject ? name : "", {evidence_of(*setting)}, repair});
    }

    // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-general-error
    void judge_switches() {
        add_where("TSEnabled", 0, "listener.terminal_server_disabled", Severity::critical,
                  "Remote Desktop Services are switched off by TSEnabled: no connection is accepted");
        add_where("fEnableWinStation", 0, "listener.disabled", Severity::critical,
                  "the listener RDP-Tcp is disabled: no connection is accepted");
        add_where("TSUserEnabled", 1, "listener.logons_disabled", Severity::critical,
                  "logons through Remote Desktop are refused; \"change logon /enable\" lets users in again", true);
        add_where("fLogonDisabled", 1, "listener.logons_disabled", Severity::critical,
                  "logons through the listener RDP-Tcp are refused", true);
        // https://learn.microsoft.com/windows/win32/termserv/win32-terminalservicesetting, SessionBrokerDrainMode
        add_where("TSServerDrainMode", 1, "listener.drain_mode", Severity::warning,
                  "the host takes no new users until it is restarted; disconnected ones can return");
        add_where("TSServerDrainMode", 2, "listener.drain_mode", Severity::warning,
                  "the host takes no new users; disconnected ones can return");
        // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-internal-error
        add_where(
            "fAllowSecProtocolNegotiation", 0, "listener.negotiation_disabled", Severity::warning,
            "the listener does not negotiate the security protocol: clients that ask for another one are refused");
        // https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/network-access-do-not-allow-storage-of-passwords-and-credentials-for-network-authentication
        add_where(
            "disabledomaincreds", 1, "listener.domain_credentials_not_stored", Severity::info,
            "passwords of domain accounts are not kept on this host, as many security baselines ask for; guides for "
            "Azure set it to 0 where domain users cannot log on",
            false, "");
    }

    // SecurityLayer 0 with MinEncryptionLevel 1 is what the script ResetRDPCert of the Azure portal leaves behind, and
    // UserAuthentication 0 what DisableNLA does: https://github.com/Azure/azure-support-scripts
    void judge_weakened() {
        Finding finding{"listener.weakened_by_prior_repair", Severity::warning, ""};
        const auto holds = [&](const char* name, std::uint32_t weak, const char* text) {
            const Result<Setting>& setting = facts_.number(name).value;
            if (!setting || setting->value != weak)
                return;
            finding.text += (finding.text.empty() ? "" : ", ") + std::string(text);
            finding.evidence.push_back(evidence_of(*setting));
            if (finding.policy.empty())
                add_policy(finding, *setting);
        };
        holds("SecurityLayer", 0, "the host does not prove who it is (SecurityLayer 0)");
        holds("MinEncryptionLevel", 1, "only what the client sends is encrypted, and weakly (MinEncryptionLevel 1)");
        if (nla_is_default())
            holds("UserAuthentication", 0, "users are not asked who they are before a session is made (no NLA)");
        if (finding.text.empty())
            return;
        finding.text =
            "the listener is weaker than Windows sets it up, as quick repairs leave it: " + finding.text +
            ". Set SecurityLayer to 2, MinEncryptionLevel to 3 and UserAuthentication to 1 when the cause of "
            "that repair is gone";
        finding.repair = "listener";
        if (!finding.policy.empty())
            finding.text += ". Group Policy owns at least one of these values: change it there";
        add(std::move(finding));
    }

    // Windows 7 and Server 2008 R2 have UserAuthentication 0 as installed, later ones 1.
    bool nla_is_default() {
        if (facts_.build)
            return *facts_.build >= 9200;
        if (facts_.value("UserAuthentication") == 0u)
            add(unknown(id, "the build of Windows, on which it depends whether NLA is on by default",
                        facts_.build.error()));
        return false;
    }

    void judge_setup() {
        for (const char* name : {"SystemSetupInProgress", "OOBEInProgress"}) {
            const Result<Setting>& setting = facts_.number(name).value;
            if (setting && setting->value == 1)
                return add(
                    {"listener.setup_in_progress",
                     Severity::warning,
                     "Windows is being set up and lets nobody log on until that has ended; the port is not judged",
                     {},
                     {evidence_of(*setting)}});
        }
    }

    const Facts& facts_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext&) { return Judge(facts).findings(); }

} // namespace rdpmedic::listener
