// Hands for tests: they change a FakeHost, count, fail where they are told to, and die where they are told to.
#include "tests/support/fake_control.hpp"

#include "agent/digest.hpp"
#include "probes/formats/security_descriptor.hpp"
#include "probes/formats/x509.hpp"
#include "tests/support/fake_control_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <sstream>

namespace rdpmedic::testing {

std::vector<StoreCertificate>::iterator fake_control::find(std::vector<StoreCertificate>& store,
                                                           const std::string& thumbprint) {
    return std::find_if(store.begin(), store.end(), [&](const StoreCertificate& certificate) {
        return sha1_thumbprint(certificate.der) == thumbprint;
    });
}

bool fake_control::key_exists(const FakeHost& host, const std::string& key) {
    const std::string at = FakeHost::lower(key), below = at + "\\";
    return std::any_of(host.registry.begin(), host.registry.end(), [&](const auto& entry) {
        return entry.first == at || entry.first.compare(0, below.size(), below) == 0;
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
    if (!read_at_start_)
        read_at_start_ = read_by_term_service();
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
    if (!makes_key_access.empty())
        host_.file_descriptors[FakeHost::lower(makes_key_file)] = makes_key_access;
    contents[makes_key_file] = makes_key;
    host_.files[FakeHost::lower(makes_key_file)] = {makes_key_file, makes_key.size(), false, false};
}

Result<> FakeControl::make(const Change& change) {
    return std::visit([this](const auto& which) { return make_one(which); }, change);
}

namespace {

void put(std::ostream& text, const Bytes& data) {
    text.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size())) << '\n';
}

// However it is laid out.
Bytes normal(const Bytes& descriptor) {
    const auto parsed = parse_security_descriptor(descriptor);
    const auto bytes = parsed ? to_bytes(*parsed) : Result<Bytes>(parsed.error());
    return bytes ? *bytes : descriptor;
}

// What services read.
void put_settings(std::ostream& text, const FakeHost& host, const FakeControl& control) {
    for (const auto& [name, store] : host.stores)
        for (const StoreCertificate& certificate : store)
            put(text << name << ' ' << (certificate.key ? certificate.key->container : "no key") << ' ',
                certificate.der);
    for (const auto& [path, descriptor] : host.file_descriptors)
        put(text << path << ' ', normal(descriptor));
    for (const auto& [path, descriptor] : host.registry_descriptors)
        put(text << path << ' ', normal(descriptor));
    for (const auto& [path, values] : host.registry) {
        text << path << '\n';
        for (const auto& [name, value] : values) // the data too, as the journal writes it
            text << to_json(SetRegistryValue{{path}, name, value}).dump() << '\n';
    }
    for (const auto& [path, file] : host.files)
        text << path << '\n';
    for (const auto& [path, content] : control.contents)
        put(text << path << ' ', content);
}

} // namespace

bool FakeControl::term_service_runs() const {
    const auto found = host_.services.find("termservice");
    return found != host_.services.end() && found->second.state == ServiceState::running;
}

std::string FakeControl::read_by_term_service() const {
    if (!term_service_runs())
        return {};
    if (read_at_start_)
        return *read_at_start_;
    std::ostringstream text;
    put_settings(text, host_, *this);
    return sha256_hex(text.str());
}

std::string state_of(const FakeHost& host, const FakeControl& control) {
    std::ostringstream text;
    for (const auto& [name, service] : host.services)
        text << name << ' ' << static_cast<int>(service.state) << ' ' << static_cast<int>(service.start) << ' '
             << service.account << ' ' << service.type << '\n';
    put_settings(text, host, control);
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
    text << "read by TermService " << control.read_by_term_service() << '\n';
    return text.str();
}

} // namespace rdpmedic::testing
