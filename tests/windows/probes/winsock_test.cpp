// Is the Winsock catalogue of this machine read entry by entry?
#include "probes/windows/handle.hpp"

#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

bool has(const std::vector<WinsockEntry>& entries, int family, int socket_type, int protocol) {
    return std::any_of(entries.begin(), entries.end(), [&](const WinsockEntry& entry) {
        return entry.family == family && entry.socket_type == socket_type && entry.protocol == protocol &&
               entry.chain_length == 1 && !entry.name.empty() && entry.id != 0;
    });
}

} // namespace

TEST_CASE("the catalogue holds TCP and UDP over IPv4 and IPv6") {
    const auto catalog = make_windows_host()->winsock_catalog();
    REQUIRE(catalog.has_value());
    CHECK(has(catalog->protocols, AF_INET, SOCK_STREAM, IPPROTO_TCP));
    CHECK(has(catalog->protocols, AF_INET, SOCK_DGRAM, IPPROTO_UDP));
    CHECK(has(catalog->protocols, AF_INET6, SOCK_STREAM, IPPROTO_TCP));
    CHECK(has(catalog->protocols, AF_INET6, SOCK_DGRAM, IPPROTO_UDP));
    for (const WinsockEntry& entry : catalog->protocols)
        CHECK(entry.chain.size() <= 7);
}

TEST_CASE("paths, the 32-bit catalogue and name spaces are read, or are errors and empty paths under Wine") {
    const auto catalog = make_windows_host()->winsock_catalog().value();
    if (!runs_under_wine()) {
        for (const WinsockEntry& entry : catalog.protocols)
            CHECK_FALSE(entry.path.empty());
        CHECK(has(catalog.protocols_32.value(), AF_INET, SOCK_STREAM, IPPROTO_TCP));
        CHECK_FALSE(catalog.namespaces.value().empty());
        return;
    }
    for (const WinsockEntry& entry : catalog.protocols)
        CHECK(entry.path.empty());
    REQUIRE(catalog.protocols_32.has_error());
    CHECK(catalog.protocols_32.error() ==
          Error{Errc::unsupported, ERROR_PROC_NOT_FOUND, "GetProcAddress(ws2_32.dll, WSCEnumProtocols32)"});
    REQUIRE(catalog.namespaces.has_error());
    CHECK(catalog.namespaces.error() ==
          Error{Errc::unsupported, 0, "WSAEnumNameSpaceProvidersW, which answered no provider"});
}
