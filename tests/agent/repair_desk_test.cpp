// Does the one door let in who may, once at a time, and remember?
#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "agent/repair/audit.hpp"
#include "agent/repair/desk_impl.hpp"
#include "probes/registry.hpp"
#include "probes/termservice.hpp"
#include "tests/support/certificate_host.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace std::chrono_literals;
using testing::FakeControl;
using testing::FakeHost;
using testing::TemporaryFolder;

namespace {

struct Bench {
    TemporaryFolder folder;
    testing::CertificateHost host;
    FakeControl control{host};
    Settings settings;
    std::vector<std::string> rechecked;

    Bench() {
        for (const char* name : {"TermService", "SessionEnv", "UmRdpService", "RpcSs"}) {
            ServiceFacts& service = host.services[FakeHost::lower(name)];
            service.name = name;
            service.state = ServiceState::running;
            service.start = StartType::manual;
            service.accepted = 1;
            service.services_in_process = 1;
            service.account = "NT AUTHORITY\\NetworkService";
        }
        host.services["termservice"].state = ServiceState::stopped;
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        const std::string library = R"(%SystemRoot%\System32\termsrv.dll)";
        host.set(termservice::parameters_key, "ServiceDll", {2, library});
        host.files[FakeHost::lower(library)] = {library, 1, false, false};
        HandshakeFacts handshake;
        handshake.stage = HandshakeStage::complete;
        handshake.certificate = host.own().der;
        host.handshake = handshake;
    }
    std::unique_ptr<Desk> desk(bool with_hands = true) {
        DeskParts parts{host, with_hands ? &control : nullptr, folder.path() / "data", settings};
        parts.recheck = [this](const std::string& probe) { rechecked.push_back(probe); };
        auto result = std::make_unique<Desk>(std::move(parts),
                                             DeskHooks{disk::append, [](std::chrono::milliseconds) {}, all_repairs()});
        REQUIRE(result->open().has_value());
        return result;
    }
    void break_again() { host.services["termservice"].state = ServiceState::stopped; }
};

RepairRequest request(const std::string& key = "", const std::string& caller = "ops") {
    return {"termservice", false, key, {caller, "127.0.0.1"}};
}

Job finished(Desk& desk, const RepairRequest& what) {
    const auto begun = desk.start(what);
    if (const auto* refusal = std::get_if<Refusal>(&begun))
        FAIL(refusal->text);
    return desk.wait(std::get<Job>(begun).id, 60s).value();
}

Refusal::Kind refusal_kind(const std::variant<Job, Refusal>& result) {
    REQUIRE(std::holds_alternative<Refusal>(result));
    return std::get<Refusal>(result).kind;
}

} // namespace

TEST_CASE("a stopped TermService is started, verified, told and remembered across a restart") {
    Bench bench;
    Job job;
    {
        auto desk = bench.desk();
        job = finished(*desk, request());
        INFO(job.reason);
        CHECK(job.outcome == Outcome::repaired);
        CHECK(bench.control.writes == 1);
        CHECK(bench.rechecked == std::vector<std::string>{"termservice", "handshake"});
    }
    auto desk = bench.desk();
    const auto again = desk->job(job.id);
    REQUIRE(again.has_value());
    CHECK(again->outcome == Outcome::repaired);
    CHECK(again->caller.name == "ops");
    CHECK(again->steps.size() == job.steps.size());
    CHECK(verify_audit(bench.folder.path() / "data" / "audit.jsonl").value() >= 3);
}

TEST_CASE("a healthy host is not_needed and nothing is written anywhere") {
    Bench bench;
    bench.host.services["termservice"].state = ServiceState::running;
    auto desk = bench.desk();
    const Job job = finished(*desk, request());
    CHECK(job.outcome == Outcome::not_needed);
    CHECK(bench.control.writes == 0);
    CHECK_FALSE(std::filesystem::exists(bench.folder.path() / "data" / "audit.jsonl"));
    CHECK_FALSE(std::filesystem::exists(bench.folder.path() / "data" / "journal"));
}

TEST_CASE("a listener that does not answer afterwards is not cured, and the start is taken back") {
    Bench bench;
    HandshakeFacts handshake;
    handshake.stage = HandshakeStage::refused;
    bench.host.handshake = handshake;
    auto desk = bench.desk();
    const Job job = finished(*desk, request());
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(bench.host.services["termservice"].state == ServiceState::stopped);
}

TEST_CASE("an idempotency key gives the first job again, also after a restart, and only to the same caller") {
    Bench bench;
    auto desk = bench.desk();
    const Job job = finished(*desk, request("k1"));
    bench.break_again();
    CHECK(std::get<Job>(desk->start(request("k1"))).id == job.id);
    CHECK(refusal_kind(desk->start(request("k1", "other"))) == Refusal::Kind::cool_down);
    desk = bench.desk();
    CHECK(std::get<Job>(desk->start(request("k1"))).id == job.id);
    CHECK(bench.control.writes == 1);
}

TEST_CASE("the cool-down and the attempts of a day hold, across restarts, and end with time") {
    Bench bench;
    bench.settings.repair_attempts_per_day = 2;
    auto desk = bench.desk();
    finished(*desk, request());
    bench.break_again();
    desk = bench.desk();
    const auto early = desk->start(request());
    CHECK(refusal_kind(early) == Refusal::Kind::cool_down);
    CHECK(std::get<Refusal>(early).retry_after == bench.settings.repair_cool_down);
    bench.host.time += bench.settings.repair_cool_down;
    CHECK(finished(*desk, request()).outcome == Outcome::repaired);
    bench.break_again();
    bench.host.time += bench.settings.repair_cool_down;
    const auto third = desk->start(request());
    CHECK(refusal_kind(third) == Refusal::Kind::too_many_attempts);
    CHECK(std::get<Refusal>(third).retry_after == 24h - 2 * bench.settings.repair_cool_down);
    bench.host.time += 24h;
    CHECK(finished(*desk, request()).outcome == Outcome::repaired);
}

TEST_CASE("while another process holds the repair lock the door says busy") {
    Bench bench;
    auto desk = bench.desk();
    auto lock = take_repair_lock(bench.folder.path() / "data");
    REQUIRE(lock.has_value());
    CHECK(refusal_kind(desk->start(request())) == Refusal::Kind::busy);
    lock = Error{};
    CHECK(finished(*desk, request()).outcome == Outcome::repaired);
}

TEST_CASE("a Remote Desktop that is switched off is a choice, and a policy is named") {
    Bench bench;
    bench.host.services["sessionenv"].start = StartType::disabled;
    bench.host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 1);
    auto desk = bench.desk();
    const auto result = desk->start(request());
    if (const auto* job = std::get_if<Job>(&result))
        CHECK(job->outcome == Outcome::not_needed);
    else
        CHECK(std::get<Refusal>(result).kind == Refusal::Kind::policy);
    CHECK(bench.control.writes == 0);
}

TEST_CASE("unknown repairs and hosts without hands are refused by kind") {
    Bench bench;
    auto desk = bench.desk(false);
    CHECK(refusal_kind(desk->start({"format-c", false, "", {}})) == Refusal::Kind::unknown_repair);
    CHECK(refusal_kind(desk->start(request())) == Refusal::Kind::unsupported);
    CHECK(std::get<Plan>(desk->plan("termservice", {})).rungs.size() == 1);
}

TEST_CASE("a journal that cannot be written refuses the repair before the first change") {
    Bench bench;
    auto desk = bench.desk();
    REQUIRE(write_file_atomically(bench.folder.path() / "data" / "journal", "not a folder").has_value());
    CHECK(refusal_kind(desk->start(request())) == Refusal::Kind::journal);
    CHECK(bench.control.writes == 0);
}

TEST_CASE("the audit trail shows an edit, a removed line and a torn end") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "audit.jsonl";
    Audit audit(file);
    for (int i = 0; i < 3; ++i)
        REQUIRE(audit.append(Time{std::chrono::seconds{i}}, {{"event", "e" + std::to_string(i)}}).has_value());
    REQUIRE(verify_audit(file).value() == 3);
    const std::string whole = read_whole_file(file, 1u << 20).value();

    SECTION("an edit") {
        std::string edited = whole;
        edited.replace(edited.find("e1"), 2, "e9");
        REQUIRE(write_file_atomically(file, edited).has_value());
        CHECK(verify_audit(file).error().where.find("line 2") != std::string::npos);
    }
    SECTION("a removed line") {
        REQUIRE(write_file_atomically(file, whole.substr(whole.find('\n') + 1)).has_value());
        CHECK(verify_audit(file).error().where.find("line 1") != std::string::npos);
    }
    SECTION("a torn end is cut off, told, and the chain goes on") {
        REQUIRE(write_file_atomically(file, whole + "{\"event\":\"to").has_value());
        REQUIRE(audit.append(Time{}, {{"event", "next"}}).has_value());
        CHECK(verify_audit(file).value() == 5);
    }
}
