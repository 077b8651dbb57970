// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#include "tests/support/fake_control.hpp"

#include "probes/formats/x509.hpp"
#include "tests/support/fake_control_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace rdpmedic::testing {

std::vector<StoreCertificate>::iterator fake_control::find(std::vector<StoreCertificate>& store,
                                                           const std::string& thumbprint) {
    return std::find_if(store.begin(), store.end(), [&](const StoreCertificate& certificate) {
        return sha1_thumbprint(certificate.der) == thumbprint;
    });
}

FakeControl::FakeControl(FakeHost& host) : host_(host) {}
FakeControl::~FakeControl() = default;

Result<> FakeControl::apply(const Change& change) {
    const int number = writes++;
    if (die_before && *die_before == number)
        throw Killed{};
    if (fail_at && *fail_at == number)
        return fake_control::refused;
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
