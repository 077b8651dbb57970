// What does the server answer to exactly these bytes? A client that sends whatever the test wants.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rdpmedic::testing {

struct Answer {
    unsigned status = 0; // 0: the connection ended, or ten seconds passed, before a whole answer was there
    std::string header;  // with its status line
    std::string body;
    // The value of a header field, empty when it is not there.
    std::string field(const std::string& name) const;
};

class RawClient {
  public:
    enum class Speak { plain, tls, tls_1_2_only, tls_1_1_only };
    // Connects to a loopback port; TLS accepts any certificate, and the old versions whatever the system's OpenSSL is
    // configured to refuse, so that it is the server that decides. Throws nothing: see `connected`.
    explicit RawClient(std::uint16_t port, Speak speak = Speak::plain, const char* address = "127.0.0.1");
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    bool connected() const;
    // Why the TLS handshake failed, as OpenSSL says it; empty when it did not.
    std::string tls_problem() const;
    // False when the peer has hung up.
    bool send(const std::string& bytes);
    // One answer; `head` for an answer without a body.
    Answer receive(bool head = false);
    Answer ask(const std::string& bytes) { return send(bytes), receive(); }
    // What comes up to and with `text`; all there was where the peer hangs up or ten seconds pass before.
    std::string receive_until(const std::string& text);
    // Whether the peer hangs up within ten seconds. Drops what it still sends.
    bool sees_end();
    // The name of the TLS version, and the DER of the peer's certificate as hex of its SHA-256.
    std::string tls_version() const, tls_certificate() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace rdpmedic::testing
