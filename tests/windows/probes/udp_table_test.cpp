// Are UDP endpoints found with their port, address and owner?
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"

#include "tests/windows/probes/fixtures.hpp"

#include <ws2tcpip.h>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

class WinsockUse {
  public:
    WinsockUse() {
        WSADATA data{};
        REQUIRE(::WSAStartup(MAKEWORD(2, 2), &data) == 0);
    }
    ~WinsockUse() { ::WSACleanup(); }
};

struct SocketTraits {
    using Raw = SOCKET;
    static Raw none() noexcept { return INVALID_SOCKET; }
    static void close(Raw raw) noexcept { ::closesocket(raw); }
};
using Socket = windows::Handle<SocketTraits>;

// Bound to a port that Windows chooses.
std::pair<Socket, std::uint16_t> bind_to(const char* address, int family) {
    Socket socket(::socket(family, SOCK_DGRAM, IPPROTO_UDP));
    REQUIRE(socket);
    sockaddr_storage storage{};
    int size = sizeof storage;
    std::string text = address;
    REQUIRE(::WSAStringToAddressA(text.data(), family, nullptr, reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&storage), size) == 0);
    REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    // Wine finds the owner of a socket only once its process has tried to read from it.
    u_long not_blocking = 1;
    char none = 0;
    REQUIRE(::ioctlsocket(socket.get(), static_cast<long>(FIONBIO), &not_blocking) == 0);
    CHECK(::recv(socket.get(), &none, 1, 0) == SOCKET_ERROR);
    // The port is at the same place for both families.
    return {std::move(socket), ::ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port)};
}

} // namespace

TEST_CASE("a UDP socket of this process is found by port, with its address and process id") {
    const WinsockUse use;
    const auto [address, family] =
        GENERATE(table<const char*, int>({{"127.0.0.1", AF_INET}, {"0.0.0.0", AF_INET}, {"::1", AF_INET6}}));
    CAPTURE(address);
    const auto [socket, port] = bind_to(address, family);
    const auto endpoints = windows::udp_endpoints();
    REQUIRE(endpoints.has_value());
    const auto found = std::find_if(endpoints->begin(), endpoints->end(), [&, wanted = port](const UdpEndpoint& row) {
        return row.port == wanted && row.address == address;
    });
    REQUIRE(found != endpoints->end());
    CHECK(found->process_id == ::GetCurrentProcessId());
    CHECK_FALSE(found->process.empty());
}
