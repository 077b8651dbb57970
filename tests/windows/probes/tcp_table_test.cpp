// Are listeners found with their port, address and owner?
#include "probes/windows/handle.hpp"

#include "probes/windows/text.hpp"
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

// Listens on a port that Windows chooses.
std::pair<Socket, std::uint16_t> listen_on(const char* address, int family) {
    Socket socket(::socket(family, SOCK_STREAM, IPPROTO_TCP));
    REQUIRE(socket);
    sockaddr_storage storage{};
    int size = sizeof storage;
    std::string text = address;
    REQUIRE(::WSAStringToAddressA(text.data(), family, nullptr, reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&storage), size) == 0);
    REQUIRE(::listen(socket.get(), 1) == 0);
    REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    // Wine finds the owner of a socket only once its process has tried to read from it.
    u_long not_blocking = 1;
    char none = 0;
    REQUIRE(::ioctlsocket(socket.get(), static_cast<long>(FIONBIO), &not_blocking) == 0);
    CHECK(::recv(socket.get(), &none, 1, 0) == SOCKET_ERROR);
    // The port is at the same place for both families.
    return {std::move(socket), ::ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port)};
}

std::string own_name() {
    wchar_t path[MAX_PATH] = {};
    ::GetModuleFileNameW(nullptr, path, MAX_PATH);
    return windows::to_utf8(std::filesystem::path(path).filename().wstring());
}

} // namespace

TEST_CASE("a listener of this process is found by port, with its address, process id and name") {
    const WinsockUse use;
    const auto [address, family] =
        GENERATE(table<const char*, int>({{"127.0.0.1", AF_INET}, {"0.0.0.0", AF_INET}, {"::1", AF_INET6}}));
    CAPTURE(address);
    const auto [socket, port] = listen_on(address, family);
    const auto listeners = make_windows_host()->tcp_listeners();
    REQUIRE(listeners.has_value());
    const auto found = std::find_if(listeners->begin(), listeners->end(), [&, wanted = port](const TcpListener& row) {
        return row.port == wanted && row.address == address;
    });
    REQUIRE(found != listeners->end());
    // Wine knows the owners of IPv4 sockets alone: 0 and no name are "not known".
    const bool knows = !runs_under_wine() || family == AF_INET;
    CHECK(found->process_id == (knows ? ::GetCurrentProcessId() : 0));
    CHECK(found->process == (knows ? own_name() : ""));
}

TEST_CASE("a port is free again once its listener is closed") {
    const WinsockUse use;
    auto [socket, port] = listen_on("127.0.0.1", AF_INET);
    socket = Socket();
    for (const TcpListener& row : make_windows_host()->tcp_listeners().value())
        CHECK_FALSE((row.port == port && row.process_id == ::GetCurrentProcessId()));
}

TEST_CASE("a connection of this process is found from both its ends, and its listener is none") {
    const WinsockUse use;
    const auto [listener, port] = listen_on("127.0.0.1", AF_INET);
    u_long blocking = 0;
    REQUIRE(::ioctlsocket(listener.get(), static_cast<long>(FIONBIO), &blocking) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = ::htons(port);
    to.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    const Socket client(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    const Socket server(::accept(listener.get(), nullptr, nullptr));
    REQUIRE(server);
    sockaddr_in from{};
    int size = sizeof from;
    REQUIRE(::getsockname(client.get(), reinterpret_cast<sockaddr*>(&from), &size) == 0);
    const std::uint16_t other = ::ntohs(from.sin_port);
    const auto rows = make_windows_host()->tcp_connections();
    REQUIRE(rows.has_value());
    const auto count = [&](std::uint16_t local, std::uint16_t remote) {
        return std::count_if(rows->begin(), rows->end(), [&](const TcpConnection& row) {
            return row.local_address == "127.0.0.1" && row.remote_address == "127.0.0.1" && row.local_port == local &&
                   row.remote_port == remote && row.state == TcpState::established;
        });
    };
    CHECK(count(port, other) == 1);
    CHECK(count(other, port) == 1);
    for (const TcpConnection& row : *rows)
        CHECK(row.state != TcpState::listen);
}
