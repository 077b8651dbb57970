// Does a failed handshake name a repair only where that repair has something to do?
#include "probes/diagnosis/repair_options.hpp"
#include "tests/probes/handshake_findings.hpp"
#include "tests/support/rdp_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::handshakes;

namespace {

RdpHost ending_at(HandshakeStage stage) {
    RdpHost host;
    HandshakeFacts facts = served(certificate());
    facts.stage = stage;
    host.handshake = facts;
    return host;
}

RdpHost refused_and_stopped() {
    RdpHost host = ending_at(HandshakeStage::refused);
    host.listeners = std::vector<TcpListener>{};
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    return host;
}

Finding only_finding(const FakeHost& host) {
    const std::vector<Finding> findings = run(host);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

std::string command_on(const FakeHost& host) { return diagnosis::command_of(only_finding(host)); }

const std::string with_restart = "rdpmedic repair termservice --option restart=true",
                  plain = "rdpmedic repair termservice";

} // namespace

TEST_CASE(
    "where TermService runs and does not answer, the repair is named with the restart that somebody has to ask for") {
    for (const HandshakeStage stage : {HandshakeStage::refused, HandshakeStage::closed_before_reply,
                                       HandshakeStage::reset_before_reply, HandshakeStage::silent}) {
        RdpHost host = ending_at(stage);
        INFO(static_cast<int>(stage));
        CHECK(command_on(host) == with_restart);
        CHECK(only_finding(host).subject == "TermService");
        host.listeners = std::vector<TcpListener>{}; // nobody holds the port
        CHECK(command_on(host) == with_restart);
    }
}

TEST_CASE("no restart is named that would take the port away on which clients still get in") {
    RdpHost host = ending_at(HandshakeStage::refused);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390); // TermService still has 3389
    CHECK(command_on(host) == "");
    const Finding finding = only_finding(host);
    CHECK(finding.text.find("TermService still listens on TCP port 3389") != std::string::npos);
    CHECK(mentions(finding, "0.0.0.0:3389 belongs to TermService (process id 1000)"));
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    CHECK(command_on(host) == with_restart);
}

TEST_CASE("where TermService is stopped, the repair is named where its start cures, and without an option") {
    RdpHost host = refused_and_stopped();
    CHECK(command_on(host) == plain);
    CHECK(only_finding(host).subject == "");
    host.services.erase("rpcss"); // it would not start
    CHECK(command_on(host) == "");
}

TEST_CASE("a Home edition is named, and neither a restart nor a start of TermService, which cure nothing there") {
    RdpHost host = ending_at(HandshakeStage::refused);
    host.listeners = std::vector<TcpListener>{};
    host.set_text(keys::windows_version, "EditionID", "CoreSingleLanguage");
    CHECK(command_on(host) == "");
    CHECK(only_finding(host).text.find("This edition of Windows cannot host Remote Desktop") != std::string::npos);
    CHECK(mentions(only_finding(host), "EditionID = CoreSingleLanguage"));
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    CHECK(command_on(host) == "");
    host.set_text(keys::windows_version, "EditionID", "Professional");
    CHECK(command_on(host) == plain);
}

TEST_CASE("no repair of TermService is named while another program holds the port") {
    RdpHost host = ending_at(HandshakeStage::closed_before_reply);
    host.hold_port_by("Other", R"(C:\Other\other.exe)");
    CHECK(command_on(host) == "");
    CHECK(mentions(only_finding(host), "no restart: other.exe (process id 4400) holds the port"));
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    CHECK(command_on(host) == "");
}

TEST_CASE("no restart is named where it is not known to help, or would not bring TermService back") {
    RdpHost host = ending_at(HandshakeStage::silent);
    SECTION("who holds the port is not known") {
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        CHECK(command_on(host) == "");
    }
    SECTION("the table names no owner") {
        host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 0, ""}};
        CHECK(command_on(host) == "");
    }
    SECTION("it shares its process") {
        host.term_service().services_in_process = 3;
        CHECK(command_on(host) == "");
        CHECK(mentions(only_finding(host), "shares its process with 2 other services"));
    }
    SECTION("it is disabled, which the repair cures first") {
        host.term_service().start = StartType::disabled;
        CHECK(command_on(host) == plain);
    }
    SECTION("it could not be read") {
        host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"});
        CHECK(command_on(host) == "");
    }
    SECTION("whether Remote Desktop is switched on is not known") {
        host.drop(keys::terminal_server, "fDenyTSConnections");
        CHECK(command_on(host) == "");
    }
}

TEST_CASE("the repair cert is named where the probe cert calls for it, and not because TLS breaks") {
    RdpHost host = ending_at(HandshakeStage::tls_reset);
    CHECK(command_on(host) == "");
    CHECK(mentions(only_finding(host), "the probe cert finds nothing that its repair cures"));
    host.set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)"); // NETWORK SERVICE may not read the key
    CHECK(command_on(host) == "rdpmedic repair cert");
    CHECK_FALSE(mentions(only_finding(host), "finds nothing"));
}

TEST_CASE("a host that answers, or on which Remote Desktop is off, is asked for nothing more") {
    struct Counting : RdpHost {
        explicit Counting(const RdpHost& host) : RdpHost(host) {}
        mutable int services_asked = 0;
        Result<ServiceFacts> service(std::string_view name) const override {
            services_asked += name == "UmRdpService" ? 1 : 0;
            return RdpHost::service(name);
        }
    };
    Counting well{RdpHost()};
    CHECK(codes(run(well)) == "");
    CHECK(well.services_asked == 0);
    Counting off{ending_at(HandshakeStage::refused)};
    off.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(codes(run(off)) == "handshake.rdp_off");
    CHECK(off.services_asked == 0);
    Counting failing{ending_at(HandshakeStage::refused)};
    run(failing);
    CHECK(failing.services_asked > 0); // so that the counts above mean something
}
