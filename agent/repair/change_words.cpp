// How is each change told to people?
#include "agent/repair/change.hpp"

namespace rdpmedic {

namespace {

const char* name_of(StartType type) {
    switch (type) {
    case StartType::boot:
        return "boot";
    case StartType::system:
        return "system";
    case StartType::automatic:
        return "automatic";
    case StartType::manual:
        return "manual";
    case StartType::disabled:
        return "disabled";
    case StartType::unknown:
        break;
    }
    return "unknown";
}

std::string of_whom(std::uint32_t id, const std::string& user) {
    return "session " + std::to_string(id) + (user.empty() ? " (nobody logged on)" : " of " + user);
}

// The bits of NET_FW_PROFILE_TYPE2:
// https://learn.microsoft.com/windows/win32/api/icftypes/ne-icftypes-net_fw_profile_type2
std::string of_rule(const AddFirewallRule& rule) {
    std::string text = rule.name + " (" + (rule.protocol == 17 ? "UDP " : "TCP ") + std::to_string(rule.port);
    constexpr std::pair<int, const char*> profiles[] = {{1, ", domain"}, {2, ", private"}, {4, ", public"}};
    for (const auto& [bit, name] : profiles)
        if ((rule.profiles & bit) != 0)
            text += name;
    return text + (rule.remote.empty() ? "" : ", from " + rule.remote) + ")";
}

struct Words {
    std::string operator()(const SetFileAccess& c) const { return "set owner and access of " + c.path; }
    std::string operator()(const SetRegistryAccess& c) const {
        return "set owner and access of the key HKLM\\" + c.key.key;
    }
    std::string operator()(const SetRegistryValue& c) const {
        std::string text = (c.value ? "set the value HKLM\\" : "delete the value HKLM\\") + c.key.key + ": " + c.name;
        if (const auto* number = c.value ? std::get_if<std::uint32_t>(&c.value->data) : nullptr)
            text += " to " + std::to_string(*number);
        return text;
    }
    std::string operator()(const SetRegistryKey& c) const {
        return (c.present ? "make the key HKLM\\" : "remove the empty key HKLM\\") + c.key.key;
    }
    std::string operator()(const SetRegistryTree& c) const { return "put the key HKLM\\" + c.key.key + " back"; }
    std::string operator()(const SetServiceState& c) const {
        return (c.state == ServiceState::running ? "start service " : "stop service ") + c.service;
    }
    std::string operator()(const SetServiceStart& c) const {
        return "set the start type of service " + c.service + " to " + name_of(c.start);
    }
    std::string operator()(const SetServiceAccount& c) const {
        return "let service " + c.service + " run as " + c.account;
    }
    std::string operator()(const SetServiceType& c) const {
        return "let service " + c.service +
               (c.type == 0x10 ? " run in a process of its own" : " run in the process of its group") +
               " from its next start on";
    }
    std::string operator()(const EndServiceProcess& c) const {
        return "end process " + std::to_string(c.process_id) + " of service " + c.service;
    }
    std::string operator()(const DeleteCertificate& c) const {
        return "delete certificate " + c.thumbprint + " from the store " + c.store;
    }
    std::string operator()(const AddCertificate& c) const {
        return "put certificate " + c.thumbprint + " back into the store " + c.store;
    }
    std::string operator()(const LinkCertificateKey& c) const {
        return "find the key of certificate " + c.thumbprint + " in the store " + c.store + " and link it";
    }
    std::string operator()(const RenameFile& c) const {
        return "move " + c.from + " to " + c.to + (c.puts_back ? " and put back what was there" : "");
    }
    std::string operator()(const MakeFolder& c) const { return "make the folder " + c.path; }
    std::string operator()(const RemoveFolder& c) const { return "remove the empty folder " + c.path; }
    std::string operator()(const LogOffSession& c) const { return "log off " + of_whom(c.id, c.user); }
    std::string operator()(const DisconnectSession& c) const { return "disconnect " + of_whom(c.id, c.user); }
    std::string operator()(const TellSession& c) const {
        return "tell " + of_whom(c.id, c.user) + " and wait " + std::to_string(c.seconds) + " seconds";
    }
    std::string operator()(const SetFirewallRule& c) const {
        return (c.active ? "switch on the firewall rule " : "switch off the firewall rule ") + c.id;
    }
    std::string operator()(const AddFirewallRule& c) const { return "add the firewall rule " + of_rule(c); }
    std::string operator()(const RemoveFirewallRule& c) const { return "remove the firewall rule " + of_rule(c.added); }
    std::string operator()(const ResetWinsock&) const { return "reset the Winsock catalogue (netsh winsock reset)"; }
    std::string operator()(const RemoveWinsockProvider& c) const {
        return "remove entry " + std::to_string(c.id) + " (" + c.name + ") from the Winsock catalogue";
    }
    std::string operator()(const RestoreWinsock&) const { return "put the Winsock catalogue back as it was"; }
    std::string operator()(const FlushDns&) const { return "empty the cache of the DNS client"; }
    std::string operator()(const RegisterDns&) const { return "register this host's names in DNS again"; }
    std::string operator()(const RenewLease& c) const { return "renew the DHCP lease of " + c.name; }
    std::string operator()(const KeepAddress& c) const {
        std::string text = "give adapter " + c.adapter + " its addresses back:";
        for (const std::string& address : c.addresses)
            text += " " + address;
        return text;
    }
    std::string operator()(const ScheduleRestart& c) const {
        return "restart the machine in " + std::to_string(c.seconds) + " seconds";
    }
    std::string operator()(const CancelRestart&) const { return "cancel the restart of the machine"; }
    std::string operator()(const CannotUndo& c) const { return "nothing: " + c.why; }
};

} // namespace

std::string describe(const Change& change) { return std::visit(Words{}, change); }

} // namespace rdpmedic
