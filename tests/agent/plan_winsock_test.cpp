// Is a foreign provider taken out alone, and the catalogue reset only when somebody asks?
#include "agent/repair/plan_winsock.hpp"

#include "tests/support/planned.hpp"
#include "tests/support/winsock_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Words = std::vector<std::string>;

Plan plan(const Host& host, const Options& options = {}) { return planned(winsock_repair(), host, options); }

} // namespace

TEST_CASE("a whole catalogue calls for nothing, and a reset of it changes nothing") {
    WinsockHost host;
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(plan(host).obstacles.empty());
    const Plan reset = plan(host, {{"reset", "true"}});
    CHECK(reset.rungs.empty());
    CHECK(reset.obstacles.empty());
    CHECK_FALSE(plan(host, {{"reset", "false"}}).is_called_for());
}

TEST_CASE("a foreign layer that works calls for nothing; asked for, a reset names it") {
    WinsockHost host;
    host.add_layer();
    host.put_file(vpn_layer);
    CHECK_FALSE(plan(host).is_called_for());
    const Plan reset = plan(host, {{"reset", "true"}});
    REQUIRE(ids(reset) == "reset");
    CHECK(reset.rungs[0].takes_effect_at_restart);
    CHECK(reset.rungs[0].disruption.find("'VPN layer' (entry 1010, " + vpn_layer) != std::string::npos);
    CHECK(reset.rungs[0].disruption.find("MSAFD") == std::string::npos);
}

TEST_CASE("foreign entries whose file does not exist are taken out, chains first") {
    WinsockHost host;
    host.add_layer();
    const Plan removal = plan(host);
    REQUIRE(removal.cures.size() == 1);
    CHECK(removal.cures[0].code == "winsock.provider_file_missing");
    CHECK(removal.obstacles.empty());
    REQUIRE(ids(removal) == "remove-provider");
    const auto& changes = removal.rungs[0].changes;
    REQUIRE(changes.size() == 2);
    CHECK(std::get<RemoveWinsockProvider>(changes[0]).id == 1011);
    CHECK(std::get<RemoveWinsockProvider>(changes[1]).id == 1010);
    CHECK_FALSE(removal.rungs[0].takes_effect_at_restart);
}

TEST_CASE("what only a reset cures is not called for by itself, and the plan says how to ask") {
    WinsockHost host;
    SECTION("a base provider is missing") {
        host.entries.erase(host.entries.begin());
        host.write();
        host.registry.erase(FakeHost::lower(
            R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64\000000000004)"));
        host.registry.erase(FakeHost::lower(
            R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries\000000000004)"));
    }
    SECTION("a file of Windows is missing") { host.files.clear(); }
    SECTION("the numbering has a gap") {
        host.registry.erase(FakeHost::lower(
            R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64\000000000002)"));
    }
    SECTION("the list of 32-bit programs is damaged") {
        host.registry.erase(FakeHost::lower(
            R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries\000000000002)"));
    }
    const Plan none = plan(host);
    CHECK_FALSE(none.cures.empty());
    CHECK(none.rungs.empty());
    CHECK(hindered_by(none, "reset=true"));
    for (const Finding& finding : none.cures)
        CHECK(finding.repair.empty());
    const Plan reset = plan(host, {{"reset", "true"}});
    CHECK(ids(reset) == "reset");
    CHECK(reset.cures.size() == none.cures.size());
}

TEST_CASE("beside what it can take out, the plan names what needs a reset") {
    WinsockHost host;
    host.add_layer();
    host.registry.erase(FakeHost::lower(
        R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64\000000000002)"));
    const Plan part = plan(host);
    CHECK(ids(part) == "remove-provider");
    CHECK(part.cures.size() == 1); // the gap would keep it from ever being cured
    CHECK(hindered_by(part, "winsock.catalog_gap"));
    CHECK(hindered_by(part, "VPN layer"));
}

TEST_CASE("one named foreign provider is taken out, and one of Windows never") {
    WinsockHost host;
    host.add_layer();
    host.put_file(vpn_layer);
    const Plan named = plan(host, {{"provider", "1011"}});
    REQUIRE(ids(named) == "remove-provider");
    CHECK(words(named.rungs[0]).size() == 1);
    CHECK(named.rungs[0].disruption.find("VPN over TCP") != std::string::npos);
    CHECK(hindered_by(plan(host, {{"provider", "1001"}}), "a provider of Windows"));
    CHECK(hindered_by(plan(host, {{"provider", "1010"}}), "entry 1011 'VPN over TCP' is built on it"));
    CHECK(plan(host, {{"provider", "77"}}).rungs.empty()); // as asked
    CHECK(plan(host, {{"provider", "77"}}).obstacles.empty());
    CHECK(hindered_by(plan(host, {{"provider", "1011"}, {"reset", "true"}}), "not both"));
}

TEST_CASE("a foreign provider stays where nothing else serves TCP") {
    WinsockHost host;
    host.entries[0].path = vpn_layer;
    host.write();
    CHECK(hindered_by(plan(host, {{"provider", "1001"}}), "nothing else would serve TCP over IPv4"));
    CHECK(plan(host).rungs.empty()); // its file does not exist
    CHECK(hindered_by(plan(host), "reset=true"));
}

TEST_CASE("an entry whose file is not known stays") {
    WinsockHost host;
    host.registry.clear();
    host.catalog->protocols[0].path.clear();
    CHECK(hindered_by(plan(host, {{"provider", "1001"}}), "is not known"));
}

TEST_CASE("a catalogue that could not be read is neither reset nor thinned out") {
    WinsockHost host;
    host.registry.clear();
    host.catalog = Error{Errc::io, 10022, "WSCEnumProtocols"};
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(hindered_by(plan(host, {{"reset", "true"}}), "WSCEnumProtocols"));
    CHECK(hindered_by(plan(host, {{"provider", "1011"}}), "WSCEnumProtocols"));
}

TEST_CASE("a name service that names the missing file keeps its provider from being taken out") {
    WinsockHost host;
    host.add_layer();
    const std::string root =
        R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\NameSpace_Catalog5\Catalog_Entries64\000000000001)";
    host.set_text({root}, "LibraryPath", vpn_layer);
    host.set_text({root}, "DisplayString", "VPN names");
    host.set_dword({R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\NameSpace_Catalog5)"},
                   "Num_Catalog_Entries64", 1);
    CHECK(plan(host).rungs.empty());
    CHECK(hindered_by(plan(host), "reset=true"));
}

TEST_CASE("options of the repair winsock are checked") {
    const auto specs = winsock_options();
    for (const Options& wrong : {Options{{"provider", "0"}}, Options{{"provider", "x"}}, Options{{"reset", "yes"}}})
        CHECK_FALSE(problem_of(wrong, specs).empty());
}
