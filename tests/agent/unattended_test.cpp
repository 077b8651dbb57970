// Does a repair that nobody asked for never make the host less safe, nor take a decision that is a person's?
#include "agent/repair/auto_repair_runner.hpp"
#include "tests/support/desk_bench.hpp"
#include "tests/support/fake_desk.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/rdp_host.hpp"
#include "tests/support/winsock_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

RepairRequest unasked(const std::string& repair) {
    RepairRequest request{repair};
    request.caller = nobody;
    request.unattended = true;
    return request;
}

// One repair on a host of its own, begun by nobody.
template <class SomeHost>
struct Alone {
    explicit Alone(Repair which) : repair(std::move(which)) {}

    std::unique_ptr<Desk> desk() {
        DeskParts parts{host, &control, folder.path() / "data", settings};
        parts.boot_mark = [] { return Result<std::string>(std::string("boot 1")); };
        auto result = std::make_unique<Desk>(std::move(parts),
                                             DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {repair}});
        REQUIRE(result->open().has_value());
        return result;
    }
    Job carried_out() {
        auto at = desk();
        return ended(*at, at->start(unasked(repair.name)));
    }
    // With `consent` there is something to do, and without anybody who gives it nothing is done.
    void needs(const Options& consent) {
        CHECK_FALSE(planned(repair, host, consent).rungs.empty());
        const std::string before = state_of(host, control);
        auto at = desk();
        const auto begun = at->start(unasked(repair.name));
        if (const auto* job = std::get_if<Job>(&begun)) {
            INFO(job->reason);
            CHECK(at->wait(job->id, 60s)->outcome == Outcome::not_needed);
        }
        CHECK(control.writes == 0);
        CHECK(state_of(host, control) == before);
    }

    Repair repair;
    TemporaryFolder folder;
    SomeHost host;
    FakeControl control{host};
    Settings settings;
};

struct Firewall : Alone<RdpHost> {
    Firewall() : Alone(firewall_repair()) { built_in(""); }
    void built_in(const std::string& profiles) {
        host.set_rule(built_in_tcp, rdp_rule(true, false, profiles));
        host.set_rule(built_in_udp, rdp_rule(false, false, profiles));
    }
    std::string rule(const std::string& name) const {
        const auto value = host.registry_value({firewall_root + R"(\FirewallRules)"}, name);
        return value ? std::get<std::string>(value->data) : "";
    }
    static bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

    const std::string built_in_tcp = "RemoteDesktop-UserMode-In-TCP", built_in_udp = "RemoteDesktop-UserMode-In-UDP";
};

} // namespace

TEST_CASE("no rule for public networks is switched on unasked, also where no public network is there now") {
    Firewall bench; // the rules of Windows, which are for every profile, on a domain network
    CHECK_FALSE(planned(bench.repair, bench.host).rungs.empty()); // somebody may ask for it
    auto desk = bench.desk();
    CHECK(kind_of_refusal(desk->start(unasked("firewall"))) == Refusal::Kind::sessions);
    CHECK(bench.control.writes == 0);
    CHECK(Firewall::holds(bench.rule(bench.built_in_tcp), "Active=FALSE"));
}

TEST_CASE("an active public network is not opened unasked") {
    Firewall bench;
    bench.host.profiles = FirewallProfiles{false, false, true};
    bench.needs({{"public_profile", "true"}});
}

TEST_CASE("a rule that is for the network of the domain alone is switched on unasked") {
    Firewall bench;
    bench.built_in("Profile=Domain|");
    const Job job = bench.carried_out();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(Firewall::holds(bench.rule(bench.built_in_tcp), "Active=TRUE"));
}

TEST_CASE("beside an active public network only the other one is opened unasked") {
    Firewall bench;
    bench.host.profiles = FirewallProfiles{true, false, true};
    const Job job = bench.carried_out();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    const std::string own = bench.rule("rdpmedic RDP TCP 3389");
    CHECK(Firewall::holds(own, "Profile=Domain|"));
    CHECK_FALSE(Firewall::holds(own, "Public"));
    CHECK(Firewall::holds(bench.rule(bench.built_in_tcp), "Active=FALSE"));
}

TEST_CASE("a rung with a rule for public networks, or with one that cannot be read, needs somebody") {
    const std::string rule = rdp_rule(true, false);
    const auto needs = [](Change change) {
        Rung rung{"rules", "", ""};
        rung.changes = {FlushDns{}, std::move(change)};
        return needs_somebody(rung);
    };
    CHECK(needs(SetFirewallRule{"a", rule, true}));
    CHECK_FALSE(needs(SetFirewallRule{"a", rule, false}));
    CHECK_FALSE(needs(SetFirewallRule{"a", rdp_rule(true, false, "Profile=Private|"), true}));
    CHECK(needs(SetFirewallRule{"a", rdp_rule(true, false, "Profile=Private|Profile=Public|"), true}));
    CHECK(needs(SetFirewallRule{"a", "no rule", true}));
    CHECK(needs(AddFirewallRule{"own", 6, 3389, 7, ""}));
    CHECK_FALSE(needs(AddFirewallRule{"own", 6, 3389, 3, ""}));
}

TEST_CASE("the cipher suites of a policy stay unasked") {
    Alone<RdpHost> bench(tls_repair());
    bench.host.set_text(tls::suites_policy, "Functions", "");
    bench.needs({{"remove_cipher_policy", "true"}});
}

TEST_CASE("a service that holds the port runs on unasked") {
    Alone<RdpHost> bench(listener_repair());
    bench.host.hold_port_by("OtherSvc", R"(C:\Program Files\Other\other.exe)");
    bench.needs({{"stop_port_owner", "true"}});
}

TEST_CASE("Remote Desktop that is off stays off unasked") {
    Alone<RdpHost> bench(listener_repair());
    bench.host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    bench.needs({{"enable_rdp", "true"}});
}

TEST_CASE("a catalogue of Winsock that only a reset cures is not reset unasked") {
    Alone<WinsockHost> bench(winsock_repair());
    bench.host.registry.erase(FakeHost::lower(
        R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64\000000000002)"));
    bench.needs({{"reset", "true"}});
}

TEST_CASE("a new folder for the keys of the machine is not made unasked") {
    Alone<ServingHost> bench(machinekeys_repair());
    bench.host.folders[FakeHost::lower(machine_keys)] = {"6de9cb26d2b98c01ec4e9e8b34824aa2_" + machine_guid,
                                                         "f686aace6942fb7f7ceb231212eef4a4_" + machine_guid};
    bench.needs({{"new_folder", "true"}});
}

TEST_CASE("the machine is not restarted unasked") {
    Alone<ServingHost> bench(reboot_repair());
    CHECK_FALSE(planned(bench.repair, bench.host).rungs.empty());
    auto desk = bench.desk();
    (void)kind_of_refusal(desk->start(unasked("reboot")));
    CHECK_FALSE(bench.control.restart_scheduled);
    CHECK(bench.control.writes == 0);
}

TEST_CASE("what a rule of auto_repair begins has no option and no leave to disconnect") {
    FakeDesk desk;
    Finding standing{"firewall.rules_disabled", Severity::critical, "nothing lets RDP in"};
    Report report;
    report.probe = "firewall";
    report.findings = std::vector<Finding>{standing};
    Board board(Snapshot{}, [](const Snapshot&, const Snapshot&, const std::string&) {});
    board.publish(report);
    AutoRepairParts parts{board, desk, {{standing.code, "firewall", 0, 0, 1h, 3}}, [] { return Time{}; }};
    parts.hour = [](Time) { return 12u; };
    AutoRepair unattended(std::move(parts));
    unattended.look();
    REQUIRE(desk.requests.size() == 1);
    const RepairRequest& request = desk.requests.front();
    CHECK(request.repair == "firewall");
    CHECK(request.options.empty());
    CHECK(request.unattended);
    CHECK_FALSE(request.disconnect_sessions);
    CHECK(request.caller.from == "unattended");
}
