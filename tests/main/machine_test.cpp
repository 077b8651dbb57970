// Are our own handshakes with a machine kept where every process of this program finds them?
#include "agent/main/machine.hpp"

#include "agent/data_folder.hpp"
#include "agent/repair/verify.hpp"
#include "probes/events.hpp"
#include "probes/handshake.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/serving_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr std::chrono::minutes look_back{60};

Machine machine_of(const std::shared_ptr<ServingHost>& host) {
    return {host, std::make_shared<FakeControl>(*host), [] { return Time{}; }};
}

} // namespace

TEST_CASE("a command knows the handshake by which the service proves a repair, and the service that of a command") {
    const TemporaryFolder data;
    const auto host = std::make_shared<ServingHost>();
    const Machine service = noting(machine_of(host), data.path(), look_back);
    const Machine command = noting(machine_of(host), data.path(), look_back);
    CHECK(prove_handshake(*service.host, "127.0.0.1").cured);
    CHECK(command.own->list().size() == 1);
    host->hang_up(); // another end, so that it is told from the first
    CHECK(handshake::probe({}).run(*command.host, {host->time}).has_value());
    CHECK(service.own->list().size() == 2);
    CHECK(std::filesystem::exists(own_handshakes_file(data.path())));
}

TEST_CASE("what is wrong with the list is said, but not that nobody has begun it") {
    const TemporaryFolder data;
    const auto host = std::make_shared<ServingHost>();
    const Machine machine = noting(machine_of(host), data.path(), look_back);
    CHECK(machine.own->list().empty());
    CHECK(trouble_of(machine).empty());
    std::filesystem::create_directory(own_handshakes_file(data.path()));
    CHECK(machine.own->list().empty());
    CHECK(trouble_of(machine).find("own-handshakes.json") != std::string::npos);
    CHECK(trouble_of(machine).empty());
    CHECK(trouble_of(Machine{}).empty());
}

TEST_CASE("handshakes with a recording, and those where there is no data folder, are kept in memory alone") {
    const TemporaryFolder data;
    const auto host = std::make_shared<ServingHost>();
    std::filesystem::path folder = data.path();
    Machine given = machine_of(host);
    SECTION("a recording") { given.control = nullptr; }
    SECTION("no data folder") { folder /= "none"; }
    const Machine machine = noting(given, folder, look_back);
    CHECK(machine.host->rdp_handshake({"127.0.0.1", 3389}).has_value());
    CHECK(machine.own->list().size() == 1);
    CHECK(std::filesystem::is_empty(data.path()));
    CHECK(noting(given, folder, look_back).own->list().empty());
}
