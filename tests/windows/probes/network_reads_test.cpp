// Are adapters, TCP counters, names, echoes and the rest of the network read as they are?
#include "probes/windows/handle.hpp"

#include "probes/windows/text.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <ws2tcpip.h>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

} // namespace

TEST_CASE("the loopback adapter is among the adapters, with its address and no gateway") {
    const auto adapters = make_windows_host()->adapters();
    REQUIRE(adapters.has_value());
    const auto loopback = std::find_if(adapters->begin(), adapters->end(),
                                       [](const AdapterFacts& adapter) { return adapter.type == 24; });
    REQUIRE(loopback != adapters->end());
    CHECK(loopback->up);
    CHECK(holds(loopback->addresses, "127.0.0.1"));
    CHECK(loopback->gateways.empty());
    CHECK_FALSE(loopback->name.empty());
    CHECK(loopback->mtu >= 1280);
    for (const AdapterFacts& adapter : *adapters) {
        CAPTURE(adapter.name);
        CHECK(adapter.id.size() == 38);
        CHECK(adapter.id.front() == '{');
        CHECK(adapter.id.back() == '}');
        CHECK(adapter.type != 0);
    }
}

TEST_CASE("the counters of an adapter and of TCP never run backwards") {
    const auto host = make_windows_host();
    const auto before = host->tcp_statistics();
    const auto adapters_before = host->adapters();
    REQUIRE(before.has_value());
    REQUIRE(adapters_before.has_value());
    const auto after = host->tcp_statistics();
    REQUIRE(after.has_value());
    CHECK(after->v4.segments_sent >= before->v4.segments_sent);
    CHECK(after->v4.segments_retransmitted >= before->v4.segments_retransmitted);
    CHECK(after->v4.segments_received > 0);
    const auto adapters_after = host->adapters();
    REQUIRE(adapters_after.has_value());
    for (const AdapterFacts& now : *adapters_after)
        for (const AdapterFacts& then : *adapters_before)
            if (now.id == then.id)
                CHECK(now.packets_in >= then.packets_in);
}

TEST_CASE("this machine has the names that it tells programs") {
    const auto names = make_windows_host()->host_names();
    REQUIRE(names.has_value());
    wchar_t computer[MAX_COMPUTERNAME_LENGTH + 1] = {};
    DWORD size = MAX_COMPUTERNAME_LENGTH + 1;
    REQUIRE(::GetComputerNameW(computer, &size));
    CHECK(names->computer == windows::to_utf8(computer));
    CHECK_FALSE(names->host.empty());
    CHECK(names->host.find('.') == std::string::npos);
    CHECK(names->domain.substr(0, 1) != ".");
}

TEST_CASE("the sleep states of this machine are told") { CHECK(make_windows_host()->power().has_value()); }

TEST_CASE("this machine answers its own echo requests") {
    const std::string address = GENERATE("127.0.0.1", "::1");
    CAPTURE(address);
    const auto facts = make_windows_host()->echo(address);
    if (runs_under_wine() && !facts) { // not every Unix lets a program send ICMP, and Wine 8 sends none over IPv6
        WARN("no echo under Wine: " << describe(facts.error()));
        CHECK(is_unreadable(facts));
        return;
    }
    REQUIRE(facts.has_value());
    CHECK(facts->address == address);
    CHECK(facts->sent == 4);
    CHECK(facts->answered == 4);
    CHECK(facts->average <= facts->longest);
}

TEST_CASE("an echo to what is no address is refused") {
    for (const char* address : {"", "localhost", "127.0.0", "127.0.0.1.1", "fe80::1%", "fe80::1%eth0", "::1%1x"}) {
        CAPTURE(address);
        REQUIRE(make_windows_host()->echo(address).has_error());
        CHECK(make_windows_host()->echo(address).error().code == Errc::malformed);
    }
}

TEST_CASE("this machine answers a full packet to itself, and no more are sent then") {
    const auto facts = make_windows_host()->full_echo({"127.0.0.1", 1500});
    if (runs_under_wine() && !facts) {
        WARN("no echo under Wine: " << describe(facts.error()));
        CHECK(is_unreadable(facts));
        return;
    }
    REQUIRE(facts.has_value());
    CHECK(facts->sent == 1);
    CHECK(facts->answered == 1);
    CHECK(facts->too_big == 0);
}

TEST_CASE("a full packet that is none of IPv4 is refused") {
    const auto [address, packet] = GENERATE(table<std::string, std::uint32_t>(
        {{"::1", 1500}, {"127.0.0.1", 27}, {"127.0.0.1", 65'536}, {"localhost", 1500}, {"", 1500}}));
    CAPTURE(address, packet);
    const auto facts = make_windows_host()->full_echo({address, packet});
    REQUIRE(facts.has_error());
    CHECK(facts.error().code == Errc::malformed);
}

TEST_CASE("the path MTU to this machine is told, or is said not to be known") {
    const auto host = make_windows_host();
    const auto mtu = host->path_mtu("127.0.0.1");
    if (mtu)
        CHECK(*mtu >= 1280);
    else // Wine 8 does not export the call
        CHECK((mtu.error().code == Errc::unsupported || (is_absent(mtu) && !runs_under_wine())));
    for (const char* address : {"", "localhost", "fe80::1%"}) {
        CAPTURE(address);
        REQUIRE(host->path_mtu(address).has_error());
        CHECK(host->path_mtu(address).error().code == Errc::malformed);
    }
}

TEST_CASE("the category of each network is told, or that nobody knows") {
    const auto networks = make_windows_host()->network_profiles();
    if (!networks) {
        CHECK(is_unreadable(networks));
        WARN("no networks: " << describe(networks.error()));
        return;
    }
    for (const NetworkProfile& network : *networks)
        CHECK(network.adapter.size() == 38);
}

TEST_CASE("dynamic ports are a range, or are said not to be known") {
    const auto range = make_windows_host()->dynamic_ports();
    if (runs_under_wine()) { // its netsh prints nothing
        CHECK(is_unreadable(range));
        return;
    }
    REQUIRE(range.has_value());
    CHECK(range->first >= 1025);
    CHECK(range->last >= range->first + 254);
}
