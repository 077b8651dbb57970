// Is it seen whom a right reaches on this host, local accounts and holders beside the two groups, and what keeps its
// clock?
#include "tests/probes/access_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::access;
using namespace rdpmedic::testing::logons;
using testing::FakeHost;

namespace {

constexpr const char* own_group = "S-1-5-21-1004336348-1177238915-682003330-1200";
constexpr const char* strangers = "S-1-5-21-111-222-333-513";
using Members = std::vector<GroupMember>;

} // namespace

TEST_CASE("outside a domain, denying local accounts keeps everybody out, and denying their administrators those") {
    const auto [right, code] = GENERATE(table<const char*, std::string>({
        {right_deny_remote, "access.right_denied"},
        {right_deny_network, "access.network_denied"},
    }));
    FakeHost host = workgroup();
    INFO(right);
    allow(host, right, {"S-1-5-32-546", "S-1-5-113"});
    CHECK(lines(host) == Lines{code + " critical S-1-5-113"});
    CHECK(findings(host)[0].text.find("nobody can log on over Remote Desktop") != std::string::npos);
    CHECK(findings(host)[0].evidence ==
          Lines{std::string(right) + " = S-1-5-32-546, Local account (S-1-5-113)",
                "member of the workgroup WORKGROUP, of no domain and not joined to Entra ID: every account is a local "
                "one"});
    allow(host, right, {"S-1-5-114"});
    CHECK(lines(host) == Lines{code + " warning S-1-5-114"});
    SECTION("a member of a domain has other accounts") {
        host.give("domain_membership", DomainMembership{true, "EXAMPLE"});
        CHECK(lines(host) == Lines{});
    }
    SECTION("so has a computer that is joined to Entra ID, as Intune's baseline expects") {
        host.set_text({entra_join.key + R"(\0123456789ABCDEF)"}, "TenantId", "1");
        CHECK(lines(host) == Lines{});
    }
    SECTION("one that has left Entra ID has not") {
        host.registry[FakeHost::lower(entra_join.key)];
        CHECK(lines(host) == Lines{code + " warning S-1-5-114"});
    }
    SECTION("where that cannot be read it is unknown, and nothing else") {
        host.fail("registry_subkeys HKLM\\" + entra_join.key, failed);
        allow(host, right, {"S-1-5-113", "S-1-5-114"});
        CHECK(lines(host) == Lines{"access.unknown unknown whether this computer is joined to Entra ID"});
    }
    SECTION("where the domain cannot be read, that is unknown") {
        host.give("domain_membership", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown membership of a domain"});
    }
}

TEST_CASE("whether a computer is joined to Entra ID is asked only where it counts") {
    FakeHost host = workgroup();
    host.fail("registry_subkeys HKLM\\" + entra_join.key, failed);
    SECTION("nobody is denied") {}
    SECTION("without NLA, the right to come from the network does not count") {
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        allow(host, right_deny_network, {"S-1-5-113"});
    }
    SECTION("in a domain") {
        host = healthy();
        host.fail("registry_subkeys HKLM\\" + entra_join.key, failed);
    }
    CHECK(lines(host) == Lines{});
    CHECK_FALSE(collect(host)->entra_joins.has_value());
}

TEST_CASE("users of a domain who are denied leave others, unless it is this host's own and local accounts are denied") {
    const auto [right, code] = GENERATE(table<const char*, std::string>({
        {right_deny_remote, "access.right_denied"},
        {right_deny_network, "access.network_denied"},
    }));
    FakeHost host = healthy();
    INFO(right);
    host.give("local_group S-1-5-32-544", Members{{domain_admins, R"(EXAMPLE\Domain Admins)"}});
    SECTION("another domain's") {
        allow(host, right, {"S-1-5-113", strangers});
        CHECK(lines(host) == Lines{code + " warning " + strangers});
        CHECK(findings(host)[0].text.find("no member of it can log on") != std::string::npos);
    }
    SECTION("its own, beside local accounts") {
        allow(host, right, {domain_users});
        CHECK(lines(host) == Lines{code + " warning " + domain_users});
        allow(host, right, {"S-1-5-113", domain_users});
        CHECK(lines(host) == Lines{code + " critical " + domain_users});
        CHECK(findings(host)[0].text.find("no user of the domain EXAMPLE can log on") != std::string::npos);
    }
    SECTION("its own, on a domain controller") {
        host.set_text(product, "ProductType", "LanmanNT");
        allow(host, right, {domain_users});
        CHECK(lines(host) == Lines{code + " critical " + domain_users});
    }
    SECTION("whose they are is not known") {
        host.give("local_group S-1-5-32-544", failed);
        allow(host, right, {domain_users});
        CHECK(lines(host) ==
              Lines{code + " warning " + domain_users, "access.unknown unknown members of Administrators"});
    }
    SECTION("in a workgroup the group is None, which every account of the machine is in") {
        host.give("domain_membership", DomainMembership{false, "WORKGROUP"});
        allow(host, right_deny_remote, {});
        allow(host, right_deny_network, {});
        allow(host, right, {domain_users});
        host.give("local_group S-1-5-32-544",
                  Members{{"S-1-5-21-1004336348-1177238915-682003330-500", R"(HOST01\Administrator)"}});
        CHECK(lines(host) == Lines{code + " critical " + domain_users});
        host.give("local_group S-1-5-32-544", Members{{"S-1-5-21-9-9-9-500", R"(HOST01\Administrator)"}});
        CHECK(lines(host) == Lines{code + " warning " + domain_users});
    }
}

TEST_CASE("a right that neither of the two groups holds is a warning that names who does") {
    FakeHost host = healthy();
    SECTION("one account, or a group of one's own") {
        const char* sid = GENERATE(alice, own_group);
        allow(host, right_remote, {sid});
        CHECK(lines(host) == Lines{"access.both_groups_left_out warning"});
        CHECK(findings(host)[0].text.find(std::string("only ") + sid) != std::string::npos);
        CHECK(findings(host)[0].evidence == Lines{std::string("SeRemoteInteractiveLogonRight = ") + sid});
    }
    SECTION("an account that was deleted, as its membership shows") {
        allow(host, right_remote, {alice});
        host.give("local_group S-1-5-32-555", Members{{alice, ""}});
        CHECK(lines(host) == Lines{"access.both_groups_left_out warning"});
        CHECK(findings(host)[0].evidence.back() == std::string(alice) + " has no name any more");
    }
    SECTION("on a domain controller it is an info") {
        host.set_text(product, "ProductType", "LanmanNT");
        allow(host, right_remote, {own_group});
        CHECK(lines(host) == Lines{"access.both_groups_left_out info"});
    }
    SECTION("not where one of the two has it and is denied, which has been said") {
        allow(host, right_remote, {administrators, own_group});
        allow(host, right_deny_remote, {administrators});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-544"});
    }
    SECTION("not where everybody has it") {
        const char* sid = GENERATE(everyone, authenticated_users, users, domain_users);
        host.give("local_group S-1-5-32-544", Members{{domain_admins, R"(EXAMPLE\Domain Admins)"}});
        allow(host, right_remote, {sid});
        CHECK(lines(host) == Lines{});
    }
    SECTION("the users of another domain are not everybody") {
        host.give("local_group S-1-5-32-544", Members{{domain_admins, R"(EXAMPLE\Domain Admins)"}});
        allow(host, right_remote, {strangers});
        CHECK(lines(host) == Lines{"access.both_groups_left_out warning"});
    }
    SECTION("whose users they are is unknown where Administrators cannot be read") {
        host.give("local_group S-1-5-32-544", failed);
        allow(host, right_remote, {strangers});
        CHECK(lines(host) == Lines{"access.unknown unknown members of Administrators"});
    }
    SECTION("outside a domain, local accounts are everybody") {
        host = workgroup();
        allow(host, right_remote, {"S-1-5-113"});
        CHECK(lines(host) == Lines{});
        host.give("domain_membership", DomainMembership{true, "EXAMPLE"});
        CHECK(lines(host) == Lines{"access.both_groups_left_out warning"});
    }
}

TEST_CASE("Remote Desktop Users and others beside it leave administrators out") {
    FakeHost host = healthy();
    allow(host, right_remote, {remote_desktop_users, own_group});
    host.give("local_group S-1-5-32-555", Members{{alice, R"(EXAMPLE\alice)"}});
    SECTION("which is an info while somebody is in the group") {
        CHECK(lines(host) == Lines{"access.administrators_left_out info S-1-5-32-544"});
        CHECK(findings(host)[0].text.find(std::string("Remote Desktop Users and ") + own_group) != std::string::npos);
    }
    SECTION("and a warning where nobody is: who the others are is not known") {
        host.give("local_group S-1-5-32-555", Members{});
        CHECK(lines(host) == Lines{"access.group_empty warning S-1-5-32-555"});
    }
    SECTION("and unknown where its members cannot be read") {
        host.give("local_group S-1-5-32-555", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Remote Desktop Users"});
    }
    SECTION("not where everybody is beside it") {
        allow(host, right_remote, {remote_desktop_users, authenticated_users});
        CHECK(lines(host) == Lines{});
    }
}

TEST_CASE("an account without a name is no holder beside Administrators") {
    FakeHost host = healthy();
    constexpr const char* deleted = "S-1-5-21-1004336348-1177238915-682003330-1999";
    allow(host, right_remote, {administrators, deleted});
    host.give("local_group S-1-5-32-555", Members{{alice, R"(EXAMPLE\alice)"}});
    host.give("local_group S-1-5-32-544", Members{{domain_admins, R"(EXAMPLE\Domain Admins)"}, {deleted, ""}});
    CHECK(lines(host) == Lines{"access.group_left_out warning S-1-5-32-555"});
    // Nothing tells that it was deleted: it may be a group with the same people.
    host.give("local_group S-1-5-32-544", Members{{domain_admins, R"(EXAMPLE\Domain Admins)"}});
    CHECK(lines(host) == Lines{});
}

TEST_CASE("a member of a domain whose Windows Time service is disabled has nothing that keeps its clock") {
    FakeHost host = healthy();
    SECTION("disabled") {
        host.set_dword(keys::time_service, "Start", 4);
        CHECK(lines(host) == Lines{"access.time_service_disabled warning W32Time"});
        CHECK(findings(host)[0].evidence == Lines{R"(HKLM\SYSTEM\CurrentControlSet\Services\W32Time: Start = 4)",
                                                  "SNTP DC01.example.local: offset -40 ms, round trip 2 ms"});
    }
    SECTION("a domain controller, whose clock the members take, is judged alike") {
        host.set_text(product, "ProductType", "LanmanNT");
        host.set_dword(keys::time_service, "Start", 4);
        CHECK(lines(host) == Lines{"access.time_service_disabled warning W32Time"});
    }
    SECTION("the service was removed") {
        host.registry.erase(FakeHost::lower(keys::time_service.key));
        CHECK(lines(host) == Lines{"access.time_service_disabled warning W32Time"});
    }
    SECTION("every other start type can be right") {
        host.set_dword(keys::time_service, "Start", GENERATE(0U, 1U, 2U, 3U));
        CHECK(lines(host) == Lines{});
    }
    SECTION("not read is unknown") {
        host.fail("registry_value HKLM\\" + keys::time_service.key + ": Start", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown start type of W32Time"});
    }
    SECTION("outside a domain it is not read") {
        host = workgroup();
        host.set_dword(keys::time_service, "Start", 4);
        CHECK(lines(host) == Lines{});
        CHECK_FALSE(collect(host)->time_service_start.has_value());
    }
}
