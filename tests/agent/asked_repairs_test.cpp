// Is what somebody asks for done once, waited for, and taken back when nobody confirms it?
#include "agent/disk.hpp"
#include "agent/repair/desk_impl.hpp"
#include "tests/support/dns_world.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/network_world.hpp"
#include "tests/support/serving_host.hpp"
#include "tests/support/stuck_sessions.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

template <class AnyHost>
struct Bench {
    TemporaryFolder folder;
    AnyHost host;
    FakeControl control{host};
    Settings settings;
    std::string boot = "boot 1";
    std::function<void(Desk&)> while_pausing = [](Desk&) {};
    Desk* open = nullptr;

    Bench() { settings.repair_cool_down = 0s; }

    std::unique_ptr<Desk> desk(Repair repair) {
        DeskParts parts{host, &control, folder.path() / "data", settings};
        parts.boot_mark = [this] { return Result<std::string>(boot); };
        parts.verifies_after_restart = true;
        std::vector<Repair> repairs;
        repairs.push_back(std::move(repair));
        auto result = std::make_unique<Desk>(std::move(parts), DeskHooks{disk::append,
                                                                         [this](std::chrono::milliseconds) {
                                                                             if (open != nullptr)
                                                                                 while_pausing(*open);
                                                                         },
                                                                         std::move(repairs)});
        open = result.get();
        REQUIRE(result->open().has_value());
        return result;
    }
};

RepairRequest request(const std::string& repair, const Options& options = {}) {
    RepairRequest result{repair};
    result.disconnect_sessions = true;
    result.caller = {"ops", "192.0.2.9"};
    result.options = options;
    return result;
}

Job finished(Desk& desk, const RepairRequest& what) {
    const auto begun = desk.start(what);
    if (const auto* refusal = std::get_if<Refusal>(&begun))
        FAIL(refusal->text);
    return desk.wait(std::get<Job>(begun).id, 60s).value();
}

} // namespace

TEST_CASE("a resolver cache that is flushed as asked is done, although nothing shows it afterwards") {
    Bench<DnsWorld> bench;
    auto desk = bench.desk(dns_repair());
    const Job job = finished(*desk, request("dns", {{"action", "both"}}));
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.control.writes == 2);
}

TEST_CASE("a session that is named is logged off once, with leave only") {
    Bench<SessionHost> bench;
    auto desk = bench.desk(sessions_repair());
    RepairRequest what = request("sessions", {{"session", "2"}});
    what.disconnect_sessions = false;
    const auto refused = desk->start(what);
    REQUIRE(std::holds_alternative<Refusal>(refused));
    CHECK(std::get<Refusal>(refused).kind == Refusal::Kind::sessions);
    CHECK(std::get<Refusal>(refused).details == std::vector<std::string>{"EXAMPLE\\anna (session 2, active)"});
    what.disconnect_sessions = true;
    CHECK(finished(*desk, what).outcome == Outcome::repaired);
    CHECK(bench.control.writes == 1);
    CHECK(finished(*desk, what).outcome == Outcome::not_needed);
    CHECK(bench.control.writes == 1);
}

TEST_CASE("who comes back while he is told keeps his session") {
    Bench<SessionHost> bench;
    bench.host.add_disconnected(5, "bob", 3h);
    bench.control.after_change = [](FakeHost& host) { host.session_list->back().state = SessionState::active; };
    auto desk = bench.desk(sessions_repair());
    const Job job = finished(*desk, request("sessions", {{"user", "bob"}, {"message", "Log on again or lose it."}}));
    INFO(job.reason);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(bench.host.session_list->back().id == 5);
}

TEST_CASE("the wait for users who are told does not count against the deadline") {
    Bench<SessionHost> bench;
    bench.settings.repair_deadline = 0s;
    bench.host.add_disconnected(5, "bob", 3h);
    auto desk = bench.desk(sessions_repair());
    CHECK(finished(*desk, request("sessions", {{"user", "bob"}, {"message", "Bye"}})).outcome == Outcome::repaired);
    bench.host.add_disconnected(6, "carol", 3h);
    CHECK(finished(*desk, request("sessions", {{"user", "carol"}})).outcome == Outcome::refused);
}

TEST_CASE("a lease stays where its caller is heard again, and goes back where not") {
    Bench<NetworkWorld> bench;
    bench.host.lose_address();
    bench.control.leased = {"192.0.2.50"};
    auto desk = bench.desk(network_repair());
    const bool heard = GENERATE(true, false);
    if (heard)
        bench.while_pausing = [](Desk& door) { door.heard_from({"ops", "192.0.2.9"}); };
    const Job job = finished(*desk, request("network"));
    INFO(job.reason);
    CHECK(job.outcome == (heard ? Outcome::repaired : Outcome::rolled_back));
    const auto adapters = bench.host.adapters().value();
    CHECK(adapters[0].addresses.front() == (heard ? "192.0.2.50" : "169.254.7.7"));
}

TEST_CASE("a second restart is refused within the cool-down whatever its words, and calls the first one not off") {
    Bench<ServingHost> bench;
    auto desk = bench.desk(reboot_repair());
    const Job first = finished(*desk, request("reboot", {{"in_s", "300"}}));
    REQUIRE(first.outcome == Outcome::pending_reboot);
    const Job second = finished(*desk, request("reboot", {{"in_s", "600"}}));
    CHECK(second.outcome == Outcome::rolled_back);
    CHECK(bench.control.restart_scheduled);
    CHECK(desk->job(first.id)->outcome == Outcome::pending_reboot);
    bench.settings.repair_cool_down = 300s;
    desk = bench.desk(reboot_repair());
    const auto third = desk->start(request("reboot", {{"message", "now really"}}));
    REQUIRE(std::holds_alternative<Refusal>(third));
    CHECK(std::get<Refusal>(third).kind == Refusal::Kind::cool_down);
}

TEST_CASE("a restart that is scheduled can be cancelled") {
    Bench<ServingHost> bench;
    auto desk = bench.desk(reboot_repair());
    const Job job = finished(*desk, request("reboot", {{"in_s", "300"}}));
    CHECK(job.outcome == Outcome::pending_reboot);
    CHECK(bench.control.restart_scheduled);
    const auto cancelled = desk->cancel(job.id, {"ops", "192.0.2.9"});
    REQUIRE(std::holds_alternative<Job>(cancelled));
    CHECK(desk->wait(std::get<Job>(cancelled).id, 60s)->outcome == Outcome::rolled_back);
    CHECK_FALSE(bench.control.restart_scheduled);
}

TEST_CASE("after the boot Remote Desktop must answer, unless it is switched off") {
    Bench<ServingHost> bench;
    Job job;
    {
        auto desk = bench.desk(reboot_repair());
        job = finished(*desk, request("reboot"));
        REQUIRE(job.outcome == Outcome::pending_reboot);
    }
    bench.open = nullptr;
    bench.boot = "boot 2";
    Outcome expected = Outcome::repaired;
    SECTION("it answers") {}
    SECTION("it does not") {
        bench.host.hang_up();
        expected = Outcome::rolled_back;
    }
    SECTION("it is off") {
        bench.host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        bench.host.hang_up();
        expected = Outcome::improved; // no handshake proves it
    }
    auto desk = bench.desk(reboot_repair());
    const auto verified = desk->wait(job.id, 60s);
    for (int i = 0; i < 600 && desk->job(job.id)->outcome == Outcome::pending_reboot; ++i)
        std::this_thread::sleep_for(100ms);
    INFO(desk->job(job.id)->reason);
    CHECK(desk->job(job.id)->outcome == expected);
    CHECK(verified.has_value());
}
