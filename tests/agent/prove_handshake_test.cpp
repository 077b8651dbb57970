// Is a repair proved where the listener listens?
#include "agent/repair/verify.hpp"

#include "tests/support/serving_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

// Bound to 192.0.2.1 by LanAdapter: everywhere else nothing listens.
struct BoundHost : ServingHost {
    mutable Endpoint asked;

    BoundHost() { listeners = std::vector<TcpListener>{{"192.0.2.1", 3389, 1000, "svchost.exe"}}; }
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        asked = target;
        if (target == Endpoint{"192.0.2.1", 3389})
            return handshake;
        HandshakeFacts refused;
        refused.stage = HandshakeStage::refused;
        return refused;
    }
};

} // namespace

TEST_CASE("a listener that is bound to one address proves a repair there") {
    BoundHost host;
    CHECK(prove_handshake(host, "127.0.0.1").cured);
    CHECK(host.asked == Endpoint{"192.0.2.1", 3389});
    Cure cure;
    cure.look = [] { return std::vector<Finding>{}; };
    CHECK(verify(host, cure).cured);
    host.hang_up();
    const Verdict verdict = prove_handshake(host, "127.0.0.1");
    CHECK_FALSE(verdict.cured);
    CHECK(verdict.why.find("the listener is bound to 192.0.2.1:3389") != std::string::npos);
}

TEST_CASE("where a repair was proved without knowing the address, its failure says so") {
    BoundHost host;
    host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
    const Verdict verdict = prove_handshake(host, "127.0.0.1");
    CHECK_FALSE(verdict.cured);
    CHECK(host.asked == Endpoint{"127.0.0.1", 3389});
    CHECK(verdict.why.find("so 127.0.0.1 was tried") != std::string::npos);
}

TEST_CASE("an address that the administrator has set proves it, too") {
    BoundHost host;
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 1000, "svchost.exe"}};
    CHECK(prove_handshake(host, "192.0.2.1").cured);
    CHECK_FALSE(prove_handshake(host, "127.0.0.1").cured); // as this host answers
}
