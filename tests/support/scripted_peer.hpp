// A peer on loopback that says what a test tells it to, and ends the conversation the way the test wants.
#pragma once

#include "tests/support/make_certificate.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace rdpmedic::testing {

// Steps of a conversation, in order.
struct ReadSome {}; // waits for whatever the client says next
struct Send {       // says `bytes`, one at a time if wanted
    Bytes bytes;
    bool one_by_one = false;
};
struct ServeTls { // answers a TLS handshake, then waits for the client's close_notify
    MadeCertificate identity;
    int version = 0;                 // only this one, as in OpenSSL (TLS1_3_VERSION); 0 is any
    bool answer_close = true;        // false: never answers the client's close_notify
    bool demand_certificate = false; // of the client, which has none: TLS ends in an alert
    bool ask_certificate = false;    // of the client, and do without
};
struct ServeTlsPart { // answers the ClientHello with the first `bytes` of what a TLS server says, and nothing more
    MadeCertificate identity;
    int version = 0;
    std::size_t bytes = 0;
};
using Step = std::variant<ReadSome, Send, ServeTls, ServeTlsPart>;

enum class Ending { hang, close, reset }; // hang: until the client or the test gives up

class ScriptedPeer {
  public:
    // Listens on 127.0.0.1 (or ::1) and plays the script to every client, one after the other.
    explicit ScriptedPeer(std::vector<Step> script, Ending ending = Ending::close, bool ipv6 = false);
    ~ScriptedPeer(); // hangs up and joins

    Endpoint endpoint() const;
    // What the clients said before TLS, and how the last conversation ended for the peer. Wait for `conversations` to
    // be over first: blocks until then, at most ten seconds, and throws std::runtime_error after that.
    struct Seen {
        Bytes received;
        std::string server_name;   // SNI
        bool tls_complete = false; // the peer's own view
        bool close_notify = false; // the client said goodbye inside TLS
        bool clean_close = false;  // the connection ended with a FIN, not with a reset
        std::string client;        // address and port of the client
        std::size_t flight = 0;    // how much a TLS server would have said, where ServeTlsPart was asked for
    };
    Seen after(int conversations) const;

  private:
    struct Play;
    std::unique_ptr<Play> play_;
};

// A port of 127.0.0.1 on which nothing listens (for as long as nobody else takes it).
std::uint16_t closed_port();

} // namespace rdpmedic::testing
