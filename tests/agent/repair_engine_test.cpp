// Is the host cured or as it was, whatever fails and whenever the process dies?
#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "agent/repair/carry_out.hpp"
#include "agent/repair/roll_back.hpp"
#include "probes/formats/x509.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using testing::FakeControl;
using testing::FakeHost;
using testing::Killed;
using testing::state_of;
using testing::TemporaryFolder;

namespace {

const std::string key_file = "C:\\keys\\f686", key_backup = "C:\\keys\\f686.bak-20260115";
const Bytes old_certificate{1, 1, 1}, new_certificate{2, 2, 2};
const RegistryPath store_key{"SOFTWARE\\Store"};

SetServiceState stop(const char* name) { return {name, ServiceState::stopped}; }
SetServiceState start(const char* name) { return {name, ServiceState::running}; }

Rung rung(const char* id, std::vector<Change> changes) {
    Rung result;
    result.id = id;
    result.changes = std::move(changes);
    return result;
}

// Every kind of change, in the order of the certificate's ladder.
Plan ladder() {
    Plan plan;
    plan.repair = "cert";
    plan.cures = {{"cert.expired", Severity::critical, "expired"}};
    const std::string old = sha1_thumbprint(old_certificate);
    plan.rungs = {
        rung("key-acl", {SetFileAccess{key_file, {7, 7}}, stop("SessionEnv"), start("SessionEnv")}),
        rung("settings",
             {SetRegistryAccess{store_key, {8}}, SetRegistryValue{store_key, "x", RegistryValue{4, 1u}},
              SetRegistryValue{store_key, "y", std::nullopt}, SetServiceStart{"UmRdpService", StartType::manual}}),
        rung("renew", {stop("SessionEnv"), DeleteCertificate{"Remote Desktop", old, key_file}, start("SessionEnv")}),
        rung("key-file", {stop("SessionEnv"), RenameFile{key_file, key_backup}, start("SessionEnv")}),
        rung("restart", {stop("UmRdpService"), stop("TermService"), start("TermService"), start("UmRdpService")})};
    plan.rungs[2].await_new_certificate_in = plan.rungs[3].await_new_certificate_in = "Remote Desktop";
    plan.rungs[3].only_without_new_certificate = true;
    plan.rungs[4].disconnects_sessions = true;
    return plan;
}

struct Bench {
    TemporaryFolder folder;
    FakeHost host;
    FakeControl control{host};
    bool cured = false;
    int pauses = 0;

    Bench() {
        for (const char* name : {"SessionEnv", "TermService", "UmRdpService"}) {
            ServiceFacts& service = host.services[FakeHost::lower(name)];
            service.name = name;
            service.state = ServiceState::running;
            service.start = StartType::disabled;
        }
        host.services["sessionenv"].start = host.services["termservice"].start = StartType::manual;
        host.services["umrdpservice"].start = StartType::automatic;
        host.stores["Remote Desktop"] = {{old_certificate}};
        host.file_descriptors[FakeHost::lower(key_file)] = {5};
        host.registry_descriptors[FakeHost::lower(store_key.key)] = {6};
        host.set_dword(store_key, "y", 3);
        host.files[FakeHost::lower(key_file)] = {key_file, 3, false, false};
        control.contents[key_file] = {1, 2, 3};
        control.makes = StoreCertificate{new_certificate};
        control.makes_key_file = key_file;
    }

    std::filesystem::path journal_folder() const { return folder.path() / "journal"; }

    Job run(const Plan& plan, Journal::Append append = disk::append, bool may_disconnect = true) {
        Job job;
        job.id = "job1";
        job.repair = plan.repair;
        job.steps = steps_of(plan);
        auto journal = Journal::begin(journal_folder(), job, "", append);
        REQUIRE(journal.has_value());
        const auto verify = [this] { return Verdict{cured, cured ? "well" : "still ill"}; };
        return carry_out(plan, job,
                         {host, control, *journal, verify, [](const Job&) {}, [this](auto) { ++pauses; },
                          [] { return std::nullopt; }, may_disconnect});
    }
    std::vector<Job> recover() { return roll_back_open_entries(journal_folder(), host, control, disk::append).value(); }
};

int writes_of_a_full_climb(bool in_the_way) {
    Bench bench;
    bench.control.key_file_is_in_the_way = in_the_way;
    const std::string before = state_of(bench.host, bench.control);
    const Job job = bench.run(ladder());
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(job.reason.find("still ill") != std::string::npos);
    CHECK(state_of(bench.host, bench.control) == before);
    return bench.control.writes;
}

} // namespace

TEST_CASE("a plan that cures at a rung stops there and leaves the later rungs alone") {
    Bench bench;
    bench.cured = true;
    const Job job = bench.run(ladder());
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.control.writes == 3);
    CHECK(bench.pauses == 0);
    CHECK(job.steps.back().state == StepState::skipped);
    CHECK(bench.host.file_descriptors.at(FakeHost::lower(key_file)) == Bytes{7, 7});
    CHECK(bench.recover().empty());
}

TEST_CASE("a certificate that comes keeps its key, and the rung that would take the key is skipped") {
    Bench bench;
    Plan plan = ladder();
    plan.rungs = {plan.rungs[2], plan.rungs[3]};
    const Job job = bench.run(plan);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(job.steps[5].state == StepState::skipped);
    CHECK(bench.control.contents.count(key_backup) == 0);
}

TEST_CASE("when no certificate comes the key file is put aside and one comes") {
    Bench bench;
    bench.control.key_file_is_in_the_way = true;
    bench.control.after_change = [&](FakeHost& host) {
        const auto& store = host.stores["Remote Desktop"];
        bench.cured = store.size() == 1 && store[0].der == new_certificate;
    };
    const Job job = bench.run(ladder());
    CHECK(job.outcome == Outcome::repaired);
    CHECK(job.reason.find("key-file") != std::string::npos);
    CHECK(bench.control.contents.at(key_backup) == Bytes{1, 2, 3});
    CHECK(bench.control.contents.at(key_file) == Bytes{9, 9, 9});
    CHECK(bench.host.services.at("termservice").state == ServiceState::running);
}

TEST_CASE("a rung that disconnects sessions is left out without consent, and the job says so") {
    Bench bench;
    const Job job = bench.run(ladder(), disk::append, false);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(job.reason.find("disconnect_sessions") != std::string::npos);
    CHECK(job.steps.back().detail == left_out_for_sessions);
}

TEST_CASE("a repair that fails at any step leaves the host as it was") {
    const bool in_the_way = GENERATE(false, true);
    const int writes = writes_of_a_full_climb(in_the_way);
    for (int step = 0; step < writes; ++step) {
        Bench bench;
        bench.control.key_file_is_in_the_way = in_the_way;
        const std::string before = state_of(bench.host, bench.control);
        bench.control.fail_at = step;
        const Job job = bench.run(ladder());
        INFO("step " << step << ": " << job.reason);
        // A failed undo cannot be hidden; every other failure is taken back whole.
        if (job.outcome != Outcome::rollback_failed) {
            CHECK(job.outcome == Outcome::rolled_back);
            CHECK(state_of(bench.host, bench.control) == before);
        }
    }
}

TEST_CASE("a process that dies at any step, also while it takes back, is taken back at the next start") {
    const bool in_the_way = GENERATE(false, true), before_the_change = GENERATE(false, true);
    const int writes = writes_of_a_full_climb(in_the_way);
    for (int step = 0; step < writes; ++step) {
        Bench bench;
        bench.control.key_file_is_in_the_way = in_the_way;
        const std::string before = state_of(bench.host, bench.control);
        (before_the_change ? bench.control.die_before : bench.control.die_after) = step;
        CHECK_THROWS_AS(bench.run(ladder()), Killed);
        bench.control.die_before = bench.control.die_after = std::nullopt;
        const std::vector<Job> jobs = bench.recover();
        INFO("step " << step);
        REQUIRE(jobs.size() == 1);
        CHECK(jobs[0].outcome == Outcome::rolled_back);
        CHECK(state_of(bench.host, bench.control) == before);
        const int after = bench.control.writes;
        CHECK(bench.recover().empty());
        CHECK(bench.control.writes == after);
    }
}

TEST_CASE("what TermService read at its restart is taken back under it, and it must run afterwards") {
    Bench bench;
    Plan plan = ladder();
    plan.rungs = {plan.rungs[1], plan.rungs[4]};
    const std::string before = bench.control.read_by_term_service();
    SECTION("it runs with what was there") {
        CHECK(bench.run(plan).outcome == Outcome::rolled_back);
        CHECK(bench.host.services.at("termservice").state == ServiceState::running);
        CHECK(bench.control.read_by_term_service() == before);
    }
    SECTION("it stops again, which is told") {
        bench.control.after_change = [&](FakeHost& host) {
            if (bench.control.writes == 16) // the last of the rollback
                host.services["termservice"].state = ServiceState::stopped;
        };
        const Job job = bench.run(plan);
        CHECK(bench.control.writes == 16);
        CHECK(job.outcome == Outcome::rollback_failed);
        CHECK(std::any_of(job.steps.begin(), job.steps.end(), [](const JobStep& step) {
            return step.state == StepState::undo_failed &&
                   step.detail.find("TermService does not run") != step.detail.npos;
        }));
    }
}

TEST_CASE("a change that cannot be undone is not made") {
    Bench bench;
    bench.control.fail_capture_at = 1;
    const Job job = bench.run(ladder());
    CHECK(job.outcome == Outcome::refused);
    CHECK(bench.control.writes == 0);
}

TEST_CASE("a full disk refuses before the first change, and takes back after it") {
    const int fails_at = GENERATE(1, 2, 3, 4, 5, 6, 9, 14);
    Bench bench;
    const std::string before = state_of(bench.host, bench.control);
    int appends = 0;
    const auto full = [&](const std::filesystem::path& path, std::string_view bytes) -> Result<> {
        if (appends++ >= fails_at)
            return Error{Errc::io, 28, "write"};
        return disk::append(path, bytes);
    };
    const Job job = bench.run(ladder(), full);
    CHECK(job.outcome == (fails_at <= 2 ? Outcome::refused : Outcome::rolled_back));
    if (fails_at <= 2)
        CHECK(bench.control.writes == 0);
    CHECK(state_of(bench.host, bench.control) == before);
    CHECK(bench.recover().empty());
}

TEST_CASE("a journal torn at any byte takes the host back to what it was") {
    Plan plan = ladder();
    plan.rungs = {plan.rungs[2]};
    std::size_t total = 0;
    bool died = true;
#ifdef _WIN32
    const std::size_t stride = 7; // Wine needs half a minute for every byte; the native run tries them all
#else
    const std::size_t stride = 1;
#endif
    for (std::size_t budget = 0; died; budget += stride) {
        Bench bench;
        const std::string before = state_of(bench.host, bench.control);
        std::size_t left = budget;
        total = budget;
        const auto torn = [&](const std::filesystem::path& path, std::string_view bytes) -> Result<> {
            std::ofstream(path, std::ios::binary | std::ios::app) << bytes.substr(0, left);
            if (left < bytes.size())
                throw Killed{};
            left -= bytes.size();
            return {};
        };
        died = false;
        try {
            bench.run(plan, torn);
        } catch (const Killed&) {
            died = true;
        }
        const std::vector<Job> jobs = bench.recover();
        INFO("byte " << budget);
        REQUIRE(state_of(bench.host, bench.control) == before);
        for (const Job& job : jobs)
            REQUIRE(job.outcome == Outcome::rolled_back);
    }
    CHECK(total > 1000);
}

TEST_CASE("what a failed append has left is cut off, so that no later record is glued to it") {
    for (std::size_t fails_at = 1; fails_at < 12; ++fails_at) {
        Bench bench;
        const std::string before = state_of(bench.host, bench.control);
        std::size_t record = 0;
        const auto half = [&](const std::filesystem::path& path, std::string_view bytes) -> Result<> {
            if (record++ != fails_at)
                return disk::append(path, bytes);
            std::ofstream(path, std::ios::binary | std::ios::app) << bytes.substr(0, bytes.size() / 2);
            return Error{Errc::io, 112, "half a record"};
        };
        const Job job = bench.run(ladder(), half);
        INFO("record " << fails_at << ": " << job.reason);
        for (const auto& entry : std::filesystem::directory_iterator(bench.journal_folder()))
            CHECK(read_journal(entry.path()).has_value());
        CHECK(state_of(bench.host, bench.control) == before);
        CHECK(bench.recover().empty());
    }
}

TEST_CASE("a journal damaged in its middle is kept aside and told, and nothing is guessed") {
    Bench first;
    first.control.die_after = 5;
    CHECK_THROWS_AS(first.run(ladder()), Killed);
    const auto file = first.journal_folder() / "job1.jsonl";
    const std::string whole = read_whole_file(file, 1u << 20).value();
    for (std::size_t at = 0; at + 1 < whole.size(); at += 13) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        std::filesystem::remove_all(first.journal_folder());
        std::filesystem::create_directories(first.journal_folder());
        REQUIRE(write_file_atomically(file, damaged).has_value());
        const int writes = first.control.writes;
        const std::vector<Job> jobs = first.recover();
        INFO("byte " << at);
        REQUIRE(jobs.size() == 1);
        CHECK(jobs[0].outcome == Outcome::rollback_failed);
        CHECK(jobs[0].reason.find(".damaged") != std::string::npos);
        CHECK(first.control.writes == writes);
        CHECK(std::filesystem::exists(file.string() + ".damaged"));
    }
}
