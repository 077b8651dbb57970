// What do the probes listener and tls say about real hosts, and about real hosts under real policies?
#include "probes/listener.hpp"
#include "probes/tls.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

struct Row {
    const char* name;
    const char* build; // a registry of SYSTEM does not hold it
};

const Row hosts[] = {{"win7sp1-a", "7601"}, {"win7sp1-b", "7601"}, {"win81", "9600"}, {"win10-1709", "16299"}};

FakeHost real_host(const std::string& samples, const Row& row) {
    FakeHost host;
    for (const char* room : {"terminal-server", "services"})
        REQUIRE(
            testing::import_reg_file(samples + "/" + room + "/" + row.name + "-" + room + ".reg", host).has_value());
    REQUIRE(testing::import_reg_file(samples + "/schannel/" + row.name + "-schannel-crypto.reg", host).has_value());
    host.set_text(keys::windows_version, "CurrentBuildNumber", row.build);
    testing::services_from_registry(host, ServiceState::running);
    constexpr std::uint32_t process = 1000; // nor does a registry hold this one
    host.services.at("termservice").process_id = process;
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, process, "svchost.exe"}};
    host.give("udp_endpoints", std::vector<UdpEndpoint>{});
    return host;
}

std::vector<std::string> codes(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Probe& probe : {listener::probe({}), tls::probe({})})
        for (const Finding& finding : probe.run(host, {}).value())
            result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

using Codes = std::vector<std::string>;

} // namespace

TEST_CASE("the listeners and the TLS settings of real hosts are healthy") {
    const auto samples = testing::samples_folder();
    if (!samples) {
        WARN("no samples beside the project: 0 registries of real hosts read");
        return;
    }
    int read = 0;
    for (const Row& row : hosts) {
        INFO(row.name);
        FakeHost host = real_host(*samples, row);
        CHECK(codes(host) == Codes{});
        // The same with Remote Desktop switched on, as their owners would find it.
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        CHECK(codes(host) == Codes{});
        ++read;
    }
    WARN(read << " registries of real hosts read");
}

TEST_CASE("no policy of the samples makes a real host worse than it is") {
    const auto samples = testing::samples_folder();
    if (!samples) {
        WARN("no samples beside the project: 0 policies read");
        return;
    }
    int policies = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*samples + "/gpo")) {
        ++policies;
        for (const Row& row : hosts) {
            INFO(entry.path().filename() << " on " << row.name);
            FakeHost host = real_host(*samples, row);
            REQUIRE(testing::import_reg_file(entry.path().string(), host).has_value());
            CHECK(codes(host) == Codes{});
            host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
            CHECK(codes(host) == Codes{});
        }
    }
    CHECK(policies == 10);
    WARN(policies << " policies read");
}
