// Which change takes back what the fake hands are about to do?
#include "agent/repair/same_access.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/fake_control_parts.hpp"

#include <algorithm>

namespace rdpmedic::testing {

using namespace fake_control;

namespace {

bool is_active(const std::string& rule) { return rule.find("|Active=TRUE|") != std::string::npos; }

// Keys are kept by their full path in lower case.
RegistryTree tree_below(const FakeHost& host, const std::string& key) {
    RegistryTree tree;
    const std::string at = FakeHost::lower(key), prefix = at + "\\";
    for (const auto& [path, values] : host.registry)
        if (path == at)
            tree.values = values;
        else if (path.compare(0, prefix.size(), prefix) == 0) {
            RegistryTree* place = &tree;
            for (std::size_t from = prefix.size(); from <= path.size();) {
                const std::size_t end = std::min(path.find('\\', from), path.size());
                place = &place->keys[path.substr(from, end - from)];
                from = end + 1;
            }
            place->values = values;
        }
    return tree;
}

// A service is only started or stopped: one that is on its way is taken to be there.
ServiceState where_it_goes(ServiceState state) {
    return state == ServiceState::start_pending  ? ServiceState::running
           : state == ServiceState::stop_pending ? ServiceState::stopped
                                                 : state;
}

struct Capture {
    FakeHost& host;
    const std::map<std::string, Bytes>& contents;
    const std::uint32_t mark;
    std::map<Bytes, StoreCertificate>& serialized;

    Result<Change> operator()(const SetFileAccess& change) const {
        auto present = host.file_security(change.path);
        if (!present)
            return present.error();
        return Change{SetFileAccess{change.path, *present}};
    }
    Result<Change> operator()(const SetRegistryAccess& change) const {
        auto present = host.registry_security(change.key);
        if (!present)
            return present.error();
        return Change{SetRegistryAccess{change.key, *present}};
    }
    Result<Change> operator()(const SetRegistryValue& change) const {
        auto present = host.registry_value(change.key, change.name);
        if (is_absent(present))
            return Change{SetRegistryValue{change.key, change.name, std::nullopt}};
        if (!present)
            return present.error();
        return Change{SetRegistryValue{change.key, change.name, *present}};
    }
    Result<Change> operator()(const SetServiceState& change) const {
        auto present = host.service(change.service);
        if (!present)
            return present.error();
        return Change{SetServiceState{change.service, where_it_goes(present->state)}};
    }
    Result<Change> operator()(const SetServiceStart& change) const {
        auto present = host.service(change.service);
        if (!present)
            return present.error();
        return Change{SetServiceStart{change.service, present->start}};
    }
    // With the link to its key, and with the content and list of the key file.
    Result<Change> present(const std::string& name, const std::string& thumbprint, const std::string& key_file) const {
        auto& store = host.stores[name];
        const auto found = find(store, thumbprint);
        if (found == store.end())
            return Error{Errc::not_found, 0, "capture " + thumbprint};
        Bytes bytes = found->der;
        for (const char c : found->key ? "key " + found->key->container : std::string("no key"))
            bytes.push_back(static_cast<std::uint8_t>(c));
        serialized[bytes] = *found;
        AddCertificate inverse{name, thumbprint, bytes, key_file, {}, {}};
        if (key_file.empty())
            return Change{inverse};
        if (contents.count(key_file) == 0)
            return Error{Errc::not_found, 2, "capture " + key_file};
        inverse.key_bytes = contents.at(key_file);
        if (const auto access = host.file_security(key_file))
            inverse.key_access = *access;
        return Change{inverse};
    }
    Result<Change> operator()(const DeleteCertificate& change) const {
        return present(change.store, change.thumbprint, change.key_file);
    }
    Result<Change> operator()(const AddCertificate& change) const {
        auto& store = host.stores[change.store];
        if (find(store, change.thumbprint) == store.end())
            return Change{DeleteCertificate{change.store, change.thumbprint, change.key_file}};
        return present(change.store, change.thumbprint, change.key_file);
    }
    Result<Change> operator()(const LinkCertificateKey& change) const {
        return present(change.store, change.thumbprint, {});
    }
    Result<Change> operator()(const SetRegistryKey& change) const {
        return Change{SetRegistryKey{change.key, key_exists(host, change.key.key)}};
    }
    Result<Change> operator()(const SetRegistryTree& change) const {
        return Change{SetRegistryTree{change.key, tree_below(host, change.key.key)}};
    }
    Result<Change> operator()(const SetServiceAccount& change) const {
        auto present = host.service(change.service);
        if (!present)
            return present.error();
        return Change{SetServiceAccount{change.service, present->account}};
    }
    Result<Change> operator()(const SetServiceType& change) const {
        auto present = host.service(change.service);
        if (!present)
            return present.error();
        return Change{SetServiceType{change.service, present->type}};
    }
    Result<Change> operator()(const EndServiceProcess& change) const {
        return Change{SetServiceState{change.service, ServiceState::running}};
    }
    Result<Change> operator()(const MakeFolder& change) const {
        const auto access = host.file_security(change.path);
        if (!access)
            return Change{RemoveFolder{change.path}};
        return Change{
            MakeFolder{change.path, same_access(*access, change.descriptor, false) ? change.descriptor : *access}};
    }
    Result<Change> operator()(const RemoveFolder& change) const {
        const auto access = host.file_security(change.path);
        if (!access)
            return access.error();
        return Change{MakeFolder{change.path, *access}};
    }
    Result<Change> operator()(const LogOffSession& change) const {
        return Change{CannotUndo{"unsaved work of " + change.user + " is lost"}};
    }
    Result<Change> operator()(const DisconnectSession& change) const {
        return Change{CannotUndo{change.user + " reconnects"}};
    }
    Result<Change> operator()(const TellSession&) const { return Change{CannotUndo{"a message was shown"}}; }
    Result<Change> operator()(const SetFirewallRule& change) const {
        auto present = host.registry_value(firewall_rules, change.id);
        if (!present)
            return present.error();
        return Change{SetFirewallRule{change.id, change.rule, is_active(std::get<std::string>(present->data))}};
    }
    bool has_rule(const AddFirewallRule& rule) const {
        return host.registry_value(firewall_rules, rule.name).has_value();
    }
    Result<Change> operator()(const AddFirewallRule& change) const {
        return has_rule(change) ? Change{change} : Change{RemoveFirewallRule{change}};
    }
    Result<Change> operator()(const RemoveFirewallRule& change) const {
        return has_rule(change.added) ? Change{change.added} : Change{change};
    }
    Result<Change> operator()(const ResetWinsock&) const {
        return Change{RestoreWinsock{tree_below(host, winsock_parameters.key), "pushd winsock"}};
    }
    Result<Change> operator()(const RemoveWinsockProvider&) const { return (*this)(ResetWinsock{}); }
    Result<Change> operator()(const RestoreWinsock&) const { return (*this)(ResetWinsock{}); }
    Result<Change> operator()(const FlushDns&) const { return Change{CannotUndo{"the cache fills itself"}}; }
    Result<Change> operator()(const RegisterDns&) const { return Change{CannotUndo{"names stay registered"}}; }
    Result<Change> operator()(const RenewLease& change) const {
        auto adapters = host.adapters();
        if (!adapters)
            return adapters.error();
        for (const AdapterFacts& adapter : *adapters)
            if (adapter.id == change.adapter)
                return Change{KeepAddress{adapter.id, adapter.addresses}};
        return Error{Errc::not_found, 0, "capture " + change.adapter};
    }
    Result<Change> operator()(const KeepAddress&) const { return Change{CannotUndo{"an address stays"}}; }
    Result<Change> operator()(const ScheduleRestart&) const { return Change{CancelRestart{mark + 1}}; }
    Result<Change> operator()(const CancelRestart&) const { return Change{CannotUndo{"nothing is scheduled"}}; }
    Result<Change> operator()(const CannotUndo& change) const { return Change{change}; }
    Result<Change> operator()(const RenameFile& change) const {
        if (contents.count(change.from) == 0)
            return Error{Errc::not_found, 2, "capture " + change.from};
        RenameFile inverse{change.to, change.from, true};
        if (contents.count(change.to) == 0)
            return Change{inverse};
        if (!change.replace)
            return Error{Errc::io, 183, change.to + ", which is there already"};
        inverse.puts_back = true;
        inverse.content = contents.at(change.to);
        if (const auto access = host.file_security(change.to))
            inverse.access = *access;
        return Change{inverse};
    }
};

} // namespace

Result<Change> FakeControl::capture(const Change& change) const {
    if (fail_capture_at && *fail_capture_at == captures_++)
        return refused;
    return std::visit(Capture{host_, contents, restart_mark, serialized_}, change);
}

} // namespace rdpmedic::testing
