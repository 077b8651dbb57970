// Which products, filters and rules stand between a client and the listener?
#include "probes/interference_products.hpp"
#include "tests/probes/interference_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing::interferences;

TEST_CASE("a host with nothing but Windows on it has no finding") {
    CHECK(codes_of(Machine()).empty());

    SECTION("nor one whose values of policy and of device management do not exist, and that is a server") {
        Machine host;
        host.set_text(keys::windows_version, "InstallationType", "Server");
        host.give("security_products", Error{Errc::io, 1, "must not be asked"});
        host.give("firewall_products", std::vector<FirewallProduct>{});
        CHECK(codes_of(host).empty());
    }
}

TEST_CASE("each product of the table is named once, with its source, while it runs") {
    const auto product = GENERATE(from_range(interference::products.begin(), interference::products.end()));
    std::string name(product.service);
    if (name.back() == '*')
        name.back() = 'x';
    Machine host;
    host.give("services", std::vector<ServiceSummary>{Machine::service(name.c_str())});
    const auto findings = findings_of(host);
    INFO(name);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == "interference.product");
    CHECK(findings[0].severity == Severity::info);
    CHECK(findings[0].subject == product.name);
    CHECK(findings[0].evidence.back() == "reported at " + std::string(product.source));
    CHECK(std::string(product.source).rfind("https://", 0) == 0);

    host.give("services", std::vector<ServiceSummary>{Machine::service(name.c_str(), ServiceState::stopped)});
    CHECK(findings_of(host).empty());
}

TEST_CASE("two services of one product are one finding, and names compare without case") {
    Machine host;
    host.give("services", std::vector<ServiceSummary>{Machine::service("VSSERV"), Machine::service("BDFWFPF")});
    CHECK(codes_of(host) == Codes{"interference.product info Bitdefender"});
    host.give("services",
              std::vector<ServiceSummary>{Machine::service("ekrnEpfw"), Machine::service("WireGuardManager")});
    CHECK(codes_of(host).empty());
}

TEST_CASE("a filter provider of another maker is named") {
    Machine host;
    host.give("filter_providers",
              std::vector<FilterProvider>{{"{1}", "Example Filter", "ExampleSvc"}, {"{2}", "simplewall", ""}});
    host.give_filters("{1}", {});
    host.give_filters("{2}", {});
    CHECK(codes_of(host) ==
          Codes{"interference.filter_provider info Example Filter", "interference.product info simplewall"});
}

namespace {

constexpr const char* local_port = "{0C1BA1AF-5765-453F-AF22-A8F791AC775B}";
constexpr const char* remote_address = "{B235AE9A-1D64-49B8-A44C-5FF3D9095045}";

Filter blocking(std::uint64_t id, const std::string& name, std::vector<FilterCondition> conditions = {}) {
    return {id, name, "", false, "{2}", 15, FilterAction::block, std::move(conditions)};
}

FilterCondition on_port(std::uint16_t port) { return {local_port, 0, true, port, port, ""}; }

} // namespace

TEST_CASE("a filter without a provider that blocks the port is a warning with its id and weight") {
    Machine host;
    host.give_filters(no_filter_provider, {blocking(70001, "Block RDP", {on_port(3389)})});
    CHECK(codes_of(host) == Codes{"interference.filter_block warning Block RDP"});
    const Finding finding = findings_of(host).at(0);
    CHECK(finding.text == "a filter of no provider, 'Block RDP', blocks incoming connections to TCP 3389, whatever the "
                          "Windows Firewall lets in");
    CHECK(finding.evidence == Codes{"filter 70001 'Block RDP' of no provider, weight 15, IPv4, for every connection"});
    CHECK(finding.repair.empty());

    SECTION("and an info while RDP is off") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        CHECK(codes_of(host) == Codes{"interference.filter_block info Block RDP"});
    }
    SECTION("but nothing where RDP has another port") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        CHECK(codes_of(host).empty());
    }
    SECTION("and one without a name goes by its id") {
        host.give_filters(no_filter_provider, {blocking(70001, "", {on_port(3389)})});
        CHECK(codes_of(host) == Codes{"interference.filter_block warning filter 70001"});
    }
    SECTION("but nothing with a name of Windows") {
        host.give_filters(no_filter_provider, {blocking(1, "@ndu.sys,-1"), blocking(2, "Microsoft Hyper-V")});
        CHECK(codes_of(host).empty());
    }
}

TEST_CASE("a filter that blocks some connections is an info") {
    Machine host;
    host.give_filters(no_filter_provider, {blocking(1, "Bans", {on_port(3389), {remote_address, 0, true, 5, 5, ""}})});
    CHECK(codes_of(host) == Codes{"interference.filter_block info Bans"});
    CHECK(findings_of(host).at(0).text.find("from some addresses") != std::string::npos);
}

TEST_CASE("the filters of a provider of another maker are one finding, as bad as the worst of them") {
    Machine host;
    host.give("filter_providers", std::vector<FilterProvider>{{"{1}", "Example NetGuard", "ExampleSvc"}});
    Filter of_ipv6 = blocking(3, "Block everything");
    of_ipv6.ipv6 = true;
    host.give_filters("{1}", {blocking(1, "Bans", {{remote_address, 0, true, 5, 5, ""}}),
                              blocking(2, "Block files", {on_port(445)}), of_ipv6});
    CHECK(codes_of(host) == Codes{"interference.filter_provider info Example NetGuard",
                                  "interference.filter_block warning Example NetGuard"});
    const Finding finding = findings_of(host).at(1);
    CHECK(finding.text.find("'Block everything'") != std::string::npos);
    REQUIRE(finding.evidence.size() == 2);
    CHECK(finding.evidence[0].find("filter 1 'Bans' of the provider 'Example NetGuard'") == 0);
    CHECK(finding.evidence[1].find("IPv6, for every connection") != std::string::npos);

    SECTION("and none where one of more weight lets RDP in") {
        Filter let_in = blocking(4, "Allow RDP", {on_port(3389)});
        let_in.action = FilterAction::permit;
        let_in.weight = 16;
        host.give_filters("{1}", {blocking(1, "Block everything"), let_in});
        CHECK(codes_of(host) == Codes{"interference.filter_provider info Example NetGuard"});
    }
}

TEST_CASE("filters of Windows' own providers are not asked for, and none where the providers do not answer") {
    Machine host; // without an answer, filters would be unknown
    CHECK(codes_of(host).empty());
    host.give("filters {DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}", std::vector<Filter>{blocking(1, "Default Inbound")});
    CHECK(codes_of(host).empty());
    host.give("filter_providers", Error{Errc::unsupported, 0, "x"});
    host.give_filters(no_filter_provider, {blocking(1, "Block RDP")});
    CHECK(codes_of(host) == Codes{"interference.unknown unknown the providers of the Windows Filtering Platform"});
}

TEST_CASE("a firewall of another maker is named where it is switched on") {
    Machine host;
    host.give("security_products", std::vector<SecurityProduct>{{true, "Example Firewall", "C:\\x.exe", 0x41010},
                                                                {true, "Old Firewall", "C:\\y.exe", 0x40010}});
    CHECK(codes_of(host) == Codes{"interference.firewall_product info Example Firewall"});
}

TEST_CASE("a virus scanner of another maker is named where it is switched on, and once") {
    Machine host;
    const auto list = [&host](std::vector<SecurityProduct> products) {
        host.give("security_products", std::move(products));
        return codes_of(host);
    };
    CHECK(list({{false, "Example Antivirus", "C:\\z.exe", 0x41000}, {false, "Old Antivirus", "C:\\y.exe", 0x40010}}) ==
          Codes{"interference.product info Example Antivirus"});
    CHECK(findings_of(host).at(0).evidence == Codes{"Security Center: Example Antivirus, C:\\z.exe"});
    CHECK(list({{false, "Example Antivirus", "C:\\z.exe", 0x41000},
                {false, "Example Antivirus", "C:\\z.exe", 0x41000}}) ==
          Codes{"interference.product info Example Antivirus"});
    // One of the table, which says what has been reported of it.
    CHECK(list({{false, "Kaspersky Endpoint Security", "C:\\avp.exe", 0x41000}}) ==
          Codes{"interference.product info Kaspersky"});
    CHECK(findings_of(host).at(0).evidence.back().find("reported at https://") == 0);
    // And one whose service has named it already.
    host.give("services", std::vector<ServiceSummary>{Machine::service("EPSecurityService")});
    CHECK(list({{false, "Bitdefender Endpoint Security Tools Antimalware", "C:\\x.exe", 0x41000}}) ==
          Codes{"interference.product info Bitdefender Endpoint Security"});
}

TEST_CASE("the virus scanner of Windows is no product of others, under any of its names") {
    Machine host;
    const auto name = GENERATE(as<std::string>{}, "Windows Defender", "Microsoft Defender Antivirus",
                               "Antivirus Microsoft Defender", "Defender");
    host.give("security_products",
              std::vector<SecurityProduct>{
                  {false, name, R"(%ProgramFiles%\Windows Defender\MsMpeng.exe)", 0x61100},
                  {false, name == "Defender" ? "Windows Defender" : name, "windowsdefender://", 0x61100}});
    CHECK(codes_of(host).empty());
    host.give("security_products",
              std::vector<SecurityProduct>{{false, "BitDefender Antivirus", "C:\\x.exe", 0x41000}});
    CHECK(codes_of(host) == Codes{"interference.product info Bitdefender"});
}

TEST_CASE("what cannot be read is unknown") {
    Machine host;
    const Error denied{Errc::access_denied, 5, "x"};
    SECTION("services") {
        host.give("services", denied);
        CHECK(codes_of(host) == Codes{"interference.unknown unknown the services of other products"});
    }
    SECTION("providers of filters") {
        host.give("filter_providers", denied);
        CHECK(codes_of(host) == Codes{"interference.unknown unknown the providers of the Windows Filtering Platform"});
    }
    SECTION("filters of no provider") {
        host.give("filters " + std::string(no_filter_provider), denied);
        CHECK(codes_of(host) == Codes{"interference.unknown unknown the filters of no provider"});
    }
    SECTION("filters of a provider of another maker") {
        host.give("filter_providers", std::vector<FilterProvider>{{"{1}", "Example Filter", "ExampleSvc"}});
        host.give("filters {1}", denied);
        CHECK(codes_of(host) == Codes{"interference.filter_provider info Example Filter",
                                      "interference.unknown unknown the filters of the provider 'Example Filter'"});
    }
    SECTION("Security Center") {
        host.give("security_products", denied);
        CHECK(codes_of(host) == Codes{"interference.unknown unknown the products of Windows Security Center"});
    }
    SECTION("the state of a firewall and of a virus scanner of another maker") {
        host.give("security_products",
                  std::vector<SecurityProduct>{{true, "Example Firewall", "C:\\x.exe", denied},
                                               {false, "Example Antivirus", "C:\\y.exe", denied},
                                               {false, "Windows Defender", "windowsdefender://", denied}});
        CHECK(codes_of(host) == Codes{"interference.unknown unknown whether Example Firewall is switched on",
                                      "interference.unknown unknown whether Example Antivirus is switched on"});
    }
    SECTION("rules") {
        host.fail("registry_values HKLM\\" + local_rules.key, denied);
        CHECK(codes_of(host) == Codes{"interference.unknown unknown the IPsec rules of this host"});
    }
}
