// Is a session without its client found, and a server on which both administrators' places are taken?
#include "probes/sessions.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;
using Connections = std::vector<TcpConnection>;
const Time now = FakeHost{}.time;

Session active(std::uint32_t id, std::string user, std::string address, std::chrono::seconds silent = 1h) {
    Session session;
    session.id = id;
    session.state = SessionState::active;
    session.station = "RDP-Tcp#" + std::to_string(id);
    session.user = std::move(user);
    session.domain = "EXAMPLE";
    session.client_address = std::move(address);
    session.now = now;
    session.last_input = now - silent;
    return session;
}

TcpConnection from(std::string address, TcpState state = TcpState::established, std::uint16_t port = 3389) {
    TcpConnection connection;
    connection.local_port = port;
    connection.remote_address = std::move(address);
    connection.state = state;
    return connection;
}

FakeHost with(std::vector<Session> users, Connections connections) {
    FakeHost host;
    Session services;
    services.state = SessionState::disconnected;
    services.station = "Services";
    users.insert(users.begin(), services);
    host.session_list = users;
    host.give("tcp_connections", std::move(connections));
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    host.set_dword(keys::terminal_server, "fSingleSessionPerUser", 0);
    return host;
}

Lines lines(const FakeHost& host) {
    JudgeContext context;
    context.now = now;
    Lines result;
    for (const Finding& finding : sessions::judge(sessions::collect(host).value(), context))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

} // namespace

TEST_CASE("an active session whose client has no connection any more is half open") {
    struct Row {
        const char* what;
        std::vector<Session> users;
        Connections connections;
        Lines expected;
    };
    const Lines half_open{"sessions.half_open warning 2"};
    const auto row =
        GENERATE_COPY(Row{"connected", {active(2, "a", "192.0.2.1")}, {from("192.0.2.1")}, {}},
                      Row{"no connection at all", {active(2, "a", "192.0.2.1")}, {}, half_open},
                      Row{"typed a quarter of an hour ago", {active(2, "a", "192.0.2.1", 15min)}, {}, {}},
                      Row{"typed longer ago", {active(2, "a", "192.0.2.1", 15min + 1s)}, {}, half_open},
                      Row{"a connection that is being closed",
                          {active(2, "a", "192.0.2.1")},
                          {from("192.0.2.1", TcpState::close_wait)},
                          half_open},
                      Row{"a connection to another port",
                          {active(2, "a", "192.0.2.1")},
                          {from("192.0.2.1", TcpState::established, 445)},
                          half_open},
                      Row{"behind address translation", {active(2, "a", "10.0.0.1")}, {from("203.0.113.7")}, {}},
                      Row{"one of two is gone",
                          {active(2, "a", "192.0.2.1"), active(3, "b", "192.0.2.2")},
                          {from("192.0.2.2")},
                          half_open},
                      Row{"one of two without an address, and a stranger",
                          {active(2, "a", ""), active(3, "b", "192.0.2.2")},
                          {from("203.0.113.7")},
                          {"sessions.half_open warning 3"}},
                      Row{"nobody tells the address, and nothing is connected", {active(2, "a", "")}, {}, half_open});
    INFO(row.what);
    CHECK(lines(with(row.users, row.connections)) == row.expected);
}

TEST_CASE("a half-open session says whether a keep-alive interval would have shown it") {
    FakeHost host = with({active(2, "a", "192.0.2.1")}, {});
    const auto found = [&host] {
        JudgeContext context;
        context.now = now;
        const auto all = sessions::judge(sessions::collect(host).value(), context);
        REQUIRE(all.size() == 1);
        REQUIRE(all[0].evidence.size() == 3);
        CHECK(all[0].evidence[1] == "0 established connections to TCP 3389 for 1 sessions over RDP");
        CHECK(all[0].repair == "sessions");
        return all[0];
    };
    const std::string enable = label(keys::terminal_services_policy, "KeepAliveEnable");
    CHECK(found().evidence[2] == enable + " is not set");
    CHECK(found().text.find("makes Windows notice that a client is gone") != std::string::npos);
    host.set_dword(keys::terminal_services_policy, "KeepAliveEnable", 1);
    host.set_dword(keys::terminal_services_policy, "KeepAliveInterval", 10);
    CHECK(found().evidence[2] == enable + " is 1, every 10 minutes");
    CHECK(found().text.find("that is set has not made Windows notice it yet") != std::string::npos);
}

TEST_CASE("sessions of other stations and without times are not judged by connections") {
    Session session = active(2, "a", "192.0.2.1");
    SECTION("console") { session.station = "Console"; }
    SECTION("another listener") { session.station = "rdp-sxs240705700#1"; }
    SECTION("no times") { session.last_input.reset(); }
    CHECK(lines(with({session}, {})).empty());
}

TEST_CASE("the port of the listener counts") {
    FakeHost host = with({active(2, "a", "192.0.2.1")}, {from("192.0.2.1", TcpState::established, 3390)});
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
    CHECK(lines(host).empty());
}

TEST_CASE("connections that cannot be read are unknown while somebody is connected, and not asked otherwise") {
    FakeHost host = with({active(2, "a", "192.0.2.1")}, {});
    host.give("tcp_connections", Error{Errc::access_denied, 5, "GetExtendedTcpTable"});
    CHECK(lines(host) == Lines{"sessions.unknown unknown the connections of clients"});
    FakeHost idle = with({}, {});
    idle.give("tcp_connections", Error{Errc::access_denied, 5, "GetExtendedTcpTable"});
    CHECK(lines(idle).empty());
}

TEST_CASE("two sessions fill a server that is there for administration alone") {
    FakeHost host =
        with({active(2, "a", "192.0.2.1"), active(3, "b", "192.0.2.2")}, {from("192.0.2.1"), from("192.0.2.2")});
    const Lines full{"sessions.admin_limit warning "};
    CHECK(lines(host).empty()); // what Windows this is could not be read: nothing is said
    host.set_text(keys::windows_version, "InstallationType", "Server");
    CHECK(lines(host) == full);
    SECTION("a core installation too") {
        host.set_text(keys::windows_version, "InstallationType", "Server Core");
        CHECK(lines(host) == full);
    }
    SECTION("not a client") {
        host.set_text(keys::windows_version, "InstallationType", "Client");
        host.set_text(keys::product_options, "ProductType", "WinNT");
        CHECK(lines(host).empty());
    }
    SECTION("not a session host") {
        host.set_dword(keys::terminal_server, "TSAppCompat", 1);
        CHECK(lines(host).empty());
    }
    const Lines not_known{"sessions.unknown unknown whether this server takes two sessions alone"};
    SECTION("where the role cannot be read, that is unknown") {
        host.fail("registry_value HKLM\\" + keys::terminal_server.key + ": TSAppCompat", {Errc::access_denied, 5, "x"});
        CHECK(lines(host) == not_known);
        host.session_list->pop_back(); // one session leaves a place either way
        CHECK(lines(host).empty());
    }
    SECTION("so it is where the role has another type, or what is installed cannot be read") {
        host.set_text(keys::terminal_server, "TSAppCompat", "0");
        CHECK(lines(host) == not_known);
        host.fail("registry_value HKLM\\" + keys::windows_version.key + ": InstallationType",
                  {Errc::access_denied, 5, "x"});
        CHECK(lines(host) == not_known);
    }
    SECTION("one session leaves a place, and the console takes none") {
        host.session_list->back().station = "Console";
        CHECK(lines(host).empty());
    }
    SECTION("a limit that is reached says it already") {
        host.set_dword(keys::rdp_tcp, "MaxInstanceCount", 2);
        CHECK(lines(host) == Lines{"sessions.limit_reached critical "});
    }
}
