// Do the repairs of the certificate and of the services leave the host cured or as it was?
#include "tests/support/certificate_host.hpp"
#include "tests/support/nothing_lost.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

ServiceFacts service(const std::string& name, ServiceState state) {
    ServiceFacts facts;
    facts.name = name;
    facts.state = state;
    facts.start = StartType::manual;
    facts.accepted = 1;
    facts.process_id = state == ServiceState::stopped ? 0 : 1000;
    facts.services_in_process = state == ServiceState::stopped ? 0 : 1;
    return facts;
}

// The listener serves what the store holds.
std::unique_ptr<FakeHost> rdp_host() {
    auto host = std::make_unique<CertificateHost>();
    for (const char* name : {"TermService", "UmRdpService", "RpcSs"})
        host->services[FakeHost::lower(name)] = service(name, ServiceState::running);
    host->services["termservice"].account = "NT AUTHORITY\\NetworkService";
    host->set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    HandshakeFacts handshake;
    handshake.stage = HandshakeStage::complete;
    handshake.certificate = host->own().der;
    host->handshake = handshake;
    return host;
}

void serve_what_the_store_holds(FakeHost& host) {
    HandshakeFacts handshake;
    const auto& store = host.stores["Remote Desktop"];
    handshake.stage = store.empty() ? HandshakeStage::tls_closed : HandshakeStage::complete;
    if (!store.empty())
        handshake.certificate = store.front().der;
    host.handshake = handshake;
}

BrokenHost expired() {
    return {"expired",
            cert_repair(),
            {},
            [] {
                auto host = rdp_host();
                CertificateOrder order;
                order.not_after = host->time - std::chrono::hours{48};
                static_cast<CertificateHost&>(*host).set_own(order);
                serve_what_the_store_holds(*host);
                return host;
            },
            [](FakeControl& control) {
                control.contents[own_key_file] = {1, 2, 3};
                control.makes = CertificateHost::own_certificate(CertificateOrder{});
                control.makes_key_file = own_key_file;
                control.makes_key_access = descriptor(key_sddl(20348));
                control.after_change = serve_what_the_store_holds;
            }};
}

BrokenHost expired_with_a_key_that_stands_in_the_way() {
    BrokenHost broken = expired();
    broken.name = "expired, and no new key is made over the old one";
    broken.hands = [hands = broken.hands](FakeControl& control) {
        hands(control);
        control.key_file_is_in_the_way = true;
    };
    return broken;
}

// The list of the key file is set first; then SessionEnv makes the file anew, with a list of its own.
BrokenHost expired_and_unreadable() {
    BrokenHost broken = expired();
    broken.name = "expired, and the key cannot be read";
    broken.host = [host = broken.host] {
        auto result = host();
        static_cast<CertificateHost&>(*result).set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)");
        return result;
    };
    broken.hands = [hands = broken.hands](FakeControl& control) {
        hands(control);
        control.makes_key_access = descriptor(key_sddl(14393));
    };
    return broken;
}

BrokenHost unreadable_key() {
    return {"unreadable key", cert_repair(), {}, [] {
                auto host = rdp_host();
                static_cast<CertificateHost&>(*host).set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)");
                HandshakeFacts handshake;
                handshake.stage = HandshakeStage::tls_closed;
                host->handshake = handshake;
                return host;
            }};
}

BrokenHost stopped_service() {
    return {"stopped and disabled", termservice_repair(), {}, [] {
                auto host = rdp_host();
                host->services["termservice"] = service("TermService", ServiceState::stopped);
                host->services["termservice"].account = "NT AUTHORITY\\NetworkService";
                host->services["umrdpservice"] = service("UmRdpService", ServiceState::stopped);
                host->services["sessionenv"].start = StartType::disabled;
                return host;
            }};
}

} // namespace

TEST_CASE("nothing is lost while an expired certificate is renewed") { CHECK(check_nothing_lost(expired()) > 8); }

TEST_CASE("nothing is lost while an expired certificate is renewed and its key put aside") {
    CHECK(check_nothing_lost(expired_with_a_key_that_stands_in_the_way()) > 8);
}

TEST_CASE("nothing is lost while the list of a key file is set and the file is then made anew") {
    CHECK(check_nothing_lost(expired_and_unreadable()) > 8);
}

TEST_CASE("nothing is lost while the key is made readable and TermService restarted") {
    CHECK(check_nothing_lost(unreadable_key()) > 6);
}

TEST_CASE("nothing is lost while services are enabled and started") {
    CHECK(check_nothing_lost(stopped_service()) >= 4);
}

TEST_CASE("an expired certificate is cured when the next one is served") {
    const Job job = carry_out_for_real(expired());
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
}

TEST_CASE("services that run again with their certificate served are cured") {
    const Job job = carry_out_for_real(stopped_service());
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
}
