// What does the name service of a member server say, whose name leads to it?
#include "tests/support/dns_world.hpp"

namespace rdpmedic::testing {

DnsWorld::DnsWorld() {
    adapter.id = "{11111111-2222-3333-4444-555555555555}";
    adapter.name = "Ethernet";
    adapter.type = 6;
    adapter.up = adapter.connected = adapter.hardware = adapter.registers_in_dns = true;
    adapter.addresses = {"10.0.0.10"};
    adapter.dns_servers = {"10.0.0.2"};
    give("adapters", std::vector<AdapterFacts>{adapter});
    give("host_names", HostNames{"HOST01", "host01", "example.local"});
    give("domain_membership", DomainMembership{true, "EXAMPLE"});
    give("secure_channel EXAMPLE", SecureChannel{R"(\\DC01.example.local)", 0});
    give(R"(file_text %SystemRoot%\System32\drivers\etc\hosts)", std::string());
    give("dns SRV _ldap._tcp.dc._msdcs.example.local from the servers",
         std::vector<std::string>{"dc01.example.local:389"});
    give("dns A " + dns_name, std::vector<std::string>{"10.0.0.10"});
    give("dns AAAA " + dns_name, no_such_name);
    know(std::vector<std::string>{"10.0.0.10"}, no_such_name);
}

DnsWorld::~DnsWorld() = default;

} // namespace rdpmedic::testing
