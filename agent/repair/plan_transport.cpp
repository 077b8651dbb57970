// Does this host offer RDP over UDP beside TCP, and how is that switched?
#include "agent/repair/plan_transport.hpp"
#include "probes/letter_case.hpp"

namespace rdpmedic {

namespace {

constexpr const char* value_name = "SelectTransport";
// 0 UDP and TCP, 1 TCP alone, 2 either: https://learn.microsoft.com/windows/win32/termserv/win32-tsclientsetting
constexpr std::uint32_t tcp_alone = 1;
constexpr std::uint32_t reg_dword = 4;
// What "gpedit.msc" and scripts keep for this host alone; what a domain sets is in no file that is always there.
// https://learn.microsoft.com/previous-versions/windows/desktop/policy/registry-policy-file-format
constexpr const char* local_policy_file = R"(%SystemRoot%\System32\GroupPolicy\Machine\Registry.pol)";

// The file holds UTF-16LE, and names compare without case.
bool holds_name(std::string_view file, std::string_view name) {
    for (std::size_t at = 0; at + 2 * name.size() <= file.size(); ++at) {
        std::size_t same = 0;
        while (same < name.size() && file[at + 2 * same + 1] == '\0' && lower(file[at + 2 * same]) == lower(name[same]))
            ++same;
        if (same == name.size())
            return true;
    }
    return false;
}

std::string where() { return label(keys::terminal_services_policy, value_name); }

Rung rung_of(std::string title, std::string why, std::vector<Change> changes) {
    Rung rung{"select-transport", std::move(title), std::move(why), std::move(changes)};
    rung.undo = "the value is put back as it was";
    return rung;
}

void plan_off(const TransportFacts& facts, Plan& plan) {
    plan.asked_for = "RDP over UDP switched off";
    if (facts.select_transport && *facts.select_transport == tcp_alone)
        return;
    if (facts.select_transport || facts.select_transport.error().code == Errc::malformed) {
        plan.obstacles.push_back("A policy sets " + where() +
                                 (facts.select_transport ? " = " + std::to_string(*facts.select_transport)
                                                         : " with a type that Windows does not read") +
                                 "; what is written here it would write over. Change the policy.");
        plan.blocked_by_policy = where();
        return;
    }
    if (is_unreadable(facts.select_transport) || facts.unread)
        return plan.obstacles.push_back("Whether a policy sets the transport could not be read: " +
                                        describe(facts.unread ? *facts.unread : facts.select_transport.error()) + ".");
    std::vector<Change> changes;
    for (const RegistryPath& key : facts.missing)
        changes.push_back(SetRegistryKey{key, true});
    changes.push_back(
        SetRegistryValue{keys::terminal_services_policy, value_name, RegistryValue{reg_dword, tcp_alone}});
    plan.rungs.push_back(
        rung_of("Let new connections use TCP alone", "asked for: clients may use UDP beside TCP", std::move(changes)));
    // MEM: new connections read the value, without a restart of TermService.
    plan.rungs.back().disruption =
        "none: connections that stand keep what they have; new ones are slower where packets "
        "are lost";
}

void plan_on(const TransportFacts& facts, Plan& plan) {
    plan.asked_for = "RDP over UDP switched on";
    if (is_absent(facts.select_transport) || (facts.select_transport && *facts.select_transport != tcp_alone))
        return;
    if (!facts.select_transport)
        return plan.obstacles.push_back(
            "Whether UDP is switched off could not be read: " + describe(facts.select_transport.error()) + ".");
    if (!facts.in_local_policy)
        return plan.obstacles.push_back("Whether a policy of this host switches UDP off could not be read: " +
                                        describe(facts.in_local_policy.error()) + ".");
    if (*facts.in_local_policy) {
        plan.obstacles.push_back("The local policy of this host switches UDP off (" + where() + ", " +
                                 local_policy_file + "): change it there.");
        plan.blocked_by_policy = where();
        return;
    }
    plan.rungs.push_back(rung_of("Let new connections use UDP beside TCP",
                                 "asked for: " + where() + " = 1. A policy of the domain that sets it brings it back",
                                 {SetRegistryValue{keys::terminal_services_policy, value_name, std::nullopt}}));
}

} // namespace

TransportFacts collect_transport(const Host& host) {
    TransportFacts facts;
    facts.select_transport = read_dword(host, keys::terminal_services_policy, value_name);
    if (facts.select_transport) {
        const auto file = host.file_text(local_policy_file);
        facts.in_local_policy = file              ? Result<bool>(holds_name(*file, value_name))
                                : is_absent(file) ? Result<bool>(false)
                                                  : Result<bool>(file.error());
    }
    for (RegistryPath key = keys::terminal_services_policy; key.key.find('\\') != key.key.npos;
         key.key.resize(key.key.rfind('\\'))) {
        const auto values = host.registry_values(key);
        if (values)
            break;
        if (is_unreadable(values)) {
            facts.unread = values.error();
            break;
        }
        facts.missing.insert(facts.missing.begin(), key);
    }
    return facts;
}

Plan plan_transport(const TransportFacts& facts, const Options& options) {
    Plan plan;
    plan.repair = "transport";
    const std::string udp = text_of(options, "udp").value_or("");
    if (udp == "off")
        plan_off(facts, plan);
    else if (udp == "on")
        plan_on(facts, plan);
    else
        plan.obstacles.push_back("What is to be done is not said: ask with udp=off or udp=on.");
    return plan;
}

} // namespace rdpmedic
