// Test fixture: a stand-in for the service TermService, as seen from the network.
//
// Listens on 127.0.0.1 at the PortNumber of RDP-Tcp, negotiates as the registry says, and goes on with TLS. Each
// connection gets the certificate that is in the store at that moment. Without a certificate the answer is
// SSL_CERT_NOT_ON_SERVER; where the key cannot be read, the connection is closed after the ClientHello, as by the real
// one. With fDenyTSConnections=1 every connection is closed without a word.
#include "tests/standins/rdp_certificate.hpp"
#include "tests/standins/rdp_negotiation.hpp"
#include "tests/standins/service.hpp"

#include <openssl/ssl.h>

#include <cstdio>
#include <exception>
#include <thread>
#include <utility>

using namespace rdpmedic::standin;

namespace {

const std::wstring terminal_server = L"SYSTEM\\CurrentControlSet\\Control\\Terminal Server";
const std::wstring rdp_tcp = terminal_server + L"\\WinStations\\RDP-Tcp";
const std::wstring policy = L"SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services";

std::uint32_t setting(const std::wstring& local, const wchar_t* name, std::uint32_t otherwise) {
    return dword(policy, name, dword(local, name, otherwise));
}

class Socket {
  public:
    explicit Socket(SOCKET raw) : raw_(raw) {}
    Socket(Socket&& other) noexcept : raw_(std::exchange(other.raw_, INVALID_SOCKET)) {}
    Socket& operator=(Socket other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~Socket() {
        if (raw_ != INVALID_SOCKET)
            closesocket(raw_);
    }
    SOCKET get() const { return raw_; }

  private:
    SOCKET raw_;
};

// Nothing when the peer hangs up, is silent for ten seconds, or does not speak RDP.
std::vector<std::uint8_t> receive_request(SOCKET socket) {
    std::vector<std::uint8_t> data;
    char buffer[512];
    for (;;) {
        std::optional<std::size_t> length = tpkt_length(data);
        if (length) {
            data.resize(*length);
            return data;
        }
        int received = recv(socket, buffer, sizeof buffer, 0);
        if (received <= 0)
            return {};
        data.insert(data.end(), buffer, buffer + received);
    }
}

void serve_tls(SOCKET socket, const Bytes& der) {
    std::optional<std::string> pem = readable_key();
    char byte = 0;
    if (!pem) {
        recv(socket, &byte, 1, MSG_PEEK);
        return;
    }
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    Key key = key_from_pem(*pem);
    const unsigned char* in = der.data();
    Certificate certificate(d2i_X509(nullptr, &in, static_cast<long>(der.size())));
    if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return; // another key than the certificate's: Schannel cannot make its credential either
    std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
    SSL_set_fd(tls.get(), static_cast<int>(socket));
    if (SSL_accept(tls.get()) != 1)
        return;
    while (SSL_read(tls.get(), &byte, 1) == 1) // CredSSP and all that follows is beyond a stand-in
        continue;
    SSL_shutdown(tls.get());
}

void serve(const Socket& socket) try {
    if (setting(terminal_server, L"fDenyTSConnections", 0) != 0)
        return;
    std::vector<std::uint8_t> request = receive_request(socket.get());
    if (request.empty())
        return;
    std::optional<Bytes> certificate = served();
    Answer answer =
        negotiate(request, {setting(rdp_tcp, L"SecurityLayer", 2), setting(rdp_tcp, L"UserAuthentication", 1)},
                  certificate.has_value());
    send(socket.get(), reinterpret_cast<const char*>(answer.bytes.data()), static_cast<int>(answer.bytes.size()), 0);
    if (answer.tls)
        serve_tls(socket.get(), *certificate);
    shutdown(socket.get(), SD_SEND);
} catch (const std::exception& error) {
    std::fprintf(stderr, "stand-in for TermService: %s\n", error.what());
}

void accept_until_closed(SOCKET listener) {
    for (;;) {
        Socket socket(accept(listener, nullptr, nullptr));
        if (socket.get() == INVALID_SOCKET)
            return;
        DWORD ten_seconds = 10000;
        setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<char*>(&ten_seconds), sizeof ten_seconds);
        // Detached: a peer that hangs must not hold up the others, and the process ends with the service.
        std::thread([owned = std::move(socket)] { serve(owned); }).detach();
    }
}

DWORD start_listening(Socket& listener) {
    listener = Socket(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<u_short>(dword(rdp_tcp, L"PortNumber", 3389)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOL alone = TRUE;
    setsockopt(listener.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<char*>(&alone), sizeof alone);
    if (bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener.get(), SOMAXCONN) != 0)
        return static_cast<DWORD>(WSAGetLastError());
    std::thread(&accept_until_closed, listener.get()).detach();
    return NO_ERROR;
}

} // namespace

int wmain() {
    WSADATA data{};
    WSAStartup(MAKEWORD(2, 2), &data);
    Socket listener(INVALID_SOCKET);
    return run_service(
        L"TermService", [&] { return start_listening(listener); }, [&] { listener = Socket(INVALID_SOCKET); });
}
