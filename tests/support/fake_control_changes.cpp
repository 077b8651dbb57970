// What does each change do to a host made of maps?
#include "agent/repair/same_access.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/winsock.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/fake_control_parts.hpp"

#include <algorithm>

namespace rdpmedic::testing {

using namespace fake_control;

namespace {

std::string with_active(std::string rule, bool active) {
    const std::string from = active ? "|Active=FALSE|" : "|Active=TRUE|",
                      to = active ? "|Active=TRUE|" : "|Active=FALSE|";
    const std::size_t at = rule.find(from);
    return at == std::string::npos ? rule : rule.replace(at, from.size(), to);
}

void put_tree(FakeHost& host, const std::string& at, const RegistryTree& tree) {
    host.registry[at] = tree.values;
    for (const auto& [name, key] : tree.keys)
        put_tree(host, at + "\\" + name, key);
}

// Windows lays the parts of a descriptor out in its own way: here with a gap before them.
Bytes laid_out(const Bytes& descriptor) {
    constexpr std::size_t header = 20;
    const auto parsed = parse_security_descriptor(descriptor);
    auto bytes = parsed ? to_bytes(*parsed) : Result<Bytes>(parsed.error());
    if (!bytes)
        return descriptor; // of a test that only counts
    for (std::size_t offset = 4; offset < header; offset += 4)
        if ((*bytes)[offset] != 0)
            (*bytes)[offset] = static_cast<std::uint8_t>((*bytes)[offset] + 4);
    bytes->insert(bytes->begin() + header, 4, 0);
    return *bytes;
}

// Winsock answers what the registry holds; nothing changes where that holds nothing.
void read_catalog_again(FakeHost& host) {
    const auto facts = winsock::collect(host);
    if (host.catalog && facts && facts->protocols.own && !facts->protocols.own->protocols.empty())
        host.catalog->protocols = facts->protocols.own->protocols;
}

// Takes an entry out of both lists, which Windows numbers anew.
void remove_from_registry(FakeHost& host, std::uint32_t id) {
    for (const std::string suffix : {"64", ""}) {
        const std::string catalog = FakeHost::lower(winsock_parameters.key + R"(\Protocol_Catalog9)"),
                          list = catalog + "\\catalog_entries" + suffix + "\\";
        std::vector<std::map<std::string, RegistryValue>> rest;
        for (auto key = host.registry.begin(); key != host.registry.end();) {
            if (key->first.compare(0, list.size(), list) != 0) {
                ++key;
                continue;
            }
            const auto entry =
                winsock::parse_packed_catalog_item(std::get<Bytes>(key->second.at("PackedCatalogItem").data));
            if (!entry || entry->id != id)
                rest.push_back(key->second);
            key = host.registry.erase(key);
        }
        for (std::size_t i = 0; i < rest.size(); ++i) {
            const std::string number = std::to_string(i + 1);
            host.registry[list + std::string(12 - number.size(), '0') + number] = rest[i];
        }
        if (!rest.empty())
            host.set_dword({catalog}, "Num_Catalog_Entries" + suffix, static_cast<std::uint32_t>(rest.size()));
    }
}

} // namespace

Result<> FakeControl::make_one(const SetFileAccess& change) {
    if (const auto present = host_.file_security(change.path); !present)
        return present.error();
    host_.file_descriptors[FakeHost::lower(change.path)] = laid_out(change.descriptor);
    return {};
}

Result<> FakeControl::make_one(const SetRegistryAccess& change) {
    host_.registry_descriptors[FakeHost::lower(change.key.key)] = laid_out(change.descriptor);
    return {};
}

Result<> FakeControl::make_one(const SetRegistryValue& change) {
    if (change.value && !key_exists(host_, change.key.key))
        return Error{Errc::not_found, 2, "RegOpenKeyExW(HKLM\\" + change.key.key + ")"};
    if (change.value)
        host_.set(change.key, change.name, *change.value);
    else if (const auto key = host_.registry.find(FakeHost::lower(change.key.key)); key != host_.registry.end())
        std::erase_if(key->second,
                      [&](const auto& entry) { return FakeHost::lower(entry.first) == FakeHost::lower(change.name); });
    return {};
}

Result<> FakeControl::make_one(const SetRegistryKey& change) {
    const std::string key = FakeHost::lower(change.key.key);
    if (change.present) {
        if (!key_exists(host_, key.substr(0, key.rfind('\\'))))
            return Error{Errc::not_found, 2, "RegOpenKeyExW of the parent"};
        host_.registry.try_emplace(key);
        return {};
    }
    const auto found = host_.registry.find(key);
    if (found == host_.registry.end())
        return {};
    auto values = std::move(found->second);
    host_.registry.erase(found);
    if (values.empty() && !key_exists(host_, key))
        return {};
    host_.registry[key] = std::move(values);
    return Error{Errc::io, 145, change.key.key + ", which is not empty"};
}

Result<> FakeControl::make_one(const SetRegistryTree& change) {
    const std::string at = FakeHost::lower(change.key.key);
    std::erase_if(host_.registry, [&](const auto& entry) {
        return entry.first == at || entry.first.compare(0, at.size() + 1, at + "\\") == 0;
    });
    put_tree(host_, at, change.tree);
    if (at == FakeHost::lower(winsock_parameters.key))
        read_catalog_again(host_);
    return {};
}

// Windows starts what a service depends on, and stops nothing on which something depends that runs.
Result<> FakeControl::make_one(const SetServiceState& change) {
    ServiceFacts& service = host_.services.at(FakeHost::lower(change.service));
    const bool starts = service.state != ServiceState::running && change.state == ServiceState::running;
    if (change.state == ServiceState::running && service.start == StartType::disabled)
        return Error{Errc::io, 1058, "StartServiceW(" + change.service + ")"};
    for (const std::string& name : change.state == ServiceState::stopped ? service.dependents : service.depends_on) {
        const auto other = host_.services.find(FakeHost::lower(name));
        if (other == host_.services.end())
            continue;
        if (change.state == ServiceState::stopped && other->second.state == ServiceState::running)
            return Error{Errc::io, 1051, "ControlServiceExW(STOP)(" + change.service + ")"};
        if (!starts || other->second.state == ServiceState::running)
            continue;
        if (other->second.start == StartType::disabled)
            return Error{Errc::io, 1068, "StartServiceW(" + change.service + ")"};
        other->second.state = ServiceState::running;
    }
    service.state = change.state;
    if (starts && change.service == "SessionEnv")
        session_env_starts();
    if (starts && change.service == "TermService") {
        read_at_start_.reset();
        read_at_start_ = read_by_term_service();
    }
    return {};
}

Result<> FakeControl::make_one(const SetServiceStart& change) {
    host_.services.at(FakeHost::lower(change.service)).start = change.start;
    return {};
}

Result<> FakeControl::make_one(const SetServiceAccount& change) {
    host_.services.at(FakeHost::lower(change.service)).account = change.account;
    return {};
}

Result<> FakeControl::make_one(const SetServiceType& change) {
    host_.services.at(FakeHost::lower(change.service)).type = change.type;
    return {};
}

Result<> FakeControl::make_one(const EndServiceProcess& change) {
    host_.services.at(FakeHost::lower(change.service)).state = ServiceState::stopped;
    return {};
}

Result<> FakeControl::make_one(const DeleteCertificate& change) {
    auto& store = host_.stores[change.store];
    if (const auto found = find(store, change.thumbprint); found != store.end())
        store.erase(found);
    return {};
}

Result<> FakeControl::make_one(const AddCertificate& change) {
    const auto known = serialized_.find(change.serialized);
    const StoreCertificate certificate =
        known == serialized_.end() ? StoreCertificate{change.serialized} : known->second;
    if (!change.key_file.empty())
        put_file(change.key_file, change.key_bytes, change.key_access);
    auto& store = host_.stores[change.store];
    if (const auto found = find(store, change.thumbprint); found == store.end())
        store.push_back(certificate);
    else
        *found = certificate;
    return {};
}

// One that is there keeps its list.
void FakeControl::put_file(const std::string& path, const Bytes& content, const Bytes& access) {
    const bool made = contents.count(path) == 0;
    contents[path] = content;
    if (!made)
        return;
    host_.files[FakeHost::lower(path)] = {path, content.size(), false, false};
    const Bytes system_alone = to_bytes(parse_sddl("O:SYG:SYD:PAI(A;;FA;;;SY)").value()).value();
    host_.file_descriptors[FakeHost::lower(path)] = access.empty() ? system_alone : access;
}

Result<> FakeControl::make_one(const LinkCertificateKey& change) {
    auto& store = host_.stores[change.store];
    const auto found = find(store, change.thumbprint);
    if (found == store.end())
        return refused;
    if (!links_to)
        return Error{Errc::not_found, 0x8009000D, "CryptFindCertificateKeyProvInfo"};
    found->key = *links_to;
    found->key_usable = Result<void>();
    return {};
}

// A folder moves with everything below it.
Result<> FakeControl::make_one(const RenameFile& change) {
    const bool moved_already = contents.count(change.to) != 0 && (change.puts_back || contents.count(change.from) == 0);
    if (moved_already) {
        if (change.puts_back)
            put_file(change.from, change.content, change.access);
        return {};
    }
    if (contents.count(change.from) == 0)
        return Error{Errc::not_found, 2, "MoveFileExW(" + change.from + ")"};
    if (contents.count(change.to) != 0 && !change.replace)
        return Error{Errc::io, 183, "MoveFileExW(" + change.from + " -> " + change.to + ")"};
    const auto move_below = [&](auto& map, const std::string& from, const std::string& to) {
        std::vector<std::pair<std::string, typename std::decay_t<decltype(map)>::mapped_type>> moved;
        for (auto entry = map.begin(); entry != map.end();)
            if (entry->first == from || entry->first.compare(0, from.size() + 1, from + "\\") == 0) {
                moved.emplace_back(to + entry->first.substr(from.size()), std::move(entry->second));
                entry = map.erase(entry);
            } else {
                ++entry;
            }
        for (auto& [path, value] : moved)
            map[path] = std::move(value);
    };
    const std::string from = FakeHost::lower(change.from), to = FakeHost::lower(change.to);
    move_below(contents, change.from, change.to);
    move_below(host_.files, from, to);
    move_below(host_.file_descriptors, from, to);
    if (change.puts_back)
        put_file(change.from, change.content, change.access);
    return {};
}

Result<> FakeControl::make_one(const MakeFolder& change) {
    if (const auto access = host_.file_security(change.path)) {
        if (same_access(*access, change.descriptor, false))
            return {};
        return Error{Errc::io, 183, change.path + ", which is there already, with another list"};
    }
    contents.try_emplace(change.path);
    host_.files[FakeHost::lower(change.path)] = {change.path, 0, true, false};
    host_.file_descriptors[FakeHost::lower(change.path)] = change.descriptor;
    return {};
}

Result<> FakeControl::make_one(const RemoveFolder& change) {
    for (const auto& [path, content] : contents)
        if (path.compare(0, change.path.size() + 1, change.path + "\\") == 0)
            return refused;
    contents.erase(change.path);
    host_.files.erase(FakeHost::lower(change.path));
    host_.file_descriptors.erase(FakeHost::lower(change.path));
    return {};
}

Result<> FakeControl::make_one(const LogOffSession& change) {
    if (!host_.session_list)
        return host_.session_list.error();
    for (const Session& session : *host_.session_list)
        if (session.id == change.id && session.state == SessionState::active && !change.even_active)
            return refused;
    std::erase_if(*host_.session_list, [&](const Session& session) { return session.id == change.id; });
    return {};
}

Result<> FakeControl::make_one(const DisconnectSession& change) {
    if (host_.session_list)
        for (Session& session : *host_.session_list)
            if (session.id == change.id) {
                session.state = SessionState::disconnected;
                session.disconnected_at = host_.time;
            }
    return {};
}

Result<> FakeControl::make_one(const SetFirewallRule& change) {
    auto present = host_.registry_value(firewall_rules, change.id);
    if (!present)
        return present.error();
    std::get<std::string>(present->data) = with_active(std::get<std::string>(present->data), change.active);
    host_.set(firewall_rules, change.id, *present);
    return {};
}

Result<> FakeControl::make_one(const AddFirewallRule& change) {
    static constexpr std::pair<int, const char*> profiles[] = {{1, "Domain"}, {2, "Private"}, {4, "Public"}};
    std::string rule = "v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=" + std::to_string(change.protocol) + "|";
    for (const auto& [bit, name] : profiles)
        if ((change.profiles & bit) != 0 && change.profiles != 7)
            rule += std::string("Profile=") + name + "|";
    rule += "LPort=" + std::to_string(change.port) + "|";
    if (!change.remote.empty())
        rule += "RA4=" + change.remote + "|RA6=" + change.remote + "|";
    rule += R"(App=%SystemRoot%\system32\svchost.exe|Svc=termservice|Name=)" + change.name + "|";
    host_.set_text(firewall_rules, change.name, rule);
    return {};
}

Result<> FakeControl::make_one(const RemoveFirewallRule& change) {
    return make_one(SetRegistryValue{firewall_rules, change.added.name, std::nullopt});
}

Result<> FakeControl::make_one(const ResetWinsock&) {
    if (winsock_after_reset)
        host_.catalog = *winsock_after_reset;
    return make_one(SetRegistryTree{winsock_parameters, winsock_registry_after_reset});
}

Result<> FakeControl::make_one(const RestoreWinsock& change) {
    return make_one(SetRegistryTree{winsock_parameters, change.parameters});
}

Result<> FakeControl::make_one(const RemoveWinsockProvider& change) {
    if (host_.catalog)
        std::erase_if(host_.catalog->protocols, [&](const WinsockEntry& entry) { return entry.id == change.id; });
    remove_from_registry(host_, change.id);
    return {};
}

Result<> FakeControl::make_one(const RenewLease& change) {
    auto adapters = host_.adapters();
    if (!adapters)
        return adapters.error();
    for (AdapterFacts& adapter : *adapters)
        if (adapter.id == change.adapter)
            adapter.addresses = leased;
    host_.give("adapters", *adapters);
    return {};
}

Result<> FakeControl::make_one(const KeepAddress& change) {
    auto adapters = host_.adapters();
    if (!adapters)
        return adapters.error();
    for (AdapterFacts& adapter : *adapters)
        if (adapter.id == change.adapter)
            adapter.addresses = change.addresses;
    host_.give("adapters", *adapters);
    return {};
}

Result<> FakeControl::make_one(const ScheduleRestart&) {
    if (restart_scheduled)
        return Error{Errc::io, 1115, "InitiateSystemShutdownExW"}; // ERROR_SHUTDOWN_IN_PROGRESS
    restart_scheduled = true;
    ++restart_mark;
    return {};
}

Result<> FakeControl::make_one(const CancelRestart& change) {
    if (change.mark == restart_mark)
        restart_scheduled = false;
    return {};
}

} // namespace rdpmedic::testing
