// What keeps a user from getting back into a session, and would Windows notice that a client is gone?
#include "probes/sessions.hpp"

namespace rdpmedic::sessions {
namespace {

// A value of the wrong type is told by the probe listener (listener.invalid_value).
bool is_unread(const Result<Setting>& setting) {
    return is_unreadable(setting) && setting.error().code != Errc::malformed;
}

bool is(const Result<Setting>& setting, std::uint32_t value) { return setting && setting->value == value; }

// https://admx.help/?Category=Windows_10_2016&Policy=Microsoft.Policies.TerminalServer::TS_AUTO_RECONNECT
Finding auto_reconnect_disabled(const Setting& setting) {
    Finding finding{"sessions.auto_reconnect_disabled", Severity::info,
                    "clients may not reconnect by themselves: a connection that is lost for a moment ends for the "
                    "user, who has to connect anew to get back into the session"};
    finding.evidence = {evidence_of(setting)};
    finding.policy = label(setting.key, setting.name);
    return finding;
}

// The two values as members of one structure:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-tsts/dba750b8-cb35-4e88-9811-e2a1f8a10701
// 1 is "previous client": https://learn.microsoft.com/windows/win32/termserv/win32-tssessionsetting, ReconnectionPolicy
// DERIVED: that RDP clients are held to it. It is documented for ICA clients:
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2003/cc759021(v=ws.10)
Finding same_client_alone(const Setting& setting, const Setting& inherit) {
    Finding finding{"sessions.reconnect_same_client", Severity::info,
                    "a disconnected session is set to be taken up again from the same client alone: a user who "
                    "changes to another computer may not find it"};
    finding.evidence = {evidence_of(setting), evidence_of(inherit)};
    return finding;
}

} // namespace

Reconnecting reconnecting_of(const Lists& lists) {
    const auto by_policy = [&](const char* name) {
        return listed_dword(lists.policy, keys::terminal_services_policy, name);
    };
    const auto of_listener = [&](const char* name) { return listed_dword(lists.listener, keys::rdp_tcp, name); };
    Reconnecting settings;
    settings.auto_disabled = by_policy("fDisableAutoReconnect");
    settings.same_client = of_listener("fReconnectSame");
    settings.inherit_same_client = of_listener("fInheritReconnectSame");
    settings.keep_alive = by_policy("KeepAliveEnable");
    settings.keep_alive_interval = by_policy("KeepAliveInterval");
    settings.keep_alive_timeout = of_listener("KeepAliveTimeout");
    return settings;
}

std::vector<Finding> judge_reconnecting(const Facts& facts) {
    const Reconnecting& settings = facts.reconnecting;
    std::vector<Finding> findings;
    if (is_unread(settings.auto_disabled))
        findings.push_back(unknown("sessions", "fDisableAutoReconnect", settings.auto_disabled.error()));
    else if (is(settings.auto_disabled, 1))
        findings.push_back(auto_reconnect_disabled(*settings.auto_disabled));
    if (is_unread(settings.same_client))
        findings.push_back(unknown("sessions", "fReconnectSame", settings.same_client.error()));
    else if (is(settings.same_client, 1) && is_unreadable(settings.inherit_same_client))
        findings.push_back(unknown("sessions", "whether fReconnectSame counts", settings.inherit_same_client.error()));
    else if (is(settings.same_client, 1) && is(settings.inherit_same_client, 0))
        findings.push_back(same_client_alone(*settings.same_client, *settings.inherit_same_client));
    return findings;
}

// Without the policy the host does not look whether a client is still there:
// https://admx.help/?Category=Windows_8.1_2012R2&Policy=Microsoft.Policies.TerminalServer::TS_KEEP_ALIVE
std::vector<std::string> keep_alive_evidence(const Reconnecting& settings) {
    const std::string name = label(keys::terminal_services_policy, "KeepAliveEnable");
    std::vector<std::string> lines;
    if (is_absent(settings.keep_alive))
        lines.push_back(name + " is not set");
    else if (!settings.keep_alive)
        lines.push_back(name + ": " + describe(settings.keep_alive.error()));
    else if (settings.keep_alive->value == 1 && settings.keep_alive_interval)
        lines.push_back(name + " is 1, every " + std::to_string(settings.keep_alive_interval->value) + " minutes");
    else if (settings.keep_alive->value == 1)
        lines.push_back(name + " is 1, and KeepAliveInterval: " + describe(settings.keep_alive_interval.error()));
    else
        lines.push_back(evidence_of(*settings.keep_alive));
    if (settings.keep_alive_timeout)
        lines.push_back(evidence_of(*settings.keep_alive_timeout));
    return lines;
}

} // namespace rdpmedic::sessions
