// Is a member that cannot ask its domain, because Netlogon is disabled, told from one whose domain is away?
#include "tests/probes/access_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing::logons;
using testing::FakeHost;

namespace {

FakeHost without_netlogon() {
    FakeHost host = healthy();
    host.set_dword(keys::netlogon, "Start", 4);
    host.give("secure_channel EXAMPLE", SecureChannel{"", 1722});
    return host;
}

} // namespace

TEST_CASE("a disabled Netlogon keeps users of the domain out where NLA asks for them first") {
    FakeHost host = without_netlogon();
    CHECK(lines(host) ==
          Lines{"access.netlogon_disabled critical Netlogon", "access.domain_unreachable warning EXAMPLE"});
    SECTION("also where the channel cannot be asked") {
        host.give("secure_channel EXAMPLE", failed);
        CHECK(lines(host) ==
              Lines{"access.netlogon_disabled critical Netlogon", "access.unknown unknown secure channel"});
        CHECK(findings(host)[0].evidence ==
              std::vector<std::string>{R"(HKLM\SYSTEM\CurrentControlSet\Services\Netlogon: Start = 4)"});
    }
    SECTION("and a Netlogon that does not exist") {
        host.registry.erase(FakeHost::lower(keys::netlogon.key));
        CHECK(lines(host)[0] == "access.netlogon_disabled critical Netlogon");
        CHECK(findings(host)[0].text.find("does not exist") != std::string::npos);
    }
}

TEST_CASE("a disabled Netlogon is a warning while it still runs, and without NLA") {
    FakeHost host = without_netlogon();
    SECTION("it still runs") {
        host.give("secure_channel EXAMPLE", SecureChannel{R"(\\DC01.example.local)", 0});
        CHECK(lines(host) == Lines{"access.netlogon_disabled warning Netlogon"});
    }
    SECTION("NLA is off") {
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        CHECK(lines(host)[0] == "access.netlogon_disabled warning Netlogon");
    }
}

TEST_CASE("any other start type of Netlogon is none of the faults, and what cannot be read is unknown") {
    FakeHost host = healthy();
    host.set_dword(keys::netlogon, "Start", 3);
    CHECK(lines(host) == Lines{});
    host.fail("registry_value HKLM\\" + keys::netlogon.key + ": Start", failed);
    CHECK(lines(host) == Lines{"access.unknown unknown start type of Netlogon"});
}

TEST_CASE("outside a domain nobody asks for Netlogon") {
    FakeHost host = workgroup();
    host.set_dword(keys::netlogon, "Start", 4);
    CHECK(lines(host) == Lines{});
}
