// How would each change be taken back, in words, before anybody has made it?
#include "agent/repair/undo_words.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

struct Words {
    std::string operator()(const SetFileAccess& c) const {
        return "the old owner and list of " + c.path + " are set again";
    }
    std::string operator()(const SetRegistryAccess& c) const {
        return "the old owner and list of HKLM\\" + c.key.key + " are set again";
    }
    std::string operator()(const SetRegistryValue& c) const {
        return "HKLM\\" + c.key.key + ": " + c.name + " gets its old value, or is deleted where it had none";
    }
    std::string operator()(const SetRegistryKey& c) const {
        return "the key HKLM\\" + c.key.key + (c.present ? " is removed where it was not there" : " is made again");
    }
    std::string operator()(const SetRegistryTree& c) const {
        return "the key HKLM\\" + c.key.key + " gets all its old values and subkeys";
    }
    std::string operator()(const SetServiceState& c) const {
        return "service " + c.service +
               (c.state == ServiceState::running ? " is stopped where it was stopped" : " is started where it ran");
    }
    std::string operator()(const SetServiceStart& c) const {
        return "service " + c.service + " gets its old start type";
    }
    std::string operator()(const SetServiceAccount& c) const {
        return "service " + c.service + " gets its old account";
    }
    std::string operator()(const SetServiceType& c) const { return "service " + c.service + " gets its old type"; }
    std::string operator()(const EndServiceProcess& c) const {
        return "service " + c.service + " is started again; the process itself does not come back";
    }
    std::string operator()(const DeleteCertificate& c) const {
        return "certificate " + c.thumbprint + " is put back with its properties and its key file";
    }
    std::string operator()(const AddCertificate& c) const {
        return "certificate " + c.thumbprint + " is deleted where it was not there";
    }
    std::string operator()(const LinkCertificateKey& c) const {
        return "certificate " + c.thumbprint + " gets its old link to a key";
    }
    std::string operator()(const RenameFile& c) const { return c.to + " is moved back to " + c.from; }
    std::string operator()(const MakeFolder& c) const {
        return "the folder " + c.path + " is removed where it was not there";
    }
    std::string operator()(const RemoveFolder& c) const { return "the folder " + c.path + " is made again"; }
    std::string operator()(const LogOffSession& c) const { return never("a session that is logged off", c.id); }
    std::string operator()(const DisconnectSession& c) const {
        return "nothing to undo: session " + std::to_string(c.id) + " lives on, and its user can connect again";
    }
    std::string operator()(const TellSession& c) const { return never("a message that has been shown", c.id); }
    std::string operator()(const SetFirewallRule& c) const {
        return "the firewall rule " + c.id + " is switched " + (c.active ? "off" : "on") + " again";
    }
    std::string operator()(const AddFirewallRule& c) const { return "the firewall rule " + c.name + " is removed"; }
    std::string operator()(const RemoveFirewallRule& c) const {
        return "the firewall rule " + c.added.name + " is added again";
    }
    std::string operator()(const ResetWinsock&) const { return "the Winsock catalogue is put back from its copy"; }
    std::string operator()(const RemoveWinsockProvider& c) const {
        return "entry " + std::to_string(c.id) + " (" + c.name + ") is put back with the copy of the Winsock catalogue";
    }
    std::string operator()(const RestoreWinsock&) const { return "the Winsock catalogue is put back from its copy"; }
    std::string operator()(const FlushDns&) const { return "nothing to undo: the cache fills again by itself"; }
    std::string operator()(const RegisterDns&) const { return "nothing to undo: the names are those of this host"; }
    std::string operator()(const RenewLease& c) const {
        return "adapter " + c.name +
               " is given its old addresses where it has lost them; a new lease stays beside them";
    }
    std::string operator()(const KeepAddress& c) const {
        return "nothing to undo: adapter " + c.adapter + " keeps them until it is configured anew";
    }
    std::string operator()(const ScheduleRestart&) const {
        return "the restart is cancelled while it has not begun; afterwards it cannot be undone";
    }
    std::string operator()(const CancelRestart&) const { return "the restart is scheduled again"; }
    std::string operator()(const CannotUndo& c) const { return "cannot be undone: " + c.why; }

    static std::string never(const std::string& what, std::uint32_t id) {
        return "cannot be undone: " + what + " (session " + std::to_string(id) + ")";
    }
};

// Stopped and started in one rung: it runs afterwards as it did before, whichever way that goes.
bool is_restarted(const std::string& service, const Rung& rung) {
    bool stopped = false, started = false;
    for (const Change& change : rung.changes)
        if (const auto* state = std::get_if<SetServiceState>(&change); state != nullptr && state->service == service)
            (state->state == ServiceState::running ? started : stopped) = true;
    return stopped && started;
}

} // namespace

std::string undo_of(const Change& change) { return std::visit(Words{}, change); }

std::vector<std::string> undo_of(const Rung& rung) {
    if (!rung.undo.empty())
        return {rung.undo};
    std::vector<std::string> ways;
    for (auto change = rung.changes.rbegin(); change != rung.changes.rend(); ++change) {
        const auto* state = std::get_if<SetServiceState>(&*change);
        std::string way = state != nullptr && is_restarted(state->service, rung)
                              ? "service " + state->service + " runs as it did before"
                              : undo_of(*change);
        if (std::find(ways.begin(), ways.end(), way) == ways.end())
            ways.push_back(std::move(way));
    }
    return ways;
}

} // namespace rdpmedic
