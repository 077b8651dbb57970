// Is a name that leads elsewhere found, and an ordinary host left alone?
#include "tests/probes/dns_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::dns;
using namespace rdpmedic::testing::names;

TEST_CASE("a member that is known under its name has no dns findings") {
    World host;
    CHECK(host.look() == Lines{});
    host.servers("PTR", "10.0.0.10", Lines{"HOST01.Example.local."});
    CHECK(host.look() == Lines{});
    host.servers("AAAA", own, no_such);
    host.give(hosts_read, Error{Errc::not_found, 2, "CreateFileW"}); // Windows does without
    CHECK(host.look() == Lines{});
}

TEST_CASE("the address of a tunnel is this host's own, as DirectAccess registers it") {
    World host;
    AdapterFacts tunnel;
    tunnel.name = "iphttpsinterface";
    tunnel.type = 131;
    tunnel.up = true;
    tunnel.addresses = {"fd00:1::5", "fe80::5%9"};
    host.give("dns AAAA " + own, Lines{"fd00:1::5"});
    host.servers("AAAA", own, Lines{"fd00:1::5"});
    const auto look = [&] {
        host.give("adapters", std::vector<AdapterFacts>{host.adapter, tunnel});
        Lines lines;
        for (const Finding& finding : probe({}).run(host, {}).value())
            lines.push_back(finding.code + " " + name_of(finding.severity));
        return lines;
    };
    CHECK(look() == Lines{});
    host.servers("A", own, no_such);
    host.give("dns A " + own, no_such);
    CHECK(look() == Lines{});
    tunnel.up = false;
    CHECK(look() == Lines{"dns.wrong_address critical"});
    tunnel.up = true;
    tunnel.type = 24; // loopback leads nobody here
    CHECK(look() == Lines{"dns.wrong_address critical"});
}

TEST_CASE("a host in a workgroup needs no name service") {
    World host;
    host.workgroup();
    SECTION("no name, no servers") { host.adapter.dns_servers = {}; }
    SECTION("servers that know nothing") {
        host.adapter.dns_suffix = "lan";
        host.servers("A", "host01.lan", no_such);
        host.servers("AAAA", "host01.lan", no_such);
    }
    SECTION("a suffix that nobody knows") {
        host.workgroup("example.local");
        host.servers("A", own, no_such);
        host.servers("AAAA", own, no_such);
    }
    SECTION("a router that does not answer for the suffix that it gave") {
        host.adapter.dns_suffix = "lan";
        host.servers("A", "host01.lan", GENERATE(silence, failed));
    }
    SECTION("another name at its address") {
        host.workgroup("example.local");
        host.servers("PTR", "10.0.0.10", Lines{"other.example.local"});
    }
    CHECK(host.look() == Lines{});
}

TEST_CASE("what the servers say of the own name is compared with the own addresses") {
    struct Row {
        const char* what;
        Lines a, aaaa, expected;
    };
    const Lines wrong{"dns.wrong_address critical " + own}, stale{"dns.stale_address warning " + own};
    const auto row = GENERATE_COPY(
        Row{"own", {"10.0.0.10"}, {}, {}}, Row{"own, written otherwise", {"10.0.0.10"}, {"FD00:0:0::10"}, {}},
        Row{"another", {"10.0.0.11"}, {}, wrong}, Row{"another of IPv6", {"10.0.0.10"}, {"fd00::11"}, stale},
        Row{"own and another", {"10.0.0.11", "10.0.0.10"}, {}, stale},
        Row{"two others", {"10.0.0.11", "10.0.0.12"}, {}, wrong}, Row{"loopback", {"127.0.0.1"}, {}, wrong},
        Row{"a public one before a private host", {"198.51.100.7"}, {}, {}},
        Row{"a public one beside the own", {"198.51.100.7", "10.0.0.10"}, {}, stale});
    INFO(row.what);
    World host;
    host.servers("A", own, row.a);
    if (row.aaaa.empty())
        host.servers("AAAA", own, no_such);
    else
        host.servers("AAAA", own, row.aaaa);
    CHECK(host.look() == row.expected);
}

TEST_CASE("a host with a public address of its own has nothing that translates") {
    World host;
    host.adapter.addresses = {"203.0.113.5"};
    host.servers("A", own, Lines{"198.51.100.7"});
    host.servers("AAAA", own, no_such);
    host.servers("PTR", "203.0.113.5", no_such);
    host.give("dns A " + own, Lines{"203.0.113.5"});
    CHECK(host.look() == Lines{"dns.wrong_address critical " + own});
    host.workgroup("example.local");
    CHECK(host.look() == Lines{"dns.wrong_address warning " + own});
    host.servers("A", own, Lines{"198.51.100.7", "203.0.113.5"});
    CHECK(host.look() == Lines{}); // a router's memory of yesterday's address
}

TEST_CASE("a member whose name the servers do not know is told why as far as it shows") {
    World host;
    host.servers("A", own, no_such);
    host.servers("AAAA", own, no_such);
    const RegistryPath policy{R"(SOFTWARE\Policies\Microsoft\Windows NT\DNSClient)"};
    SECTION("registers") { CHECK(host.look() == Lines{"dns.own_name_not_found warning " + own}); }
    SECTION("does not register") {
        host.adapter.registers_in_dns = false;
        CHECK(host.look() == Lines{"dns.registration_off warning " + own});
    }
    SECTION("may not register") {
        host.set_dword(policy, "RegistrationEnabled", 0);
        CHECK(host.look() == Lines{"dns.registration_off warning " + own});
        CHECK(host.findings()[0].policy == label(policy, "RegistrationEnabled"));
    }
    SECTION("must register") {
        host.set_dword(policy, "RegistrationEnabled", 1);
        CHECK(host.look() == Lines{"dns.own_name_not_found warning " + own});
    }
    SECTION("has another suffix than its domain") {
        host.give("host_names", HostNames{"HOST01", "host01", "old.example"});
        host.servers("A", "host01.old.example", no_such);
        host.servers("AAAA", "host01.old.example", no_such);
        host.give("dns A host01.old.example", Lines{"10.0.0.10"});
        CHECK(host.look() == Lines{"dns.suffix_differs warning host01.old.example"});
    }
    SECTION("has no suffix") {
        host.give("host_names", HostNames{"HOST01", "host01", ""});
        CHECK(host.look() == Lines{"dns.suffix_differs warning " + own});
    }
}

TEST_CASE("a suffix of its own is no fault where the servers know the name") {
    World host;
    host.give("host_names", HostNames{"HOST01", "host01", "other.example"});
    host.servers("A", "host01.other.example", Lines{"10.0.0.10"});
    host.servers("AAAA", "host01.other.example", no_such);
    host.give("dns A host01.other.example", Lines{"10.0.0.10"});
    CHECK(host.look() == Lines{});
}

TEST_CASE("a hosts file is believed by Windows before any server") {
    struct Row {
        const char* what;
        std::string text;
        Lines expected;
    };
    const auto row = GENERATE(
        Row{"the own name to itself", "10.0.0.10 HOST01 host01.example.local\n127.0.0.1 host01\n::1 host01", {}},
        Row{"the own name elsewhere",
            "10.0.0.11 HOST01.example.local",
            {"dns.hosts_file warning host01.example.local"}},
        Row{"the short name elsewhere", "10.0.0.11 Host01", {"dns.hosts_file warning host01"}},
        Row{"the own name nowhere", "0.0.0.0 host01", {"dns.hosts_file warning host01"}},
        Row{"in a comment", "# 10.0.0.11 host01", {}}, Row{"somebody else", "10.0.0.11 host02.example.local", {}},
        Row{"the controller as it is", "10.0.0.3 dc01.example.local", {}},
        Row{"the controller elsewhere", "10.0.0.4 DC01.example.local", {"dns.hosts_file warning dc01.example.local"}},
        Row{"the domain as it is", "10.0.0.3 example.local", {}},
        Row{"the domain elsewhere", "10.0.0.4 example.local", {"dns.hosts_file warning example.local"}});
    INFO(row.what);
    World host;
    host.servers("A", "dc01.example.local", Lines{"10.0.0.3"});
    host.servers("A", "example.local", Lines{"10.0.0.5", "10.0.0.3"});
    host.give(hosts_read, row.text);
    CHECK(host.look() == row.expected);
    if (!row.expected.empty())
        CHECK_THAT(host.findings()[0].evidence.at(0),
                   Catch::StartsWith(R"(%SystemRoot%\System32\drivers\etc\hosts, line 1: )"));
}

TEST_CASE("what the hosts file says of a controller that the servers do not know is unknown") {
    World host;
    host.give(hosts_read, std::string("10.0.0.4 dc01.example.local"));
    host.servers("A", "dc01.example.local", no_such);
    CHECK(host.look() == Lines{"dns.unknown unknown whether the hosts file is right about dc01.example.local"});
}

TEST_CASE("what this host gets for its own name counts where nothing else explains it") {
    World host;
    host.give("dns A " + own, Lines{"10.0.0.99"});
    SECTION("a resolution policy") { CHECK(host.look() == Lines{"dns.resolver_differs warning " + own}); }
    SECTION("the hosts file") {
        host.give(hosts_read, "10.0.0.99 " + own);
        CHECK(host.look() == Lines{"dns.hosts_file warning " + own});
    }
    SECTION("the servers say the same") {
        host.servers("A", own, Lines{"10.0.0.99"});
        host.servers("AAAA", own, no_such);
        CHECK(host.look() == Lines{"dns.wrong_address critical " + own});
    }
    SECTION("loopback") {
        host.give("dns A " + own, Lines{"127.0.0.1"});
        CHECK(host.look() == Lines{});
    }
}

TEST_CASE("an address that has the name of another host of the domain is a note") {
    World host;
    const auto [names, found] = GENERATE(table<Lines, bool>({{{"host02.example.local"}, true},
                                                             {{"host02.example.local", "HOST01.example.local."}, false},
                                                             {{"ip-10-0-0-10.provider.example"}, false}}));
    host.servers("PTR", "10.0.0.10", names);
    CHECK(host.look() == (found ? Lines{"dns.reverse_differs info 10.0.0.10"} : Lines{}));
    host.servers("PTR", "10.0.0.10", failed);
    CHECK(host.look() == Lines{});
}

TEST_CASE("what cannot be read about the name is unknown, neither good nor bad") {
    World host;
    const Error denied{Errc::access_denied, 5, "the call"};
    SECTION("names") {
        host.give("host_names", denied);
        CHECK(host.look() == Lines{"dns.unknown unknown the name of this host"});
    }
    SECTION("adapters") {
        host.give("adapters", denied);
        const auto found = probe({}).run(host, {}).value();
        REQUIRE(found.size() == 1);
        CHECK(found[0].subject == "the network adapters");
    }
    SECTION("domain") {
        host.give("domain_membership", denied);
        CHECK(host.look() == Lines{"dns.unknown unknown whether this host is in a domain"});
    }
    SECTION("hosts file") {
        host.give(hosts_read, Error{Errc::malformed, 0, "larger than 1 MB"});
        CHECK(host.look() == Lines{"dns.unknown unknown the hosts file"});
    }
}
