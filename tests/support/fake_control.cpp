// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#include "tests/support/fake_control.hpp"

#include "probes/formats/x509.hpp"

#include <sstream>

namespace rdpmedic::testing {

namespace {

const Error refused{Errc::access_denied, 5, "FakeControl"};

std::vector<StoreCertificate>::iterator find(std::vector<StoreCertificate>& store, const std::string& thumbprint) {
    return std::find_if(store.begin(), store.end(), [&](const StoreCertificate& certificate) {
        return sha1_thumbprint(certificate.der) == thumbprint;
    });
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
        return Change{SetServiceState{change.service, present->state}};
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
    if (const auto* c = std::get_if<SetFileAccess>(&change)) {
        host_.file_descriptors[FakeHost::lower(c->path)] = c->descriptor;
    } else if (const auto* key = std::get_if<SetRegistryAccess>(&change)) {
        host_.registry_descriptors[FakeHost::lower(key->key.key)] = key->descriptor;
    } else if (const auto* value = std::get_if<SetRegistryValue>(&change)) {
        if (value->value)
            host_.set(value->key, value->name, *value->value);
        else
            host_.registry[FakeHost::lower(value->key.key)].erase(value->name);
    } else if (const auto* state = std::get_if<SetServiceState>(&change)) {
        ServiceFacts& service = host_.services.at(FakeHost::lower(state->service));
        if (state->state == ServiceState::running && service.start == StartType::disabled)
            return Error{Errc::io, 1058, "StartServiceW(" + state->service + ")"};
        const bool starts = service.state != ServiceState::running && state->state == ServiceState::running;
        service.state = state->state;
        if (starts && state->service == "SessionEnv")
            session_env_starts();
    } else if (const auto* start = std::get_if<SetServiceStart>(&change)) {
        host_.services.at(FakeHost::lower(start->service)).start = start->start;
    } else if (const auto* gone = std::get_if<DeleteCertificate>(&change)) {
        auto& store = host_.stores[gone->store];
        const auto found = find(store, gone->thumbprint);
        if (found != store.end())
            store.erase(found);
    } else if (const auto* back = std::get_if<AddCertificate>(&change)) {
        auto& store = host_.stores[back->store];
        if (find(store, back->thumbprint) == store.end())
            store.push_back({back->serialized});
        if (!back->key_file.empty())
            contents[back->key_file] = back->key_bytes;
    } else if (const auto* move = std::get_if<RenameFile>(&change)) {
        if (contents.count(move->from) == 0)
            return {};
        if (contents.count(move->to) != 0 && !move->replace)
            return refused;
        contents[move->to] = contents.at(move->from);
        contents.erase(move->from);
        const auto facts = host_.files.extract(FakeHost::lower(move->from));
        if (!facts.empty())
            host_.files[FakeHost::lower(move->to)] = facts.mapped();
    }
    return {};
}

std::string state_of(const FakeHost& host, const FakeControl& control) {
    std::ostringstream text;
    const auto bytes = [&](const Bytes& data) {
        text.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size())) << '\n';
    };
    for (const auto& [name, service] : host.services)
        text << name << ' ' << static_cast<int>(service.state) << ' ' << static_cast<int>(service.start) << '\n';
    for (const auto& [name, store] : host.stores)
        for (const StoreCertificate& certificate : store)
            bytes((text << name << ' ', certificate.der));
    for (const auto& [path, descriptor] : host.file_descriptors)
        bytes((text << path << ' ', descriptor));
    for (const auto& [path, descriptor] : host.registry_descriptors)
        bytes((text << path << ' ', descriptor));
    for (const auto& [path, values] : host.registry)
        for (const auto& [name, value] : values)
            text << path << ' ' << name << ' ' << value.type << '\n';
    for (const auto& [path, file] : host.files)
        text << path << '\n';
    for (const auto& [path, content] : control.contents)
        bytes((text << path << ' ', content));
    return text.str();
}

} // namespace rdpmedic::testing
