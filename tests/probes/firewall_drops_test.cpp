// Is the firewall's own log evidence of what the rules say, and is it left alone where nothing is logged?
#include "probes/firewall.hpp"
#include "probes/time_text.hpp"

#include "tests/probes/firewall_strings.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

using Codes = std::vector<std::string>;

const std::string local = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";
const std::string policy = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall)";
const RegistryPath time_zone{R"(SYSTEM\CurrentControlSet\Control\TimeZoneInformation)"};
const std::string usual = R"(%systemroot%\system32\LogFiles\Firewall\pfirewall.log)";
const std::string head = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n"
                         "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn "
                         "tcpack tcpwin icmptype icmpcode info path pid\r\n\r\n";
const Error denied{Errc::access_denied, 5, "x"};

std::string drop(const std::string& time, const std::string& source, const std::string& protocol = "TCP",
                 int port = 3389, const std::string& flags = "S") {
    return "2026-01-15 " + time + " DROP " + protocol + " " + source + " 192.0.2.10 50000 " + std::to_string(port) +
           " 52 " + flags + " 1 0 64240 - - - RECEIVE 4\r\n";
}

// A host on the domain network, an hour before UTC, that lets RDP in and logs what it drops.
class Logging : public FakeHost {
  public:
    Logging() {
        ServiceFacts running;
        running.state = ServiceState::running;
        services = {{"mpssvc", running}, {"bfe", running}};
        profiles = FirewallProfiles{true, false, false};
        set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        set_dword(keys::rdp_tcp, "PortNumber", 3389);
        set_dword({local}, "PolicyVersion", 0x221);
        set_rule("RemoteDesktop-UserMode-In-TCP", firewall::tcp_allow);
        set_rule("RemoteDesktop-UserMode-In-UDP", firewall::udp_allow);
        for (const char* profile : {"DomainProfile", "StandardProfile", "PublicProfile"}) {
            set_dword({local + "\\" + profile}, "EnableFirewall", 1);
            set_dword({local + "\\" + profile + R"(\Logging)"}, "LogDroppedPackets", 1);
            set({local + "\\" + profile + R"(\Logging)"}, "LogFilePath", {2, usual});
        }
        set_dword(time_zone, "ActiveTimeBias", static_cast<std::uint32_t>(-60));
    }

    void set_rule(const std::string& id, std::string_view text) {
        set_text({local + R"(\FirewallRules)"}, id, std::string(text));
    }
    void write(const std::string& lines, const std::string& path = usual) {
        const std::string text = head + lines;
        give("file_ends " + path, FileEnds{text.size(), text, ""});
    }
    void close_tcp() { registry[lower(local + R"(\FirewallRules)")].erase("RemoteDesktop-UserMode-In-TCP"); }
};

std::vector<Finding> findings(const Host& host) {
    JudgeContext context;
    context.now = time_from_iso("2026-01-15T08:45:00Z").value();
    return firewall::probe({}).run(host, context).value();
}

Codes codes(const Host& host) {
    Codes result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

const Codes unexplained{"firewall.drops_logged info " + usual};

// Notes which keys were read.
class Counting : public Logging {
  public:
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override {
        if (key.key.ends_with(R"(\Logging)"))
            read.push_back(key.key);
        return Logging::registry_values(key);
    }
    mutable Codes read;
};

} // namespace

TEST_CASE("packets for RDP that no rule explains are an info that says from whom they came and when, in UTC") {
    Logging host;
    host.write(drop("09:29:00", "203.0.113.5") + drop("09:30:00", "203.0.113.5") + drop("09:28:00", "198.51.100.7"));
    CHECK(codes(host) == unexplained);
    CHECK(findings(host)[0].text.find("3 dropped packets to TCP 3389 within 60 minutes, the last at "
                                      "2026-01-15T08:30:00Z, from 2 addresses: 203.0.113.5 (2), 198.51.100.7 (1);") !=
          std::string::npos);
    CHECK(findings(host)[0].evidence.empty());
    host.write(drop("09:29:00", "203.0.113.5") + "nonsense\r\n");
    CHECK(findings(host).at(0).evidence == Codes{"1 of 2 lines that were read do not fit #Fields"});
}

TEST_CASE("packets for RDP are evidence of the finding that explains them") {
    Logging host;
    host.write(drop("09:30:00", "203.0.113.5"));
    host.close_tcp();
    CHECK(codes(host) == Codes{"firewall.no_allow_rule critical Domain"});
    CHECK(findings(host)[0].evidence.back() ==
          usual + ": 1 dropped packet to TCP 3389 within 60 minutes, the last at 2026-01-15T08:30:00Z, from 1 "
                  "address: 203.0.113.5 (1)");
    // Also where RDP is off; alone they are then nothing to tell.
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(codes(host) == Codes{"firewall.no_allow_rule info Domain"});
    CHECK(findings(host)[0].evidence.back().find("203.0.113.5 (1)") != std::string::npos);
    host.set_rule("RemoteDesktop-UserMode-In-TCP", firewall::tcp_allow);
    CHECK(codes(host).empty());
}

TEST_CASE("a rule that blocks addresses explains what it drops") {
    Logging host;
    host.set_rule("IPBan_Block_0", "v2.31|Action=Block|Active=TRUE|Dir=In|RA4=203.0.113.5|");
    host.write(drop("09:30:00", "203.0.113.5"));
    CHECK(codes(host) == Codes{"firewall.addresses_blocked info Domain"});
    CHECK(findings(host)[0].evidence.back().find("1 dropped packet to TCP 3389") != std::string::npos);
}

TEST_CASE("a rule for datagrams that is missing explains datagrams alone") {
    Logging host;
    host.registry[FakeHost::lower(local + R"(\FirewallRules)")].erase("RemoteDesktop-UserMode-In-UDP");
    host.write(drop("09:30:00", "203.0.113.5", "UDP"));
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain"});
    CHECK(findings(host)[0].evidence.back().find("1 dropped packet to UDP 3389") != std::string::npos);
    host.write(drop("09:30:00", "203.0.113.5", "TCP"));
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain", unexplained[0]});
}

TEST_CASE("only packets within the window count, by the zone of the host") {
    Logging host;
    host.write(drop("08:30:00", "203.0.113.5"));
    CHECK(codes(host).empty());
    host.set_dword(time_zone, "ActiveTimeBias", 0);
    CHECK(codes(host) == unexplained);
    host.set_dword(time_zone, "ActiveTimeBias", 300); // 13:30 UTC: a clock that was set back meanwhile
    CHECK(codes(host) == unexplained);
}

TEST_CASE("packets for another port, and of connections that were there before, are no clients of RDP") {
    Logging host;
    const std::string line =
        GENERATE(drop("09:30:00", "203.0.113.5", "TCP", 445), drop("09:30:00", "203.0.113.5", "TCP", 3389, "A"),
                 drop("09:30:00", "203.0.113.5", "TCP", 3389, "FA"));
    host.write(line);
    host.registry.erase(FakeHost::lower(time_zone.key)); // not asked for
    CHECK(codes(host).empty());
}

TEST_CASE("the port of the log is the listener's own") {
    Logging host;
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
    host.write(drop("09:30:00", "203.0.113.5", "TCP", 3390));
    CHECK(codes(host) == Codes{"firewall.custom_port_not_allowed critical Domain"});
    CHECK(findings(host)[0].evidence.back().find("TCP 3390") != std::string::npos);
}

TEST_CASE("a host that logs nothing is asked for one setting of each active profile, and for no file") {
    Counting host;
    for (const char* profile : {"DomainProfile", "StandardProfile", "PublicProfile"})
        host.set_dword({local + "\\" + profile + R"(\Logging)"}, "LogDroppedPackets", 0);
    CHECK(codes(host).empty());
    CHECK(host.read == Codes{local + R"(\DomainProfile\Logging)"});
    // Nor is one of which nothing is set.
    host.registry.erase(FakeHost::lower(local + R"(\DomainProfile\Logging)"));
    CHECK(codes(host).empty());
    host.read.clear();
    host.profiles = FirewallProfiles{false, true, true};
    CHECK(codes(host).empty());
    CHECK(host.read == Codes{local + R"(\PublicProfile\Logging)", local + R"(\StandardProfile\Logging)"});
}

TEST_CASE("a policy switches logging on and names the file, and a host's own file counts where it names none") {
    Logging host;
    host.set_dword({local + R"(\DomainProfile\Logging)"}, "LogDroppedPackets", 0);
    host.set_dword({policy + R"(\DomainProfile)"}, "EnableFirewall", 1);
    host.set_dword({policy + R"(\DomainProfile\Logging)"}, "LogDroppedPackets", 1);
    host.write(drop("09:30:00", "203.0.113.5"));
    CHECK(codes(host) == unexplained);
    host.set_text({policy + R"(\DomainProfile\Logging)"}, "LogFilePath", R"(C:\logs\domainfw.log)");
    host.write(drop("09:30:00", "203.0.113.5"), R"(C:\logs\domainfw.log)");
    CHECK(codes(host) == Codes{R"(firewall.drops_logged info C:\logs\domainfw.log)"});
    // Without any path it is where Windows puts it.
    host.registry[FakeHost::lower(policy + R"(\DomainProfile\Logging)")].erase("LogFilePath");
    host.registry[FakeHost::lower(local + R"(\DomainProfile\Logging)")].erase("LogFilePath");
    host.write(drop("09:30:00", "203.0.113.5"), R"(%SystemRoot%\System32\LogFiles\Firewall\pfirewall.log)");
    CHECK(codes(host) == Codes{R"(firewall.drops_logged info %SystemRoot%\System32\LogFiles\Firewall\pfirewall.log)"});
}

TEST_CASE("profiles that share a log are one finding, and a finding of either explains it") {
    Logging host;
    host.profiles = FirewallProfiles{true, false, true};
    host.write(drop("09:30:00", "203.0.113.5"));
    CHECK(codes(host) == unexplained);
    host.set_dword({local + R"(\PublicProfile)"}, "DoNotAllowExceptions", 1);
    CHECK(codes(host) == Codes{"firewall.block_all_inbound critical Public"});
    // With logs of their own, what one profile drops is not explained by the other.
    host.set_text({local + R"(\DomainProfile\Logging)"}, "LogFilePath", R"(C:\domainfw.log)");
    host.write(drop("09:30:00", "203.0.113.5"), R"(C:\domainfw.log)");
    host.write("");
    CHECK(codes(host) ==
          Codes{"firewall.block_all_inbound critical Public", R"(firewall.drops_logged info C:\domainfw.log)"});
}

TEST_CASE("a log that nobody has written yet has no packets") {
    Logging host;
    host.give("file_ends " + usual, Error{Errc::not_found, 2, "CreateFileW(pfirewall.log)"});
    CHECK(codes(host).empty());
}

TEST_CASE("what cannot be read of a log that is kept is unknown") {
    Logging host;
    host.write(drop("09:30:00", "203.0.113.5"));
    SECTION("the file") {
        host.give("file_ends " + usual, denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown the firewall's log " + usual});
    }
    SECTION("its lines") {
        host.give("file_ends " + usual, FileEnds{9, "nonsense\n", ""});
        CHECK(codes(host) == Codes{"firewall.unknown unknown the firewall's log " + usual});
    }
    SECTION("the zone of its times") {
        host.fail("registry_value HKLM\\" + time_zone.key + ": ActiveTimeBias", denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown which packets in the firewall's log are recent"});
    }
    SECTION("whether there is one") {
        host.fail("registry_values HKLM\\" + local + R"(\DomainProfile\Logging)", denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown whether the Domain profile logs what it drops"});
    }
    SECTION("whether there is one, for a value of another type") {
        host.set_text({local + R"(\DomainProfile\Logging)"}, "LogDroppedPackets", "1");
        CHECK(codes(host) == Codes{"firewall.unknown unknown whether the Domain profile logs what it drops"});
    }
    SECTION("where it is") {
        host.set_dword({local + R"(\DomainProfile\Logging)"}, "LogFilePath", 1);
        CHECK(codes(host) == Codes{"firewall.unknown unknown whether the Domain profile logs what it drops"});
    }
}

TEST_CASE("the repair, which has no use for the log, does not read it") {
    Counting host;
    host.write(drop("09:30:00", "203.0.113.5"));
    CHECK(firewall::collect(host).value().drops.logs.empty());
    CHECK(host.read.empty());
    CHECK(firewall::collect_all(host).value().drops.logs.size() == 1);
}
