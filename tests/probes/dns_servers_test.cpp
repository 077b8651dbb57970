// Are DNS servers that cannot serve the host told from those that have not answered, and who set them?
#include "tests/probes/dns_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::dns;
using namespace rdpmedic::testing::names;

namespace {

// Counts what it is asked, and answers nothing of it in time.
struct SilentHost : World {
    mutable int asked = 0;
    Result<std::vector<std::string>> dns(const DnsQuestion&) const override {
        ++asked;
        return silence;
    }
};

// Counts how often it is asked who set the servers.
struct SettingsCounter : World {
    mutable int asked = 0;
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        asked += name == "NameServer" ? 1 : 0;
        return World::registry_value(key, name);
    }
};

} // namespace

TEST_CASE("a member needs servers that know its domain") {
    World host;
    SECTION("none") {
        host.adapter.dns_servers = {};
        CHECK(host.look() == Lines{"dns.no_servers critical "});
    }
    SECTION("only what Windows fills in") {
        host.adapter.dns_servers = {"fec0:0:0:ffff::1%1", "fec0:0:0:ffff::2%1", "fec0:0:0:ffff::3%1"};
        CHECK(host.look() == Lines{"dns.no_servers critical "});
    }
    SECTION("strangers") {
        host.servers("SRV", locator, no_such);
        CHECK(host.look() == Lines{"dns.domain_not_found critical example.local"});
    }
    SECTION("strangers, and the domain's name is only the suffix") {
        host.servers("SRV", locator, no_such);
        host.give("secure_channel EXAMPLE", Error{Errc::io, 1722, "I_NetLogonControl2"});
        CHECK(host.look() == Lines{"dns.domain_not_found warning example.local"});
        host.give("secure_channel EXAMPLE", SecureChannel{R"(\\DC01)", 0}); // a NetBIOS name has no domain
        CHECK(host.look() == Lines{"dns.domain_not_found warning example.local"});
    }
    SECTION("servers that fail have not said that there is none") {
        host.servers("SRV", locator, failed);
        CHECK(host.look() == Lines{"dns.unknown unknown the domain controllers of example.local"});
    }
}

TEST_CASE("a finding that doubts the servers says who set them") {
    struct Row {
        const char* what;
        bool dhcp;
        std::optional<std::string> by_hand, by_dhcp;
        Lines expected;
    };
    const auto row = GENERATE(
        Row{"another",
            true,
            "10.0.0.2",
            "10.0.0.3 10.0.0.4",
            {"Ethernet: set by hand: 10.0.0.2; DHCP offers 10.0.0.3, 10.0.0.4"}},
        Row{"beside what DHCP offers",
            true,
            "10.0.0.3,10.0.0.9",
            "10.0.0.3",
            {"Ethernet: set by hand: 10.0.0.3, 10.0.0.9; DHCP offers 10.0.0.3"}},
        Row{"where DHCP offers none",
            true,
            "10.0.0.2",
            std::nullopt,
            {"Ethernet: set by hand: 10.0.0.2; DHCP offers none"}},
        Row{"the same in another order", true, "10.0.0.4,10.0.0.3", "10.0.0.3 10.0.0.4", {}},
        Row{"not set", true, std::nullopt, "10.0.0.3", {}}, Row{"set to nothing", true, "", "10.0.0.3", {}},
        Row{"without DHCP", false, "10.0.0.2", "10.0.0.3", {"Ethernet: set by hand: 10.0.0.2; it does not use DHCP"}});
    INFO(row.what);
    World host;
    host.adapter.id = "{11111111-2222-3333-4444-555555555555}";
    host.adapter.dhcp = row.dhcp;
    const RegistryPath key{R"(SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\)" + host.adapter.id};
    if (row.by_hand)
        host.set_text(key, "NameServer", *row.by_hand);
    if (row.by_dhcp)
        host.set_text(key, "DhcpNameServer", *row.by_dhcp);
    std::string code;
    SECTION("none") {
        host.adapter.dns_servers = {};
        code = "dns.no_servers";
    }
    SECTION("silent") {
        host.servers("SRV", locator, silence);
        host.servers("A", own, silence);
        code = "dns.server_silent";
    }
    SECTION("strangers") {
        host.servers("SRV", locator, no_such);
        code = "dns.domain_not_found";
    }
    SECTION("they do not know the name") {
        host.servers("A", own, no_such);
        host.servers("AAAA", own, no_such);
        code = "dns.own_name_not_found";
    }
    const auto found = host.findings();
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == code);
    Lines said;
    for (const std::string& line : found[0].evidence)
        if (line.rfind("Ethernet: ", 0) == 0)
            said.push_back(line);
    CHECK(said == row.expected);
}

TEST_CASE("servers whose setting cannot be read are said to be so") {
    World host;
    host.servers("SRV", locator, no_such);
    host.fail(R"(registry_value HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\: NameServer)",
              Error{Errc::access_denied, 5, "RegOpenKeyExW"});
    CHECK(host.look() == Lines{"dns.domain_not_found critical example.local"});
    CHECK_THAT(host.findings().at(0).evidence.back(),
               Catch::StartsWith("Ethernet: the servers that were set by hand could not be read"));
}

TEST_CASE("who set the servers is asked only where a finding doubts them") {
    SettingsCounter host;
    CHECK(host.look() == Lines{});
    host.servers("A", own, Lines{"10.0.0.99"});
    host.servers("AAAA", own, no_such);
    CHECK(host.look() == Lines{"dns.wrong_address critical " + own});
    CHECK(host.asked == 0);
    host.servers("A", own, no_such);
    CHECK(host.look() == Lines{"dns.own_name_not_found warning " + own});
    CHECK(host.asked == 1);
}

TEST_CASE("servers of somebody else cannot be told the own name, so nothing is to be repaired") {
    World host;
    host.servers("A", own, no_such);
    host.servers("AAAA", own, no_such);
    REQUIRE(host.look() == Lines{"dns.own_name_not_found warning " + own});
    CHECK(host.findings()[0].repair == "dns");
    host.servers("SRV", locator, no_such);
    REQUIRE(host.look() == Lines{"dns.domain_not_found critical example.local", "dns.own_name_not_found info " + own});
    CHECK(host.findings()[1].repair.empty());
    host.servers("SRV", locator, failed); // they have not said so
    CHECK(host.findings()[1].repair == "dns");
}

TEST_CASE("a question without an answer is unknown on a member, also about its address and to its own resolver") {
    World host;
    SECTION("the address") {
        host.servers("PTR", "10.0.0.10", silence);
        CHECK(host.look() == Lines{"dns.unknown unknown the name that the DNS servers give for 10.0.0.10"});
    }
    SECTION("its own resolver") {
        host.give("dns A " + own, failed);
        CHECK(host.look() == Lines{"dns.unknown unknown what this host itself gets for " + own});
        host.give("dns AAAA " + own, Lines{"fd00::10"}); // an answer is an answer
        CHECK(host.look() == Lines{});
    }
    SECTION("said once where the servers do not answer for the name either") {
        host.servers("A", own, failed);
        host.servers("PTR", "10.0.0.10", silence);
        host.give("dns A " + own, failed);
        CHECK(host.look() == Lines{"dns.unknown unknown what the DNS servers say of " + own});
    }
    SECTION("of no interest in a workgroup") {
        host.workgroup("example.local");
        host.give("dns A " + own, failed);
        CHECK(host.look() == Lines{});
    }
}

TEST_CASE("an answer that does not come is not an answer") {
    World host;
    SECTION("about the own name") {
        host.servers("A", own, silence);
        CHECK(host.look() == Lines{"dns.unknown unknown what the DNS servers say of " + own});
    }
    SECTION("about half of it") {
        host.servers("A", own, no_such);
        host.servers("AAAA", own, failed);
        CHECK(host.look() == Lines{"dns.unknown unknown what the DNS servers say of " + own});
    }
    SECTION("about the domain") {
        host.servers("SRV", locator, silence);
        CHECK(host.look() == Lines{"dns.unknown unknown the domain controllers of example.local"});
    }
    SECTION("about both, to a member") {
        host.servers("SRV", locator, silence);
        host.servers("A", own, silence);
        CHECK(host.look() == Lines{"dns.server_silent warning "});
    }
    SECTION("to a workgroup host") {
        host.workgroup("example.local");
        host.servers("A", own, silence);
        CHECK(host.look() == Lines{"dns.unknown unknown what the DNS servers say of " + own});
    }
}

TEST_CASE("after two questions without an answer no more are asked") {
    SilentHost host;
    host.give(hosts_read, std::string("10.0.0.3 dc01.example.local\n"));
    CHECK(host.look() == Lines{"dns.server_silent warning ",
                               "dns.unknown unknown whether the hosts file is right about dc01.example.local"});
    CHECK(host.asked == 2);
}
