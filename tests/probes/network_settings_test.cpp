// Are settings that break the network found, and those of an ordinary host left alone?
#include "probes/network.hpp"
#include "probes/registry.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::network;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
const Error denied{Errc::access_denied, 5, "the call"};
const RegistryPath order{R"(SYSTEM\CurrentControlSet\Control\NetworkProvider\Order)"},
    routes{R"(SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\PersistentRoutes)"},
    vpn_provider{R"(SYSTEM\CurrentControlSet\Services\oldvpn\NetworkProvider)"};

RegistryPath key_of(const std::string& name) { return {R"(SYSTEM\CurrentControlSet\Services\)" + name}; }

// A host of a workgroup whose address was set by hand.
struct World : FakeHost {
    AdapterFacts adapter;
    JudgeContext context;

    World() {
        context.now = time;
        adapter.id = "{11111111-2222-3333-4444-555555555555}";
        adapter.name = "Ethernet";
        adapter.type = 6;
        adapter.up = adapter.connected = true;
        adapter.mtu = 1500;
        adapter.addresses = {"192.0.2.10", "fe80::1%4"};
        adapter.gateways = {"192.0.2.1"};
        give("tcp_statistics", TcpStatistics{});
        give("tcp_connections", std::vector<TcpConnection>{});
        give("echo 192.0.2.1", EchoFacts{"192.0.2.1", 4, 4, {}, {}});
        give("network_profiles", std::vector<NetworkProfile>{{adapter.id, "example", NetworkCategory::domain}});
        give("domain_membership", DomainMembership{false, "WORKGROUP"});
        give("power", PowerFacts{});
        for (const char* name : {"Tcpip", "AFD", "nsiproxy", "nsi", "Dhcp", "Dnscache", "NlaSvc"})
            set_dword(key_of(name), "Start", 2);
        set_text(order, "ProviderOrder", "RDPNP,LanmanWorkstation,webclient,P9NP");
        registry[lower(routes.key)] = {};
    }

    std::vector<Finding> findings() {
        give("adapters", std::vector<AdapterFacts>{adapter});
        return probe({}).run(*this, context).value();
    }
    Lines look() {
        Lines lines;
        for (const Finding& finding : findings())
            lines.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
        return lines;
    }
    void disable(const std::string& name) { set_dword(key_of(name), "Start", 4); }
    void add_provider(const std::string& path) {
        set_text(order, "ProviderOrder", "RDPNP, LanmanWorkstation ,, oldvpn");
        set_text(vpn_provider, "ProviderPath", path);
    }
    void add_route(const std::string& name) { set_text(routes, name, ""); }
};

} // namespace

TEST_CASE("settings as Windows comes with them, or none at all, are no finding") {
    World world;
    CHECK(world.look() == Lines{});
    world.registry.clear();
    CHECK(world.look() == Lines{});
}

TEST_CASE("a driver or service that every network needs is found while it still works, and when it does not") {
    const std::string name = GENERATE("Tcpip", "AFD", "nsiproxy", "nsi");
    World world;
    world.disable(name);
    CHECK(world.look() == Lines{"network.service_disabled warning " + name});
    CHECK_THAT(world.findings().at(0).text, Catch::Contains("works still"));
    CHECK(world.findings().at(0).evidence == Lines{label(key_of(name), "Start") + " = 4"});
    world.adapter.addresses = {"169.254.7.8"};
    CHECK(world.look() == Lines{"network.no_address critical ", "network.service_disabled critical " + name});
    world.give("adapters", denied);
    const auto found = probe({}).run(world, world.context).value();
    REQUIRE(found.size() == 2);
    CHECK(found[1].severity == Severity::critical);
}

TEST_CASE("only disabled is a fault of a start type") {
    World world;
    const std::uint32_t start = GENERATE(0U, 1U, 2U, 3U, 5U);
    for (const char* name : {"Tcpip", "AFD", "nsiproxy", "nsi", "Dhcp", "Dnscache", "NlaSvc"})
        world.set_dword(key_of(name), "Start", start);
    world.adapter.dhcp = true;
    CHECK(world.look() == Lines{});
}

TEST_CASE("DHCP Client matters where an adapter in use takes its address from DHCP") {
    World world;
    world.disable("Dhcp");
    SECTION("none does") { CHECK(world.look() == Lines{}); }
    SECTION("it has one still") {
        world.adapter.dhcp = true;
        CHECK(world.look() == Lines{"network.service_disabled warning Dhcp"});
    }
    SECTION("it has none") {
        world.adapter.dhcp = true;
        world.adapter.addresses = {"169.254.7.8"};
        CHECK(world.look() == Lines{"network.no_address critical ", "network.service_disabled critical Dhcp"});
    }
    SECTION("it is down") {
        world.adapter.dhcp = true;
        world.adapter.up = false;
        CHECK(world.look() == Lines{"network.disconnected critical "});
    }
}

TEST_CASE("DNS Client and Network Location Awareness matter to a member of a domain") {
    const std::string name = GENERATE("Dnscache", "NlaSvc");
    World world;
    world.disable(name);
    CHECK(world.look() == Lines{"network.service_disabled info " + name});
    world.give("domain_membership", DomainMembership{true, "EXAMPLE"});
    CHECK(world.look() == Lines{"network.service_disabled warning " + name});
    world.give("domain_membership", denied); // it may be one
    CHECK(world.look() == Lines{"network.service_disabled warning " + name});
}

TEST_CASE("a network provider whose file is gone is found") {
    World world;
    const std::string path = GENERATE(R"(C:\Program Files\VPN\oldvpn.dll)", R"(%SystemRoot%\System32\oldvpn.dll)");
    world.add_provider(path);
    CHECK(world.look() == Lines{"network.provider_missing warning oldvpn"});
    CHECK(world.findings().at(0).evidence.at(0) == label(vpn_provider, "ProviderPath") + " = " + path);
    world.files[FakeHost::lower(path)] = {path, 1, false, false};
    CHECK(world.look() == Lines{});
}

TEST_CASE("a network provider without a folder is looked for in System32") {
    World world;
    world.add_provider("oldvpn.dll");
    CHECK(world.look() == Lines{"network.provider_missing warning oldvpn"});
    world.files[R"(%systemroot%\system32\oldvpn.dll)"] = {"oldvpn.dll", 1, false, false};
    CHECK(world.look() == Lines{});
}

TEST_CASE("a network provider without a file to load is no finding, and those of Windows are not looked at") {
    World world;
    SECTION("an empty path") { world.add_provider(""); }
    SECTION("no path") { world.set_text(order, "ProviderOrder", "oldvpn"); }
    SECTION("no order") { world.set_text(order, "ProviderOrder", ""); }
    SECTION("of Windows, in any case") {
        world.set_text(order, "ProviderOrder", "rdpnp,LANMANWORKSTATION,WebClient,p9np");
        for (const char* name : {"RDPNP", "LanmanWorkstation", "webclient", "P9NP"})
            world.set_text({key_of(name).key + R"(\NetworkProvider)"}, "ProviderPath", R"(C:\gone.dll)");
    }
    CHECK(world.look() == Lines{});
}

TEST_CASE("a kept default route by a gateway that this host does not use is a note") {
    World world;
    const auto [route, expected] = GENERATE(
        table<std::string, Lines>({{"0.0.0.0,0.0.0.0,192.0.2.254,1", {"network.stale_route info 192.0.2.254"}},
                                   {"0.0.0.0,0.0.0.0,192.0.2.254,-1", {"network.stale_route info 192.0.2.254"}},
                                   {"0.0.0.0,0.0.0.0,192.0.2.1,1", {}},
                                   {"10.0.0.0,255.0.0.0,192.0.2.254,1", {}},
                                   {"0.0.0.0,128.0.0.0,192.0.2.254,1", {}},
                                   {"0.0.0.0,0.0.0.0", {}},
                                   {"", {}},
                                   {",,,", {}}}));
    CAPTURE(route);
    world.add_route(route);
    CHECK(world.look() == expected);
    world.adapter.gateways = {}; // no other gateway that would be the right one
    CHECK(world.look() == Lines{});
    world.adapter.gateways = {"fe80::1%4"}; // of the other family
    world.give("echo fe80::1%4", EchoFacts{"fe80::1%4", 4, 4, {}, {}});
    CHECK(world.look() == Lines{});
}

TEST_CASE("an address that was set by hand is a note on a machine of Azure, and nowhere else") {
    World world;
    const Lines found{"network.static_address info Ethernet"};
    CHECK(world.look() == Lines{});
    world.set_dword(key_of("WindowsAzureGuestAgent"), "Start", 2);
    CHECK(world.look() == found);
    CHECK(world.findings().at(0).evidence.at(0) == "Ethernet does not use DHCP: 192.0.2.10, fe80::1%4");
    SECTION("from DHCP") { world.adapter.dhcp = true; }
    SECTION("of a private link") { world.adapter.gateways = {}; }
    SECTION("one of several, which Azure wants by hand") { world.adapter.addresses.push_back("192.0.2.11"); }
    SECTION("of IPv6 alone") { world.adapter.addresses = {"2001:db8::10"}; }
    SECTION("the agent was disabled, as after a move out of Azure") { world.disable("WindowsAzureGuestAgent"); }
    CHECK(world.look() == Lines{});
}

TEST_CASE("a setting of the network that cannot be read is unknown") {
    World world;
    const auto refuse = [&](const RegistryPath& key, const char* name) {
        world.fail("registry_value " + label(key, name), denied);
    };
    SECTION("a start type") {
        refuse(key_of("nsi"), "Start");
        CHECK(world.look() == Lines{"network.unknown unknown whether nsi is disabled"});
    }
    SECTION("the order of providers") {
        refuse(order, "ProviderOrder");
        CHECK(world.look() == Lines{"network.unknown unknown the order of network providers"});
    }
    SECTION("the path of a provider") {
        world.add_provider("x");
        refuse(vpn_provider, "ProviderPath");
        CHECK(world.look() == Lines{"network.unknown unknown the network provider oldvpn"});
    }
    SECTION("the file of a provider") {
        world.add_provider(R"(C:\vpn.dll)");
        world.fail(R"(file C:\vpn.dll)", denied);
        CHECK(world.look() == Lines{"network.unknown unknown the network provider oldvpn"});
    }
    SECTION("the routes") {
        world.fail(R"(registry_values HKLM\)" + routes.key, denied);
        CHECK(world.look() == Lines{"network.unknown unknown the persistent routes"});
    }
    SECTION("the agent of Azure") {
        refuse(key_of("WindowsAzureGuestAgent"), "Start");
        CHECK(world.look() == Lines{"network.unknown unknown whether this machine is in Azure"});
    }
}
