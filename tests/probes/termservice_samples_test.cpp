// What does the termservice probe say about the services of real hosts?
#include "probes/termservice.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

struct Row {
    const char* host;
    std::vector<std::string> running, stopped; // the codes expected in each state of all services
};

std::vector<std::string> codes(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Finding& finding : termservice::judge(termservice::collect(host).value(), {host.time}))
        result.push_back(finding.code);
    return result;
}

} // namespace

TEST_CASE("real hosts have no fault in how their Remote Desktop services are set up") {
    const auto samples = testing::samples_folder();
    if (!samples) {
        WARN("no samples beside the project: 0 registries of real hosts read");
        return;
    }
    const Row rows[] = {
        {"win7sp1-a", {}, {"termservice.not_running"}},
        {"win7sp1-b", {"termservice.rdp_off"}, {"termservice.rdp_off"}},
        {"win81", {"termservice.rdp_off"}, {"termservice.rdp_off"}},
        {"win10-1709", {"termservice.rdp_off"}, {"termservice.rdp_off"}},
    };
    int read = 0;
    for (const Row& row : rows) {
        INFO(row.host);
        const std::string name = row.host;
        FakeHost host;
        REQUIRE(testing::import_reg_file(*samples + "/services/" + name + "-services.reg", host).has_value());
        REQUIRE(testing::import_reg_file(*samples + "/terminal-server/" + name + "-terminal-server.reg", host)
                    .has_value());
        // A registry does not say which files exist.
        host.files[R"(%systemroot%\system32\termsrv.dll)"] = {};
        for (const char* service : {"SessionEnv", "UmRdpService", "CertPropSvc"}) {
            const RegistryPath key{std::string(R"(SYSTEM\CurrentControlSet\Services\)") + service + R"(\Security)"};
            host.give(std::string("service_security ") + service, read_binary(host, key, "Security").value());
        }
        testing::services_from_registry(host, ServiceState::running);
        CHECK(codes(host) == row.running);
        testing::services_from_registry(host, ServiceState::stopped);
        CHECK(codes(host) == row.stopped);
        ++read;
    }
    WARN(read << " registries of real hosts read");
}
