// Is a stuck session found, and a waiting one left alone?
#include "probes/sessions.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::sessions;
using testing::FakeHost;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;
const Time now = FakeHost{}.time;

Session session(std::uint32_t id, SessionState state, std::string station, std::string user = {}) {
    Session result;
    result.id = id;
    result.state = state;
    result.station = std::move(station);
    result.user = std::move(user);
    if (!result.user.empty())
        result.domain = "EXAMPLE";
    return result;
}

Session disconnected(std::uint32_t id, std::string user, std::chrono::seconds ago) {
    Session result = session(id, SessionState::disconnected, "", std::move(user));
    result.disconnected_at = now - ago;
    return result;
}

// A server as it mostly is, with listeners of a broker beside its own.
std::vector<Session> usual() {
    return {session(0, SessionState::disconnected, "Services"), session(1, SessionState::connected, "Console"),
            session(2, SessionState::active, "RDP-Tcp#0", "user01"), session(65536, SessionState::listen, "RDP-Tcp"),
            session(65538, SessionState::listen, "rdp-sxs240705700")};
}

FakeHost healthy(std::vector<Session> more = {}) {
    FakeHost host;
    std::vector<Session> list = usual();
    list.insert(list.end(), more.begin(), more.end());
    host.session_list = list;
    host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 1);
    host.set_dword(keys::rdp_tcp, "MaxDisconnectionTime", 0);
    host.set_dword(keys::rdp_tcp, "fInheritMaxDisconnectionTime", 1);
    host.set_dword(keys::rdp_tcp, "MaxInstanceCount", 0xFFFFFFFF);
    TcpConnection connection;
    connection.local_port = 3389;
    connection.state = TcpState::established;
    host.give("tcp_connections", std::vector<TcpConnection>{connection});
    return host;
}

std::vector<Finding> findings(const FakeHost& host, JudgeContext context = {}) {
    context.now = now;
    return judge(collect(host).value(), context);
}

Lines lines(const std::vector<Finding>& found) {
    Lines result;
    for (const Finding& finding : found)
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

Lines judged(std::vector<Session> more) { return lines(findings(healthy(std::move(more)))); }

} // namespace

TEST_CASE("a usual server has no sessions findings, whatever other listeners it has") {
    CHECK(judged({}) == Lines{});
    CHECK(judged({session(0, SessionState::init, "Services"), session(0, SessionState::down, "")}) == Lines{});
    CHECK(judged({session(65539, SessionState::down, "rdp-sxs1")}) == Lines{});
    CHECK(judged({session(70000, SessionState::listen, "ICA-Tcp")}) == Lines{});
}

TEST_CASE("the listeners and sessions of a real session host give no finding") {
    const auto folder = testing::samples_folder();
    std::ifstream file(folder.value_or("") + "/sessions/qwinsta-avd-sxs-listener.txt");
    if (!file) {
        WARN("no samples beside the project: 0 sessions of a real host read");
        return;
    }
    const std::map<std::string, SessionState> states{
        {"Disc", SessionState::disconnected}, {"Conn", SessionState::connected}, {"Listen", SessionState::listen}};
    FakeHost host = healthy();
    std::vector<Session> list;
    std::string line;
    std::getline(file, line); // the names of the columns
    while (std::getline(file, line)) {
        CAPTURE(line);
        std::istringstream words(line);
        std::string station, state;
        std::uint32_t id = 0;
        REQUIRE(words >> station >> id >> state); // no row has a user
        list.push_back(session(id, states.at(state), station));
    }
    host.session_list = list;
    CHECK(list.size() == 4);
    CHECK(std::count_if(list.begin(), list.end(), is_listener) == 2);
    CHECK(lines(findings(host)) == Lines{});
    WARN(list.size() << " sessions of a real host read");
}

TEST_CASE("a user who left his place at the screen to another is a note while Remote Desktop is off") {
    FakeHost host = healthy({disconnected(3, "user02", 48h)});
    CHECK(lines(findings(host)) == Lines{"sessions.long_disconnected warning 3"});
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(lines(findings(host)) == Lines{"sessions.long_disconnected info 3"});
}

TEST_CASE("each session in the list gives exactly the findings that it deserves") {
    struct Row {
        const char* what;
        Session more;
        Lines expected;
    };
    const auto row = GENERATE(
        Row{"down", session(3, SessionState::down, ""), {"sessions.orphan critical 3 down"}},
        Row{"down with a user", session(3, SessionState::down, "", "user07"), {"sessions.orphan critical 3 down"}},
        Row{"a second unattended console", session(3, SessionState::connected, "console"), {}},
        Row{"at the logon screen",
            session(3, SessionState::connected, "RDP-Tcp#1"),
            {"sessions.pending info 3 connected"}},
        Row{"connected with a user", session(3, SessionState::connected, "RDP-Tcp#1", "user07"), {}},
        Row{"connect query", session(3, SessionState::connect_query, ""), {"sessions.pending info 3 connect_query"}},
        Row{"reset", session(3, SessionState::reset, "", "user07"), {"sessions.pending info 3 reset"}},
        Row{"init", session(3, SessionState::init, ""), {"sessions.pending info 3 init"}},
        Row{"shadow", session(3, SessionState::shadow, "RDP-Tcp#1", "user07"), {}},
        Row{"idle", session(3, SessionState::idle, ""), {}},
        Row{"unknown state", session(3, SessionState::unknown, ""), {"sessions.unknown unknown state of session 3"}},
        Row{"disconnected for a day", disconnected(3, "user07", 24h), {}},
        Row{"disconnected for longer", disconnected(3, "user07", 24h + 1s), {"sessions.long_disconnected warning 3"}},
        Row{"disconnected without a user", disconnected(3, "", 1000h), {}},
        Row{"disconnected in the future", disconnected(3, "user07", -1000h), {}},
        Row{"disconnected, nobody knows when",
            session(3, SessionState::disconnected, "", "user07"),
            {"sessions.unknown unknown since when session 3 is disconnected"}},
        Row{"a second session of the same user", disconnected(3, "USER01", 1h), {"sessions.duplicate warning 3"}},
        Row{"listener down",
            session(65537, SessionState::down, "RDP-Tcp"),
            {"sessions.listener_down critical RDP-Tcp"}},
        Row{"listener down in other letters",
            session(65537, SessionState::down, "rdp-tcp"),
            {"sessions.listener_down critical rdp-tcp"}});
    INFO(row.what);
    CHECK(judged({row.more}) == row.expected);
}

TEST_CASE("a session without progress is an orphan after five minutes in the same state") {
    const FakeHost host = healthy({session(3, SessionState::init, "")});
    const auto after = [&](std::string code, std::string subject, std::chrono::seconds age) {
        JudgeContext context;
        context.since = [=](std::string_view asked, std::string_view about) {
            return asked == code && about == subject ? std::optional<Time>(now - age) : std::nullopt;
        };
        return lines(findings(host, context));
    };
    CHECK(after("sessions.pending", "3 init", 5min) == Lines{"sessions.pending info 3 init"});
    CHECK(after("sessions.pending", "3 init", 5min + 1s) == Lines{"sessions.orphan critical 3 init"});
    CHECK(after("sessions.pending", "3 reset", 1h) == Lines{"sessions.pending info 3 init"});
    CHECK(after("sessions.pending", "4 init", 1h) == Lines{"sessions.pending info 3 init"});
    CHECK(after("sessions.orphan", "3 init", 1s) == Lines{"sessions.orphan critical 3 init"});
}

TEST_CASE("a session that outlives the limit by more than ten minutes is not reaped") {
    struct Row {
        const char* what;
        std::function<void(FakeHost&)> limit;
        std::chrono::seconds ago;
        Lines expected;
    };
    const auto policy = [](FakeHost& h) {
        h.set_dword(keys::terminal_services_policy, "MaxDisconnectionTime", 60'000);
    };
    const auto own = [](FakeHost& h) {
        h.set_dword(keys::rdp_tcp, "MaxDisconnectionTime", 60'000);
        h.set_dword(keys::rdp_tcp, "fInheritMaxDisconnectionTime", 0);
    };
    const auto inherited = [](FakeHost& h) { h.set_dword(keys::rdp_tcp, "MaxDisconnectionTime", 60'000); };
    const auto row = GENERATE_COPY(
        Row{"policy, within the grace", policy, 11min, {}},
        Row{"policy", policy, 11min + 1s, {"sessions.not_reaped critical 3"}},
        Row{"listener", own, 11min + 1s, {"sessions.not_reaped critical 3"}},
        Row{"not also long_disconnected", own, 48h, {"sessions.not_reaped critical 3"}},
        Row{"the users' own limits count", inherited, 11min + 1s, {}},
        Row{"the users' own limits count, long", inherited, 25h, {"sessions.long_disconnected warning 3"}},
        Row{"policy sets no limit over the listener's",
            [own](FakeHost& h) {
                own(h);
                h.set_dword(keys::terminal_services_policy, "MaxDisconnectionTime", 0);
            },
            11min + 1s,
            {}});
    FakeHost host = healthy({disconnected(3, "user07", row.ago)});
    row.limit(host);
    INFO(row.what);
    const auto found = findings(host);
    CHECK(lines(found) == row.expected);
    if (std::string(row.what) == "policy")
        CHECK(found[0].policy == label(keys::terminal_services_policy, "MaxDisconnectionTime"));
    if (std::string(row.what) == "listener")
        CHECK(found[0].policy.empty());
}

TEST_CASE("times are compared with the clock of the session manager") {
    Session stale = disconnected(3, "user07", 25h);
    stale.now = now - 24h; // the local clock is a day ahead of it
    CHECK(judged({stale}) == Lines{});
    Session fresh = disconnected(3, "user07", 1h);
    fresh.now = now + 24h;
    CHECK(judged({fresh}) == Lines{"sessions.long_disconnected warning 3"});
}

TEST_CASE("a second session is a duplicate only where users are limited to one") {
    FakeHost host = healthy({disconnected(3, "user01", 1h)});
    SECTION("limited") {
        const auto found = findings(host);
        CHECK(lines(found) == Lines{"sessions.duplicate warning 3"});
        CHECK_THAT(found[0].text, Catch::Contains(R"(EXAMPLE\user01 (session 3, disconnected))"));
        CHECK_THAT(found[0].text, Catch::Contains("session 2, active"));
    }
    SECTION("not limited") {
        host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 0);
        CHECK(lines(findings(host)) == Lines{});
    }
    SECTION("limited by policy") {
        host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 0);
        host.set_dword(keys::terminal_services_policy, "fSingleSessionPerUser", 1);
        CHECK(findings(host).at(0).policy == label(keys::terminal_services_policy, "fSingleSessionPerUser"));
    }
    SECTION("not set") {
        host.registry.erase(FakeHost::lower(keys::terminal_server.key));
        CHECK(lines(findings(host)) == Lines{"sessions.duplicate info 3"});
    }
    SECTION("a user of that name in another domain") {
        host.session_list->back().domain = "OTHER";
        CHECK(lines(findings(host)) == Lines{});
    }
}

TEST_CASE("the limit of connections is reached when the sessions of users take all of them") {
    FakeHost host = healthy({disconnected(3, "user07", 1h), session(4, SessionState::active, "Console", "user08")});
    const auto with_limit = [&](const RegistryPath& key, std::uint32_t limit) {
        host.set_dword(key, "MaxInstanceCount", limit);
        return findings(host);
    };
    CHECK(lines(with_limit(keys::rdp_tcp, 3)) == Lines{});
    const auto found = with_limit(keys::rdp_tcp, 2);
    CHECK(lines(found) == Lines{"sessions.limit_reached critical "});
    CHECK(found[0].policy.empty());
    REQUIRE(found[0].evidence.size() == 3);
    CHECK_THAT(found[0].evidence[0], Catch::EndsWith("MaxInstanceCount = 2"));
    CHECK_THAT(found[0].evidence[2], Catch::Contains("user07"));
    CHECK(with_limit(keys::terminal_services_policy, 1)[0].policy ==
          label(keys::terminal_services_policy, "MaxInstanceCount"));
    CHECK(lines(with_limit(keys::terminal_services_policy, 0xFFFFFFFF)) == Lines{});
    CHECK(lines(with_limit(keys::terminal_services_policy, 0)) == Lines{}); // listener.invalid_value
}

TEST_CASE("no sessions at all is an answer that Windows never gives") {
    FakeHost host = healthy();
    host.session_list = std::vector<Session>{};
    CHECK(lines(findings(host)) == Lines{"sessions.unknown unknown sessions"});
}

TEST_CASE("what cannot be read about sessions is unknown, neither good nor bad") {
    FakeHost host = healthy({disconnected(3, "user01", 1h)});
    host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 0);
    SECTION("the session list") {
        host.session_list = Error{Errc::access_denied, 5, "WTSEnumerateSessionsExW"};
        CHECK(lines(findings(host)) == Lines{"sessions.unknown unknown sessions"});
    }
    SECTION("a setting") {
        const auto [key, name] = GENERATE(table<RegistryPath, std::string>({
            {keys::terminal_services_policy, "fSingleSessionPerUser"},
            {keys::terminal_server, "fSingleSessionPerUser"},
            {keys::terminal_services_policy, "MaxDisconnectionTime"},
            {keys::rdp_tcp, "MaxDisconnectionTime"},
            {keys::rdp_tcp, "fInheritMaxDisconnectionTime"},
            {keys::rdp_tcp, "MaxInstanceCount"},
        }));
        host.fail("registry_value " + label(key, name), {Errc::access_denied, 5, "RegQueryValueExW"});
        INFO(label(key, name));
        CHECK(lines(findings(host)) == Lines{"sessions.unknown unknown " + name});
    }
    SECTION("a setting of the wrong type") {
        host.set_text(keys::rdp_tcp, "MaxInstanceCount", "2");
        CHECK(lines(findings(host)) == Lines{"sessions.unknown unknown MaxInstanceCount"});
    }
}

TEST_CASE("a session is named by its user where it has one") {
    CHECK(describe(session(3, SessionState::active, "RDP-Tcp#1", "user07")) == R"(EXAMPLE\user07 (session 3, active))");
    CHECK(describe(session(4, SessionState::init, "")) == "session 4 (init)");
    Session local = session(5, SessionState::active, "Console", "user07");
    local.domain.clear();
    CHECK(describe(local) == "user07 (session 5, active)");
}
