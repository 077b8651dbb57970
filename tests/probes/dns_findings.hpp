// What does the probe dns find on a member server of example.local, in one line a finding?
#pragma once

#include "probes/dns.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::names {

using Lines = std::vector<std::string>;

inline const std::string own = "host01.example.local", locator = "_ldap._tcp.dc._msdcs.example.local";
inline const Error no_such{Errc::not_found, 9003, "DnsQuery_W"}, silence{Errc::timed_out, 1460, "DnsQuery_W"},
    failed{Errc::io, 9002, "DnsQuery_W"};
inline constexpr const char* hosts_read = R"(file_text %SystemRoot%\System32\drivers\etc\hosts)";

inline AdapterFacts ethernet() {
    AdapterFacts adapter;
    adapter.name = "Ethernet";
    adapter.type = 6;
    adapter.up = adapter.connected = adapter.hardware = adapter.registers_in_dns = true;
    adapter.addresses = {"10.0.0.10", "fe80::1%4", "fd00::10"};
    adapter.gateways = {"10.0.0.1"};
    adapter.dns_servers = {"10.0.0.2"};
    return adapter;
}

// A member server of example.local that is known under its name.
struct World : FakeHost {
    AdapterFacts adapter = ethernet();

    World() {
        give("host_names", HostNames{"HOST01", "host01", "example.local"});
        give("domain_membership", DomainMembership{true, "EXAMPLE"});
        give("secure_channel EXAMPLE", SecureChannel{R"(\\DC01.example.local)", 0});
        give(hosts_read, std::string("# nothing\r\n"));
        servers("A", own, Lines{"10.0.0.10"});
        servers("AAAA", own, Lines{"fd00::10"});
        servers("PTR", "10.0.0.10", no_such);
        servers("SRV", locator, Lines{"DC01.example.local:389"});
        give("dns A " + own, Lines{"10.0.0.10"});
        give("dns AAAA " + own, no_such);
    }

    template <class T>
    void servers(const std::string& type, const std::string& name, T answer) {
        give("dns " + type + " " + name + " from the servers", answer);
    }
    void workgroup(const std::string& domain = {}) {
        give("domain_membership", DomainMembership{false, "WORKGROUP"});
        give("host_names", HostNames{"HOST01", "host01", domain});
    }
    std::vector<Finding> findings() {
        give("adapters", std::vector<AdapterFacts>{adapter});
        return dns::probe({}).run(*this, {}).value();
    }
    Lines look() {
        Lines lines;
        for (const Finding& finding : findings())
            lines.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
        return lines;
    }
};

} // namespace rdpmedic::testing::names
