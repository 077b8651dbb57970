// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#include "tests/support/fake_control.hpp"

#include "probes/formats/x509.hpp"
#include "probes/winsock.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace rdpmedic::testing {

namespace {

const Error refused{Errc::access_denied, 5, "FakeControl"};

std::vector<StoreCertificate>::iterator find(std::vector<StoreCertificate>& store, const std::string& thumbprint) {
    return std::find_if(store.begin(), store.end(), [&](const StoreCertificate& certificate) {
        return sha1_thumbprint(certificate.der) == thumbprint;
    });
}

const RegistryPath firewall_rules{
    R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules)"};
const RegistryPath winsock_parameters{R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters)"};

bool is_active(const std::string& rule) { return rule.find("|Active=TRUE|") != std::string::npos; }

std::string with_active(std::string rule, bool active) {
    const std::string from = active ? "|Active=FALSE|" : "|Active=TRUE|",
                      to = active ? "|Active=TRUE|" : "|Active=FALSE|";
    const std::size_t at = rule.find(from);
    return at == std::string::npos ? rule : rule.replace(at, from.size(), to);
}

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

void put_tree(FakeHost& host, const std::string& at, const RegistryTree& tree) {
    host.registry[at] = tree.values;
    for (const auto& [name, key] : tree.keys)
        put_tree(host, at + "\\" + name, key);
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

// A service is only started or stopped: one that is on its way is taken to be there.
ServiceState where_it_goes(ServiceState state) {
    return state == ServiceState::start_pending  ? ServiceState::running
           : state == ServiceState::stop_pending ? ServiceState::stopped
                                                 : state;
}

struct Capture {
    FakeHost& host;
    const std::map<std::string, Bytes>& contents;

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
    Result<Change> operator()(const DeleteCertificate& change) const {
        auto& store = host.stores[change.store];
        const auto found = find(store, change.thumbprint);
        if (found == store.end())
            return Error{Errc::not_found, 0, "capture " + change.thumbprint};
        AddCertificate inverse{change.store, change.thumbprint, found->der, change.key_file, {}};
        if (!change.key_file.empty())
            inverse.key_bytes = contents.at(change.key_file);
        return Change{inverse};
    }
    Result<Change> operator()(const AddCertificate& change) const {
        return Change{DeleteCertificate{change.store, change.thumbprint, change.key_file}};
    }
    Result<Change> operator()(const LinkCertificateKey& change) const {
        const auto& store = host.stores[change.store];
        const auto found = find(host.stores[change.store], change.thumbprint);
        if (found == store.end())
            return Error{Errc::not_found, 0, "capture " + change.thumbprint};
        return Change{LinkCertificateKey{change.store, "-" + change.thumbprint}}; // "-": unlinks
    }
    Result<Change> operator()(const SetRegistryKey& change) const {
        return Change{SetRegistryKey{change.key, host.registry.count(FakeHost::lower(change.key.key)) != 0}};
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
    Result<Change> operator()(const MakeFolder& change) const { return Change{RemoveFolder{change.path}}; }
    Result<Change> operator()(const RemoveFolder& change) const {
        return Change{MakeFolder{change.path, host.file_descriptors.at(FakeHost::lower(change.path))}};
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
    Result<Change> operator()(const AddFirewallRule& change) const { return Change{RemoveFirewallRule{change}}; }
    Result<Change> operator()(const RemoveFirewallRule& change) const { return Change{change.added}; }
    Result<Change> operator()(const ResetWinsock&) const {
        return Change{SetRegistryTree{winsock_parameters, tree_below(host, winsock_parameters.key)}};
    }
    Result<Change> operator()(const RemoveWinsockProvider&) const { return (*this)(ResetWinsock{}); }
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
    Result<Change> operator()(const ScheduleRestart&) const { return Change{CancelRestart{}}; }
    Result<Change> operator()(const CancelRestart&) const { return Change{CannotUndo{"nothing is scheduled"}}; }
    Result<Change> operator()(const CannotUndo& change) const { return Change{change}; }
    Result<Change> operator()(const RenameFile& change) const {
        if (contents.count(change.from) == 0)
            return Error{Errc::not_found, 2, "capture " + change.from};
        return Change{RenameFile{change.to, change.from, true}};
    }
};

} // namespace

Result<Change> FakeControl::capture(const Change& change) const {
    if (fail_capture_at && *fail_capture_at == captures_++)
        return refused;
    return std::visit(Capture{host_, contents}, change);
}

Result<> FakeControl::apply(const Change& change) {
    const int number = writes++;
    if (die_before && *die_before == number)
        throw Killed{};
    if (fail_at && *fail_at == number)
        return refused;
    auto made = make(change);
    after_change(host_);
    if (die_after && *die_after == number)
        throw Killed{};
    return made;
}

void FakeControl::session_env_starts() {
    auto& store = host_.stores["Remote Desktop"];
    if (!makes || !store.empty())
        return;
    if (key_file_is_in_the_way && contents.count(makes_key_file) != 0)
        return;
    store.push_back(*makes);
    if (makes_key_file.empty())
        return;
    contents[makes_key_file] = makes_key;
    host_.files[FakeHost::lower(makes_key_file)] = {makes_key_file, makes_key.size(), false, false};
}

Result<> FakeControl::make(const Change& change) {
    return std::visit([this](const auto& which) { return make_one(which); }, change);
}

Result<> FakeControl::make_one(const SetFileAccess& change) {
    host_.file_descriptors[FakeHost::lower(change.path)] = change.descriptor;
    return {};
}

Result<> FakeControl::make_one(const SetRegistryAccess& change) {
    host_.registry_descriptors[FakeHost::lower(change.key.key)] = change.descriptor;
    return {};
}

Result<> FakeControl::make_one(const SetRegistryValue& change) {
    if (change.value)
        host_.set(change.key, change.name, *change.value);
    else if (const auto key = host_.registry.find(FakeHost::lower(change.key.key)); key != host_.registry.end())
        std::erase_if(key->second,
                      [&](const auto& entry) { return FakeHost::lower(entry.first) == FakeHost::lower(change.name); });
    return {};
}

Result<> FakeControl::make_one(const SetRegistryKey& change) {
    const std::string key = FakeHost::lower(change.key.key);
    if (change.present)
        host_.registry.try_emplace(key);
    else if (const auto found = host_.registry.find(key); found != host_.registry.end() && !found->second.empty())
        return refused;
    else
        host_.registry.erase(key);
    return {};
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

Result<> FakeControl::make_one(const SetServiceState& change) {
    ServiceFacts& service = host_.services.at(FakeHost::lower(change.service));
    if (change.state == ServiceState::running && service.start == StartType::disabled)
        return Error{Errc::io, 1058, "StartServiceW(" + change.service + ")"};
    const bool starts = service.state != ServiceState::running && change.state == ServiceState::running;
    service.state = change.state;
    if (starts && change.service == "SessionEnv")
        session_env_starts();
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
    auto& store = host_.stores[change.store];
    if (find(store, change.thumbprint) == store.end())
        store.push_back({change.serialized});
    if (!change.key_file.empty())
        contents[change.key_file] = change.key_bytes;
    return {};
}

Result<> FakeControl::make_one(const LinkCertificateKey& change) {
    const bool unlink = change.thumbprint.starts_with("-");
    auto& store = host_.stores[change.store];
    const auto found = find(store, unlink ? change.thumbprint.substr(1) : change.thumbprint);
    if (found == store.end())
        return refused;
    if (unlink) {
        found->key = Error{Errc::not_found, 0, "no link"};
    } else if (links_to) {
        found->key = *links_to;
        found->key_usable = Result<void>();
    } else {
        return Error{Errc::not_found, 0x8009000D, "CryptFindCertificateKeyProvInfo"};
    }
    return {};
}

// A folder moves with everything below it.
Result<> FakeControl::make_one(const RenameFile& change) {
    if (contents.count(change.from) == 0)
        return {};
    if (contents.count(change.to) != 0 && !change.replace)
        return refused;
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
    return {};
}

Result<> FakeControl::make_one(const MakeFolder& change) {
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
    return make_one(SetRegistryTree{winsock_parameters, {}});
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
    restart_scheduled = true;
    return {};
}

Result<> FakeControl::make_one(const CancelRestart&) {
    restart_scheduled = false;
    return {};
}

std::string state_of(const FakeHost& host, const FakeControl& control) {
    std::ostringstream text;
    const auto bytes = [&](const Bytes& data) {
        text.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size())) << '\n';
    };
    for (const auto& [name, service] : host.services)
        text << name << ' ' << static_cast<int>(service.state) << ' ' << static_cast<int>(service.start) << ' '
             << service.account << ' ' << service.type << '\n';
    for (const auto& [name, store] : host.stores)
        for (const StoreCertificate& certificate : store)
            bytes((text << name << ' ', certificate.der));
    for (const auto& [path, descriptor] : host.file_descriptors)
        bytes((text << path << ' ', descriptor));
    for (const auto& [path, descriptor] : host.registry_descriptors)
        bytes((text << path << ' ', descriptor));
    for (const auto& [path, values] : host.registry) {
        text << path << '\n';
        for (const auto& [name, value] : values) // the data too, as the journal writes it
            text << to_json(SetRegistryValue{{path}, name, value}).dump() << '\n';
    }
    if (host.session_list)
        for (const Session& session : *host.session_list)
            text << "session " << session.id << ' ' << static_cast<int>(session.state) << '\n';
    if (host.catalog)
        for (const WinsockEntry& entry : host.catalog->protocols)
            text << "winsock " << entry.id << '\n';
    if (const auto adapters = host.adapters())
        for (const AdapterFacts& adapter : *adapters)
            for (const std::string& address : adapter.addresses)
                text << adapter.id << ' ' << address << '\n';
    text << "restart " << control.restart_scheduled << '\n';
    for (const auto& [path, file] : host.files)
        text << path << '\n';
    for (const auto& [path, content] : control.contents)
        bytes((text << path << ' ', content));
    return text.str();
}

} // namespace rdpmedic::testing
