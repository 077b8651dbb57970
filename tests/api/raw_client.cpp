// What does the server answer to exactly these bytes?
#include "tests/api/raw_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <functional>
#include <optional>

namespace rdpmedic::testing {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Level 0: above it OpenSSL itself offers no TLS 1.1.
void insist_on(int version, SSL_CTX* context) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
}

} // namespace

std::string Answer::field(const std::string& name) const {
    const std::string key = "\r\n" + lower(name) + ": ";
    const std::size_t at = lower(header).find(key);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + key.size();
    return header.substr(begin, header.find("\r\n", begin) - begin);
}

struct RawClient::Impl {
    asio::io_context io{1};
    tcp::socket socket{io};
    asio::ssl::context context{asio::ssl::context::tls_client};
    std::optional<asio::ssl::stream<tcp::socket&>> tls;
    std::string received;
    bool connected = false;
    std::string tls_problem;
    std::size_t moved = 0; // bytes of the last operation

    using Handler = std::function<void(const boost::system::error_code&, std::size_t)>;

    // Runs one operation to its end, at most ten seconds. `start` begins it with the handler it is given.
    boost::system::error_code finish(const std::function<void(Handler)>& start) {
        boost::system::error_code result = asio::error::timed_out;
        bool done = false;
        start([&](const boost::system::error_code& error, std::size_t count) {
            result = error;
            moved = count;
            done = true;
        });
        io.restart();
        io.run_for(std::chrono::seconds{10});
        if (done)
            return result;
        boost::system::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
        socket.cancel(ignored);
        socket.close(ignored);
        io.restart();
        io.run_for(std::chrono::seconds{10});
        return asio::error::timed_out;
    }

    bool read_more() {
        std::array<char, 16384> block{};
        moved = 0;
        const auto error = finish([&](Handler handler) {
            if (tls)
                tls->async_read_some(asio::buffer(block), std::move(handler));
            else
                socket.async_read_some(asio::buffer(block), std::move(handler));
        });
        received.append(block.data(), moved);
        return !error;
    }
};

RawClient::RawClient(std::uint16_t port, Speak speak, const char* address) : impl_(std::make_unique<Impl>()) {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    if (impl_->finish([&](Impl::Handler handler) {
            impl_->socket.async_connect(endpoint, [handler](const boost::system::error_code& e) { handler(e, 0); });
        }))
        return;
    if (speak != Speak::plain) {
        impl_->context.set_verify_mode(asio::ssl::verify_none);
        if (speak != Speak::tls)
            insist_on(speak == Speak::tls_1_2_only ? TLS1_2_VERSION : TLS1_1_VERSION, impl_->context.native_handle());
        impl_->tls.emplace(impl_->socket, impl_->context);
        const auto error = impl_->finish([&](Impl::Handler handler) {
            impl_->tls->async_handshake(asio::ssl::stream_base::client,
                                        [handler](const boost::system::error_code& e) { handler(e, 0); });
        });
        if (error) {
            impl_->tls_problem = error.message();
            return;
        }
    }
    impl_->connected = true;
}

RawClient::~RawClient() = default;

bool RawClient::connected() const { return impl_->connected; }

std::string RawClient::tls_problem() const { return impl_->tls_problem; }

bool RawClient::send(const std::string& bytes) {
    return !impl_->finish([&](Impl::Handler handler) {
        if (impl_->tls)
            asio::async_write(*impl_->tls, asio::buffer(bytes), std::move(handler));
        else
            asio::async_write(impl_->socket, asio::buffer(bytes), std::move(handler));
    });
}

Answer RawClient::receive(bool head) {
    std::string& received = impl_->received;
    std::size_t end = 0;
    while ((end = received.find("\r\n\r\n")) == std::string::npos)
        if (!impl_->read_more())
            return {};
    Answer answer;
    answer.header = received.substr(0, end + 2);
    received.erase(0, end + 4);
    if (answer.header.size() < 12)
        return {};
    answer.status = static_cast<unsigned>(std::stoul(answer.header.substr(9, 3)));
    const std::string length = answer.field("Content-Length");
    const std::size_t size = head || length.empty() ? 0 : std::stoul(length);
    while (received.size() < size)
        if (!impl_->read_more())
            return {};
    answer.body = received.substr(0, size);
    received.erase(0, size);
    return answer;
}

std::string RawClient::receive_until(const std::string& text) {
    std::string& received = impl_->received;
    while (received.find(text) == std::string::npos && impl_->read_more()) {
    }
    const std::size_t at = received.find(text);
    const std::string taken = received.substr(0, at == std::string::npos ? at : at + text.size());
    received.erase(0, taken.size());
    return taken;
}

bool RawClient::sees_end() {
    while (impl_->read_more()) {
    }
    return impl_->socket.is_open(); // the client itself closes it when time runs out
}

std::string RawClient::tls_version() const { return impl_->tls ? SSL_get_version(impl_->tls->native_handle()) : ""; }

std::string RawClient::tls_certificate() const {
    if (!impl_->tls)
        return {};
    X509* certificate = SSL_get1_peer_certificate(impl_->tls->native_handle());
    if (certificate == nullptr)
        return {};
    std::array<unsigned char, 32> hash{};
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), hash.data(), &size);
    X509_free(certificate);
    std::string hex;
    for (const unsigned char byte : hash) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
}

} // namespace rdpmedic::testing
