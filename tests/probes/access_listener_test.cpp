// Is the list of the listener judged by whom it lets log on, whether Windows or somebody else made it?
#include "tests/probes/access_findings.hpp"
#include "tests/support/reg_file.hpp"

using namespace rdpmedic;
using namespace rdpmedic::access;
using testing::FakeHost;
using testing::logons::administrators;
using testing::logons::alice;
using testing::logons::failed;
using testing::logons::findings;
using testing::logons::Lines;

namespace {

using Members = std::vector<GroupMember>;

constexpr const char* bob = "S-1-5-21-1004336348-1177238915-682003330-1106";

// https://learn.microsoft.com/windows/win32/termserv/win32-tspermissionssetting-restoredefaults
const std::string services = "(A;;0xf03bf;;;SY)(A;;0x81;;;LS)(A;;0x81;;;NS)";
const std::string of_windows = "O:SYG:SYD:" + services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)";

Bytes bytes_of(const std::string& sddl) { return to_bytes(parse_sddl(sddl).value()).value(); }

void set_list(FakeHost& host, const RegistryPath& key, const char* name, const std::string& sddl) {
    host.set(key, name, {3, bytes_of(sddl)});
}

// A server with the list of Windows, both groups with the right, and alice in Remote Desktop Users.
FakeHost healthy() {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
    host.set_text(keys::product_options, "ProductType", "ServerNT");
    set_list(host, keys::win_stations, "DefaultSecurity", of_windows);
    host.give(std::string("accounts_with_right ") + right_remote, Accounts{administrators, remote_desktop_users});
    for (const char* right : {right_deny_remote, right_network, right_deny_network})
        host.give(std::string("accounts_with_right ") + right, Accounts{});
    host.give("local_group S-1-5-32-555", Members{{alice, R"(EXAMPLE\alice)"}});
    host.give("local_group S-1-5-32-544", Members{});
    host.give("domain_membership", DomainMembership{false, "WORKGROUP"});
    return host;
}

FakeHost with_list(const std::string& entries) {
    FakeHost host = healthy();
    set_list(host, keys::rdp_tcp, "Security", "O:SYG:SYD:" + entries);
    return host;
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    return result;
}

} // namespace

TEST_CASE("a list that lets in who has the right is no finding") {
    const std::string own = GENERATE(
        // What Windows restores; a group of one's own beside it; single accounts; everybody; no list at all.
        services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
        services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)(A;;0x20;;;S-1-5-21-1-2-3-1200)",
        services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;" + std::string(alice) + ")", services + "(A;;0x20;;;WD)",
        services + "(A;;0x20;;;IU)", services + "(A;;0x20;;;S-1-5-14)", services + "(A;;GA;;;BA)(A;;GA;;;RD)",
        "NO_ACCESS_CONTROL",
        // Denied to somebody in particular, another right than to log on, or to what is made below.
        services + "(D;;0x20;;;" + std::string(bob) + ")(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
        services + "(D;;0x10;;;WD)(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
        services + "(D;OICIIO;0x20;;;WD)(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)");
    INFO(own);
    CHECK(lines(healthy()) == Lines{});
    CHECK(lines(with_list(own)) == Lines{});
}

TEST_CASE("a list of the listener's own counts before the one of Windows") {
    FakeHost host = healthy();
    set_list(host, keys::win_stations, "DefaultSecurity", "O:SYG:SYD:" + services);
    CHECK(lines(host) == Lines{"access.listener_nobody_allowed critical"});
    CHECK(findings(host)[0].evidence ==
          Lines{"HKLM\\" + keys::win_stations.key + ": DefaultSecurity lets log on: nobody"});
    set_list(host, keys::rdp_tcp, "Security", of_windows);
    CHECK(lines(host) == Lines{});
    set_list(host, keys::win_stations, "DefaultSecurity", of_windows);
    set_list(host, keys::rdp_tcp, "Security", "O:SYG:SYD:" + services);
    CHECK(lines(host) == Lines{"access.listener_nobody_allowed critical"});
    CHECK(findings(host)[0].evidence == Lines{"HKLM\\" + keys::rdp_tcp.key + ": Security lets log on: nobody"});
}

TEST_CASE("a list that lets nobody log on keeps all clients out") {
    const auto [entries, expected] = GENERATE_COPY(table<std::string, Lines>({
        {"", {"access.listener_nobody_allowed critical"}},
        {services + "(A;;0x81;;;BA)(A;;0x101;;;RD)", {"access.listener_nobody_allowed critical"}},
        {services + "(A;OICIIO;0x20;;;RD)", {"access.listener_nobody_allowed critical"}},
        {services + "(A;;0x20;;;S-1-5-80-1-2-3-4-5)", {"access.listener_nobody_allowed critical"}},
        {services + "(D;;0x20;;;BA)(D;;0x20;;;RD)(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
         {"access.listener_denied warning S-1-5-32-544", "access.listener_denied warning S-1-5-32-555",
          "access.listener_nobody_allowed critical"}},
        {"(D;;0x20;;;WD)" + services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)", {"access.listener_denied critical S-1-1-0"}},
        {"(D;;0x20;;;AU)" + services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
         {"access.listener_denied critical S-1-5-11"}},
        {"(D;;GA;;;BU)" + services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)",
         {"access.listener_denied critical S-1-5-32-545"}},
        {"(D;;0x20;;;IU)" + services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)", {"access.listener_denied critical S-1-5-4"}},
    }));
    INFO(entries);
    CHECK(lines(with_list(entries)) == expected);
}

TEST_CASE("a deny behind an entry that allows is a warning, because Windows reads the list in its order") {
    const FakeHost host = with_list(services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)(D;;0x20;;;WD)");
    CHECK(lines(host) == Lines{"access.listener_denied warning S-1-1-0"});
    CHECK(findings(host)[0].text.find("a tool that sorts the list") != std::string::npos);
    CHECK(lines(with_list(services + "(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)(D;;0x20;;;RD)")) ==
          Lines{"access.listener_denied warning S-1-5-32-555"});
}

TEST_CASE("Remote Desktop Users that the list denies or leaves out is a warning where it has the right") {
    const std::string alone = services + "(A;;0xf03bf;;;BA)";
    FakeHost host = with_list(alone);
    SECTION("left out") {
        CHECK(lines(host) == Lines{"access.listener_left_out warning S-1-5-32-555"});
        CHECK(findings(host)[0].evidence ==
              Lines{"HKLM\\" + keys::rdp_tcp.key + ": Security lets log on: Administrators (S-1-5-32-544)",
                    R"(members of Remote Desktop Users (S-1-5-32-555): EXAMPLE\alice)"});
    }
    SECTION("an entry without the right to log on leaves it out as well") {
        CHECK(lines(with_list(alone + "(A;;0x181;;;RD)")) == Lines{"access.listener_left_out warning S-1-5-32-555"});
    }
    SECTION("denied, which is said once") {
        CHECK(lines(with_list("(D;;0x20;;;RD)" + alone + "(A;;0x1a1;;;RD)")) ==
              Lines{"access.listener_denied warning S-1-5-32-555"});
    }
    SECTION("one of two members is let in by himself") {
        host = with_list(alone + "(A;;0x20;;;" + std::string(alice) + ")");
        host.give("local_group S-1-5-32-555", Members{{alice, R"(EXAMPLE\alice)"}, {bob, R"(EXAMPLE\bob)"}});
        CHECK(lines(host) == Lines{"access.listener_left_out warning S-1-5-32-555"});
        CHECK(findings(host)[0].evidence[1] == R"(members of Remote Desktop Users (S-1-5-32-555): EXAMPLE\bob)");
    }
    SECTION("another group is let in, which may hold the same people: an info") {
        CHECK(lines(with_list(alone + "(A;;0x20;;;S-1-5-21-1-2-3-1200)")) ==
              Lines{"access.listener_left_out info S-1-5-32-555"});
    }
    SECTION("nobody is in the group") {
        host.give("local_group S-1-5-32-555", Members{});
        CHECK(lines(host) == Lines{});
    }
    SECTION("who is in the group is an administrator, or no account any more") {
        host.give("local_group S-1-5-32-555", Members{{alice, R"(EXAMPLE\alice)"}, {bob, ""}});
        host.give("local_group S-1-5-32-544", Members{{alice, R"(EXAMPLE\alice)"}});
        CHECK(lines(host) == Lines{});
    }
    SECTION("the group does not have the right, which is told apart from the list") {
        host.give(std::string("accounts_with_right ") + right_remote, Accounts{administrators});
        CHECK(lines(host) == Lines{"access.group_left_out warning S-1-5-32-555"});
    }
    SECTION("the group is denied the right") {
        host.give(std::string("accounts_with_right ") + right_deny_remote, Accounts{remote_desktop_users});
        CHECK(lines(host) == Lines{"access.right_denied warning S-1-5-32-555"});
    }
}

TEST_CASE("a list that cannot be read is unknown, never a list without the right") {
    const Lines unread{"access.unknown unknown permissions of the listener"};
    FakeHost host = healthy();
    SECTION("the listener's own, whatever the one of Windows says") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": Security", failed);
    }
    SECTION("the one of Windows") {
        host.fail("registry_value HKLM\\" + keys::win_stations.key + ": DefaultSecurity", failed);
    }
    SECTION("neither exists") { host.registry.erase(FakeHost::lower(keys::win_stations.key)); }
    SECTION("another type") { host.set_text(keys::rdp_tcp, "Security", "D:"); }
    SECTION("no bytes") { host.set(keys::rdp_tcp, "Security", {3, Bytes{}}); }
    SECTION("cut off") {
        Bytes bytes = bytes_of("D:(A;;0x20;;;WD)");
        bytes.resize(bytes.size() - 4);
        host.set(keys::rdp_tcp, "Security", {3, bytes});
    }
    SECTION("whoever is let in must meet a condition, which is not evaluated here") {
        Bytes bytes = bytes_of("D:(A;;0x20;;;WD)");
        const std::size_t type_of_entry = 20 + 8; // behind the header and that of the list
        REQUIRE(bytes.at(type_of_entry) == ace::allow);
        bytes[type_of_entry] = ace::allow_callback;
        host.set(keys::rdp_tcp, "Security", {3, bytes});
    }
    CHECK(lines(host) == unread);
}

TEST_CASE("members that cannot be read are unknown where the list leaves their group out") {
    FakeHost host = with_list(services + "(A;;0xf03bf;;;BA)");
    SECTION("of Remote Desktop Users") {
        host.give("local_group S-1-5-32-555", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Remote Desktop Users"});
    }
    SECTION("of Administrators") {
        host.give("local_group S-1-5-32-544", failed);
        CHECK(lines(host) == Lines{"access.unknown unknown members of Administrators"});
    }
    SECTION("of Administrators, which is not asked while the list lets the group in") {
        host = healthy();
        host.give("local_group S-1-5-32-544", failed);
        CHECK(lines(host) == Lines{});
        CHECK_FALSE(collect(host)->administrators.has_value());
    }
}

TEST_CASE("the lists of real hosts let in who has the right") {
    const auto samples = testing::samples_folder();
    if (!samples) {
        WARN("no samples beside the project: 0 lists of real hosts read");
        return;
    }
    int read = 0;
    for (const char* name : {"win7sp1-a", "win7sp1-b", "win81", "win10-1709"}) {
        INFO(name);
        FakeHost host = healthy();
        host.registry.erase(FakeHost::lower(keys::win_stations.key));
        REQUIRE(
            testing::import_reg_file(*samples + "/terminal-server/" + name + "-terminal-server.reg", host).has_value());
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        const auto list = read_listener_list(host);
        if (!list)
            FAIL(describe(list.error()));
        CHECK(list->name == "DefaultSecurity");
        CHECK(lines(host) == Lines{});
        // They are no lists that let everybody in: without its entry the group is left out.
        FakeHost without = host;
        SecurityDescriptor changed = list->descriptor;
        std::erase_if(changed.entries, [](const AccessEntry& entry) { return entry.sid == remote_desktop_users; });
        without.set(keys::rdp_tcp, "Security", {3, to_bytes(changed).value()});
        CHECK(lines(without) == Lines{"access.listener_left_out warning S-1-5-32-555"});
        ++read;
    }
    WARN(read << " lists of real hosts read");
}
