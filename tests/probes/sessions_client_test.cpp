// Are two users on a Windows that serves one at a time told from all who share a host in peace?
#include "probes/sessions.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
const Time now = FakeHost{}.time;

Session of(std::uint32_t id, SessionState state, const char* station, const char* user) {
    Session session;
    session.id = id;
    session.state = state;
    session.station = station;
    session.user = user;
    session.domain = "EXAMPLE";
    if (state == SessionState::disconnected)
        session.disconnected_at = now - std::chrono::hours{1};
    return session;
}

// alice works at the machine, bob has left a session behind.
FakeHost client() {
    FakeHost host;
    host.session_list = std::vector<Session>{
        of(0, SessionState::disconnected, "Services", ""), of(1, SessionState::active, "Console", "alice"),
        of(2, SessionState::disconnected, "", "bob"), of(65536, SessionState::listen, "RDP-Tcp", "")};
    host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 1);
    host.set_text(keys::windows_version, "InstallationType", "Client");
    host.set_text(keys::product_options, "ProductType", "WinNT");
    return host;
}

std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    context.now = now;
    return sessions::judge(sessions::collect(host).value(), context);
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

} // namespace

TEST_CASE("two users of a client edition are in each other's way") {
    FakeHost host = client();
    REQUIRE(lines(host) == Lines{"sessions.one_user_at_a_time info "});
    const Lines evidence = findings(host)[0].evidence;
    REQUIRE(evidence.size() == 2);
    CHECK(evidence[0].find(R"(EXAMPLE\alice (session 1, active))") == 0);
    CHECK(evidence[1].find(R"(EXAMPLE\bob (session 2, disconnected))") == 0);
    SECTION("also where both are away") {
        host.session_list->at(1) = of(1, SessionState::disconnected, "", "alice");
        CHECK(lines(host) == Lines{"sessions.one_user_at_a_time info "});
    }
    SECTION("also where they have one name in two domains") {
        host.session_list->at(2).user = "alice";
        host.session_list->at(2).domain = "HOST01";
        CHECK(lines(host) == Lines{"sessions.one_user_at_a_time info "});
    }
}

TEST_CASE("hosts whose users are not in each other's way have no such finding") {
    FakeHost host = client();
    SECTION("one user alone") { host.session_list->erase(host.session_list->begin() + 2); }
    SECTION("a server") { host.set_text(keys::windows_version, "InstallationType", "Server"); }
    SECTION("a multi-session edition, which is installed as a client and says that it is a server") {
        host.set_text(keys::product_options, "ProductType", "ServerNT");
    }
    SECTION("two who work at once: something has lifted the limit") {
        host.session_list->at(2) = of(2, SessionState::active, "rdp-sxs1#0", "bob");
    }
    SECTION("a session that is only beginning") {
        host.session_list->at(2) = of(2, SessionState::connected, "RDP-Tcp#0", "bob");
    }
    CHECK(lines(host) == Lines{});
}

TEST_CASE("one user with two sessions is no second user") {
    FakeHost host = client();
    host.session_list->at(2).user = "ALICE"; // names compare without case
    CHECK(lines(host) == Lines{"sessions.duplicate warning 2"});
}

TEST_CASE("the edition is asked only where two users have sessions, and is then unknown where it cannot be read") {
    const Error denied{Errc::access_denied, 5, "RegQueryValueExW"};
    const std::string read = "registry_value HKLM\\" + keys::product_options.key + ": ProductType";
    FakeHost host = client();
    host.fail(read, denied);
    CHECK(lines(host) ==
          Lines{"sessions.unknown unknown ProductType, on which it depends how many users are served at once"});
    host.session_list->erase(host.session_list->begin() + 2);
    CHECK(lines(host) == Lines{});
    CHECK_FALSE(sessions::collect(host)->product_type.has_value());
}
