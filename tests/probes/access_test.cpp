// Is "nobody can log on" said where it is so, and nowhere else?
#include "tests/probes/access_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::access;
using namespace rdpmedic::testing::logons;
using std::chrono::milliseconds;
using testing::FakeHost;

TEST_CASE("a host that somebody may log on to has no finding") {
    FakeHost host = healthy();
    SECTION("as Windows sets up a member server") {}
    SECTION("a domain controller gives the right to administrators alone, and has no channel to its own domain") {
        host.set_text(product, "ProductType", "LanmanNT");
        allow(host, right_remote, {administrators});
        allow(host, right_network, {administrators, authenticated_users, "S-1-5-9"});
        host.give("secure_channel EXAMPLE", failed);
    }
    SECTION("a workgroup has no domain controller") {
        host = workgroup();
        host.give("secure_channel EXAMPLE", failed);
    }
    SECTION("only administrators may, and nobody is in Remote Desktop Users") {
        allow(host, right_remote, {administrators});
    }
    SECTION("only administrators may, and who is in Remote Desktop Users is one of them") {
        allow(host, right_remote, {administrators});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
        host.give("local_group S-1-5-32-544", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
    }
    SECTION("only administrators may, and who is in Remote Desktop Users is no account any more") {
        allow(host, right_remote, {administrators});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, ""}});
        host.give("local_group S-1-5-32-544", std::vector<GroupMember>{});
    }
    SECTION("a group in particular may, and who is in Remote Desktop Users may be in it") {
        allow(host, right_remote, {administrators, domain_admins});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
        host.give("local_group S-1-5-32-544", std::vector<GroupMember>{});
    }
    SECTION("nobody is denied") { allow(host, right_deny_remote, {}); }
    SECTION("local accounts are denied, as hardening guides demand") {
        allow(host, right_deny_remote, {"S-1-5-113", "S-1-5-114", "S-1-5-32-546", domain_admins});
        allow(host, right_deny_network, {"S-1-5-113", "S-1-5-114"});
    }
    SECTION("the group Remote Desktop Users has the network right as client baselines give it") {
        allow(host, right_network, {administrators, remote_desktop_users});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
    }
    SECTION("who is in the group has the network right himself") {
        allow(host, right_network, {administrators, alice});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
    }
    SECTION("without NLA the network rights do not count, not even unreadable ones") {
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        allow(host, right_network, {});
        host.give(std::string("accounts_with_right ") + right_deny_network, failed);
    }
    SECTION("a clock at the limit") {
        host.give("clock_offset DC01.example.local", ClockOffset{"DC01.example.local", milliseconds{60'000}, {}, 3});
    }
    CHECK(lines(host).empty());
}

TEST_CASE("where Remote Desktop is switched off, nobody has to be able to log on") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(lines(host).empty());
    host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 0); // the policy counts, and nothing was read
    CHECK_FALSE(lines(host).empty());
}

TEST_CASE("a right that keeps users out is reported with who has it") {
    FakeHost host = healthy();
    SECTION("nobody has the right") {
        allow(host, right_remote, {});
        CHECK(lines(host) == Lines{"access.nobody_may_logon critical"});
        CHECK(findings(host)[0].evidence[0] == "SeRemoteInteractiveLogonRight = nobody");
    }
    SECTION("who has the right is denied it") {
        allow(host, right_remote, {alice});
        allow(host, right_deny_remote, {alice});
        CHECK(lines(host) == Lines{"access.nobody_may_logon critical"});
    }
    SECTION("administrators alone, and they are denied") {
        allow(host, right_remote, {administrators});
        allow(host, right_deny_remote, {administrators});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-544", "access.nobody_may_logon critical"});
    }
    SECTION("only an empty group") {
        allow(host, right_remote, {remote_desktop_users});
        CHECK(lines(host) == Lines{"access.group_empty critical S-1-5-32-555"});
    }
    SECTION("the group that is left when administrators are denied is empty") {
        allow(host, right_deny_remote, {administrators});
        CHECK(lines(host) ==
              Lines{"access.right_denied warning S-1-5-32-544", "access.group_empty critical S-1-5-32-555"});
    }
    SECTION("everybody is denied, by any of the groups that everybody is in") {
        const char* sid = GENERATE(everyone, authenticated_users, users);
        allow(host, right_deny_remote, {"S-1-5-113", sid});
        CHECK(lines(host) == Lines{std::string("access.right_denied critical ") + sid});
    }
    SECTION("one of the two groups is denied") {
        allow(host, right_deny_remote, {remote_desktop_users});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-555"});
    }
    SECTION("nobody may come from the network, and NLA is on") {
        allow(host, right_network, {});
        CHECK(lines(host) == Lines{"access.network_nobody_allowed critical"});
    }
    SECTION("Remote Desktop Users may not come from the network") {
        allow(host, right_network, {administrators});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
        CHECK(lines(host) == Lines{"access.network_right_missing warning S-1-5-32-555"});
        CHECK(findings(host)[0].evidence[1].find(R"(EXAMPLE\alice)") != std::string::npos);
    }
    SECTION("everybody is denied to come from the network") {
        allow(host, right_deny_network, {everyone});
        CHECK(lines(host) == Lines{"access.network_denied critical S-1-1-0"});
    }
}

TEST_CASE("who is in the one of the two groups that lacks the right is left out") {
    FakeHost host = healthy();
    host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}, {"S-1-5-21-9", ""}});
    host.give("local_group S-1-5-32-544", std::vector<GroupMember>{{domain_admins, R"(EXAMPLE\Domain Admins)"}});
    SECTION("Remote Desktop Users, where somebody is in it") {
        allow(host, right_remote, {administrators});
        CHECK(lines(host) == Lines{"access.group_left_out warning S-1-5-32-555"});
        CHECK(findings(host)[0].evidence[1] == R"(members of Remote Desktop Users (S-1-5-32-555): EXAMPLE\alice)");
    }
    SECTION("the same where everybody else who has the right is denied it") {
        allow(host, right_remote, {administrators, "S-1-5-113"});
        CHECK(lines(host) == Lines{"access.group_left_out warning S-1-5-32-555"});
    }
    SECTION("on a domain controller it is how Windows sets it up, and a note") {
        host.set_text(product, "ProductType", "LanmanNT");
        allow(host, right_remote, {administrators});
        CHECK(lines(host) == Lines{"access.group_left_out info S-1-5-32-555"});
    }
    SECTION("administrators are a note") {
        allow(host, right_remote, {remote_desktop_users});
        CHECK(lines(host) == Lines{"access.administrators_left_out info S-1-5-32-544"});
    }
    SECTION("that a group is denied the right is said once") {
        allow(host, right_deny_remote, {remote_desktop_users});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-555"});
        allow(host, right_deny_remote, {administrators});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-544"});
    }
}

TEST_CASE("what could not be read is unknown, never nobody and never healthy") {
    FakeHost host = healthy();
    SECTION("the rights") {
        for (const char* right : {right_remote, right_deny_remote, right_network, right_deny_network})
            host.give(std::string("accounts_with_right ") + right, failed);
        CHECK(lines(host) == Lines{"access.unknown unknown SeRemoteInteractiveLogonRight",
                                   "access.unknown unknown SeDenyRemoteInteractiveLogonRight",
                                   "access.unknown unknown SeNetworkLogonRight",
                                   "access.unknown unknown SeDenyNetworkLogonRight"});
    }
    SECTION("whether NLA is on, where it matters") {
        allow(host, right_network, {});
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": UserAuthentication", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown UserAuthentication"});
    }
    SECTION("whether NLA is on, where it does not matter") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": UserAuthentication", failed);
        CHECK(lines(host).empty());
    }
    SECTION("the members, where they decide") {
        allow(host, right_remote, {remote_desktop_users});
        host.give("local_group S-1-5-32-555", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Remote Desktop Users"});
    }
    SECTION("the members, where administrators alone have the right") {
        allow(host, right_remote, {administrators});
        host.give("local_group S-1-5-32-555", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Remote Desktop Users"});
    }
    SECTION("the administrators, where they decide") {
        allow(host, right_remote, {administrators});
        host.give("local_group S-1-5-32-555", std::vector<GroupMember>{{alice, R"(EXAMPLE\alice)"}});
        host.give("local_group S-1-5-32-544", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Administrators"});
    }
    SECTION("the members, where they do not") {
        host.give("local_group S-1-5-32-555", failed);
        CHECK(lines(host).empty());
    }
    SECTION("the domain") {
        host.give("domain_membership", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown membership of a domain"});
    }
    SECTION("the channel") {
        host.give("secure_channel EXAMPLE", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown secure channel"});
    }
    SECTION("the clock of the domain controller") {
        host.give("clock_offset DC01.example.local", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown clock of the domain controller"});
    }
}

TEST_CASE("a domain that no longer knows this computer is told from one that is out of reach") {
    FakeHost host = healthy();
    host.give("clock_offset DC01.example.local", failed); // not asked while the channel is down
    const auto [status, line] = GENERATE(table<std::uint32_t, const char*>({
        {5, "access.secure_channel_broken critical EXAMPLE"},
        {1786, "access.secure_channel_broken critical EXAMPLE"},
        {1787, "access.secure_channel_broken critical EXAMPLE"},
        {1788, "access.secure_channel_broken critical EXAMPLE"},
        {1789, "access.secure_channel_broken critical EXAMPLE"},
        {1790, "access.secure_channel_broken critical EXAMPLE"},
        {1311, "access.domain_unreachable warning EXAMPLE"},
        {1355, "access.domain_unreachable warning EXAMPLE"},
        {1722, "access.domain_unreachable warning EXAMPLE"},
        {4711, "access.domain_unreachable warning EXAMPLE"},
    }));
    host.give("secure_channel EXAMPLE", SecureChannel{"", status});
    CHECK(lines(host) == Lines{line});
    CHECK(findings(host)[0].evidence[0].find("error " + std::to_string(status)) != std::string::npos);
}

TEST_CASE("a clock that Kerberos minds is a warning before it is a failure, in both directions") {
    FakeHost host = healthy();
    const auto [offset, line, word] = GENERATE(table<int, const char*, const char*>({
        {60'001, "access.clock_offset warning DC01.example.local", "60 s behind"},
        {-300'000, "access.clock_offset warning DC01.example.local", "300 s ahead of"},
        {300'001, "access.clock_offset critical DC01.example.local", "300 s behind"},
        {-86'400'000, "access.clock_offset critical DC01.example.local", "86400 s ahead of"},
    }));
    host.give("clock_offset DC01.example.local", ClockOffset{"DC01.example.local", milliseconds{offset}, {}, 3});
    CHECK(lines(host) == Lines{line});
    CHECK(findings(host)[0].text.find(word) != std::string::npos);
}

TEST_CASE("everybody is meant by three groups and by no account that looks like one of them") {
    const auto [sid, reach] = GENERATE(table<const char*, Reach>({
        {"S-1-1-0", Reach::everybody},
        {"S-1-5-11", Reach::everybody},
        {"S-1-5-32-545", Reach::everybody},
        {"S-1-5-21-1-2-3-513", Reach::one_group},
        {"S-1-5-32-544", Reach::one_group},
        {"S-1-5-32-555", Reach::one_group},
        {"S-1-5-21-1-2-3-1513", Reach::some},
        {"S-1-5-21-1-2-3-512", Reach::some},
        {"S-1-5-21-513", Reach::some},
        {"S-1-5-32-513", Reach::some},
        {"S-1-12-1-1-2-3-513", Reach::some},
        {"", Reach::some},
    }));
    INFO(sid);
    CHECK(reach_of(sid) == reach);
}
