// Is the listener tried at an address at which it listens, and nobody else in its place?
#include "probes/handshake_target.hpp"

#include "probes/handshake.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::handshake;
using testing::FakeHost;

namespace {

constexpr std::uint32_t term_process = 1000;

FakeHost host_with(std::vector<TcpListener> listeners) {
    FakeHost host;
    ServiceFacts service;
    service.state = ServiceState::running;
    service.process_id = term_process;
    host.services["termservice"] = service;
    host.listeners = std::move(listeners);
    return host;
}

TcpListener own(const char* address, std::uint16_t port = 3389) { return {address, port, term_process, "svchost.exe"}; }
TcpListener other(const char* address) { return {address, 3389, 77, "ssh.exe"}; }
TcpListener unowned(const char* address) { return {address, 3389, 0, ""}; }

Target target(const Host& host, const char* configured = "127.0.0.1") {
    const auto found = target_of(host, configured);
    if (!found)
        FAIL(describe(found.error()));
    return *found;
}

} // namespace

TEST_CASE("the address to try is one at which the listener listens") {
    struct Row {
        std::vector<TcpListener> listeners;
        std::string address, evidence;
    };
    const std::string bound = "the listener is bound to ";
    const auto row = GENERATE_COPY(values<Row>({
        {{}, "127.0.0.1", ""},
        {{own("0.0.0.0"), own("::")}, "127.0.0.1", ""},
        {{own("::"), own("0.0.0.0")}, "127.0.0.1", ""},
        {{own("192.0.2.1"), own("0.0.0.0")}, "127.0.0.1", ""},
        {{own("::")}, "::1", bound + "[::]:3389"},
        {{own("192.0.2.1")}, "192.0.2.1", bound + "192.0.2.1:3389"},
        {{own("fe80::1%3"), own("192.0.2.1")}, "192.0.2.1", bound + "[fe80::1%3]:3389, 192.0.2.1:3389"},
        {{own("fe80::1%3"), own("2001:db8::1")}, "2001:db8::1", bound + "[fe80::1%3]:3389, [2001:db8::1]:3389"},
        {{own("fe80::1%3")}, "fe80::1%3", bound + "[fe80::1%3]:3389"},
        {{own("127.0.0.1")}, "127.0.0.1", bound + "127.0.0.1:3389"},
        {{own("::1"), own("192.0.2.1")}, "::1", bound + "[::1]:3389, 192.0.2.1:3389"},
        {{own("192.0.2.1", 3390)}, "127.0.0.1", ""},
        {{own("192.0.2.1"), other("127.0.0.1")}, "192.0.2.1", bound + "192.0.2.1:3389"},
        {{other("0.0.0.0"), own("192.0.2.1")}, "192.0.2.1", bound + "192.0.2.1:3389"},
        {{other("127.0.0.2")}, "127.0.0.1", ""},
        {{other("0.0.0.0"), other("::")}, "127.0.0.1", ""},
        {{unowned("192.0.2.1"), other("127.0.0.2")}, "192.0.2.1", bound + "192.0.2.1:3389"},
    }));
    const Target found = target(host_with(row.listeners));
    CHECK(found.endpoint == Endpoint{row.address, 3389});
    CHECK(found.evidence == row.evidence);
}

TEST_CASE("where the process of TermService is not known, any holder of the port may be it") {
    FakeHost host = host_with({other("192.0.2.1")});
    host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"});
    CHECK(target(host).endpoint.host == "192.0.2.1");
    host.failures.clear();
    host.services.clear(); // it does not exist: then it is another program
    CHECK(target(host).endpoint.host == "127.0.0.1");
}

TEST_CASE("a table that cannot be read leaves 127.0.0.1, and says so") {
    FakeHost host = host_with({});
    host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
    const Target found = target(host);
    CHECK(found.endpoint.host == "127.0.0.1");
    CHECK(found.evidence.find("where the listener is bound is not known, so 127.0.0.1 was tried") == 0);
    CHECK(found.evidence.find("GetExtendedTcpTable") != std::string::npos);
}

TEST_CASE("an address that the administrator has set wins, and the table is not asked") {
    FakeHost host = host_with({own("192.0.2.1")});
    CHECK(target(host, "host01.example").endpoint == Endpoint{"host01.example", 3389});
    CHECK(target(host, "::1").evidence == "rdp.address of the configuration = ::1");
    host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
    CHECK(target(host, "::1").evidence == "rdp.address of the configuration = ::1");
}

TEST_CASE("the port is the listener's own, and without one there is nothing to try") {
    FakeHost host = host_with({own("192.0.2.1"), own("192.0.2.2", 3390)});
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
    CHECK(target(host).endpoint == Endpoint{"192.0.2.2", 3390});
    host.set_dword(keys::rdp_tcp, "PortNumber", 0);
    CHECK(target_of(host, "127.0.0.1").error().code == Errc::malformed);
}
