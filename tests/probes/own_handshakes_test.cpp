// Is it known which handshakes stayed on this host, and is each one noted that is made through it?
#include "probes/noting_host.hpp"

#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

HandshakeFacts between(std::string address, std::string local) {
    HandshakeFacts facts;
    facts.address = std::move(address);
    facts.local_address = std::move(local);
    return facts;
}

} // namespace

TEST_CASE("a connection stayed here where it came from the address that it went to") {
    CHECK(stayed_here(between("127.0.0.1", "127.0.0.1:51000")));
    CHECK(stayed_here(between("127.0.0.2", "127.0.0.1:51000")));
    CHECK(stayed_here(between("::1", "[::1]:51000")));
    CHECK(stayed_here(between("192.0.2.1", "192.0.2.1:51000")));
    CHECK(stayed_here(between("2001:db8::1", "[2001:db8::1]:51000")));
    CHECK(stayed_here(between("fe80::1%3", "[fe80::1%3]:51000")));
    CHECK_FALSE(stayed_here(between("192.0.2.7", "192.0.2.1:51000")));
    CHECK_FALSE(stayed_here(between("2001:db8::7", "[2001:db8::1]:51000")));
    CHECK_FALSE(stayed_here(between("127.0.0.1", "")));
    CHECK_FALSE(stayed_here(between("", "127.0.0.1:51000")));
    CHECK_FALSE(stayed_here(between("127.0.0.1", "127.0.0.1")));
    CHECK_FALSE(stayed_here(between("", "")));
}

TEST_CASE("each handshake through a noting host is noted, however it ended, and other reads pass") {
    const auto inner = std::make_shared<FakeHost>();
    const auto own = std::make_shared<OwnHandshakes>();
    const auto host = make_noting_host(inner, own);
    HandshakeFacts facts = between("127.0.0.1", "127.0.0.1:51000");
    facts.stage = HandshakeStage::complete;
    inner->handshake = facts;
    CHECK(host->rdp_handshake({"127.0.0.1", 3389})->local_address == "127.0.0.1:51000");
    facts.stage = HandshakeStage::tls_reset;
    facts.local_address = "127.0.0.1:51001";
    inner->handshake = facts;
    CHECK(host->rdp_handshake({"127.0.0.1", 3389}).has_value());
    const Time now = inner->time;
    CHECK(own->list() ==
          std::vector<OwnHandshake>{{now, now, "127.0.0.1:51000", true}, {now, now, "127.0.0.1:51001", false}});
    inner->set_dword(keys::rdp_tcp, "PortNumber", 3390);
    CHECK(read_dword(*host, keys::rdp_tcp, "PortNumber").value() == 3390);
    CHECK(host->now().value() == now);
    CHECK(is_absent(host->service("TermService")));
}

TEST_CASE("a handshake that could not be tried is not noted") {
    const auto inner = std::make_shared<FakeHost>();
    const auto own = std::make_shared<OwnHandshakes>();
    inner->handshake = Error{Errc::io, 10106, "socket"};
    CHECK(make_noting_host(inner, own)->rdp_handshake({"127.0.0.1", 3389}).error().native == 10106);
    CHECK(own->list().empty());
}

TEST_CASE("a list in memory does not grow without end, and the oldest go") {
    OwnHandshakes own;
    const Time begin{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
    for (std::size_t i = 0; i <= OwnHandshakes::most; ++i)
        own.add({begin + std::chrono::seconds{i}, begin + std::chrono::seconds{i}, "127.0.0.1:1", true});
    CHECK(own.list().size() == OwnHandshakes::most);
    CHECK(own.list().front().from == begin + std::chrono::seconds{1});
}
