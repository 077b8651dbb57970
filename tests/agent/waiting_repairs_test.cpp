// Do repairs that wait for a restart of the machine leave each other's undo whole, and everybody else's work alone?
#include "agent/repair/still_stands.hpp"
#include "probes/formats/x509.hpp"
#include "tests/support/desk_bench.hpp"

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

const Caller boss{"boss", "192.0.2.9"};

// Sets each value of bench_key, which counts after a restart of the machine. Its finding stands until `cured`.
Repair waiting_repair(const std::string& name, const std::vector<std::pair<std::string, std::uint32_t>>& values,
                      const bool& cured) {
    const auto findings = [name, &cured] {
        std::vector<Finding> result;
        if (!cured)
            result.push_back({"bench." + name, Severity::critical, "not yet"});
        return result;
    };
    Repair repair{name, "sets values", "bench", HandshakeProof::nothing};
    repair.judge = [findings](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> { return findings(); };
    repair.plan = [name, values, findings](const Host&, const JudgeContext&,
                                           const Options&) -> Result<PlanAndFindings> {
        PlanAndFindings seen{{name, findings()}, findings()};
        Rung rung{"set", "Set values", "not yet"};
        for (const auto& [value, to] : values)
            rung.changes.push_back(SetRegistryValue{bench_key, value, RegistryValue{4, to}});
        rung.takes_effect_at_restart = true;
        seen.plan.rungs = {std::move(rung)};
        return seen;
    };
    return repair;
}

struct Waiting : DeskBench {
    bool first_cured = false, second_cured = false;
    std::vector<Repair> repairs;

    Waiting() { host.set_dword(bench_key, "y", 0); }

    std::uint32_t y() const { return read_dword(host, bench_key, "y").value(); }
    std::unique_ptr<Desk> open() { return desk(repairs); }
    // The job, which waits for the restart now.
    std::string wait_with(Desk& at, const std::string& repair) {
        host.time += 1s; // ids begin with their time
        const Job job = ended(at, at.start({repair, false, "", boss}));
        INFO(job.reason);
        CHECK(job.outcome == Outcome::pending_reboot);
        return job.id;
    }
    static Job verified(Desk& at, const std::string& id) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (at.job(id).value().outcome == Outcome::pending_reboot) {
            REQUIRE(std::chrono::steady_clock::now() < end);
            std::this_thread::yield();
        }
        return at.job(id).value();
    }
};

struct TwoValues : Waiting {
    TwoValues() {
        repairs = {waiting_repair("first", {{"x", 1}}, first_cured),
                   waiting_repair("second", {{"y", 1}}, second_cured)};
    }
};

struct OneValue : Waiting {
    OneValue() {
        repairs = {waiting_repair("first", {{"x", 1}}, first_cured),
                   waiting_repair("second", {{"x", 2}}, second_cured)};
    }
};

// One job that has set several values of which somebody may have changed some.
struct OneJob : Waiting {
    std::string id;

    explicit OneJob(const std::vector<std::pair<std::string, std::uint32_t>>& values) {
        repairs = {waiting_repair("first", values, first_cured)};
        id = wait_with(*open(), "first");
    }
    Job after_restart() {
        boot = "boot 2";
        auto at = open();
        return verified(*at, id);
    }
};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("two repairs wait for the same restart, and only what has not cured is taken back after it") {
    TwoValues bench;
    std::string first, second;
    {
        auto desk = bench.open();
        first = bench.wait_with(*desk, "first");
        second = bench.wait_with(*desk, "second");
        CHECK(desk->job(first)->outcome == Outcome::pending_reboot);
    }
    bench.boot = "boot 2";
    const bool which = GENERATE(false, true);
    (which ? bench.first_cured : bench.second_cured) = true;
    auto desk = bench.open();
    CHECK(Waiting::verified(*desk, first).outcome == (which ? Outcome::repaired : Outcome::rolled_back));
    CHECK(Waiting::verified(*desk, second).outcome == (which ? Outcome::rolled_back : Outcome::repaired));
    CHECK(bench.x() == (which ? 1 : 0));
    CHECK(bench.y() == (which ? 0 : 1));
}

TEST_CASE("a repair that fails while another waits for its restart takes back its own alone") {
    TwoValues bench;
    std::string first;
    {
        auto desk = bench.open();
        first = bench.wait_with(*desk, "first");
        bench.control.fail_at = bench.control.writes;
        const Job failed = ended(*desk, desk->start({"second", false, "", boss}));
        CHECK(failed.outcome == Outcome::rolled_back);
        CHECK(bench.x() == 1);
        CHECK(desk->job(first)->outcome == Outcome::pending_reboot);
    }
    bench.boot = "boot 2";
    auto desk = bench.open();
    CHECK(Waiting::verified(*desk, first).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
}

TEST_CASE("the same repair once more is refused within the cool-down while it waits for its restart") {
    TwoValues bench;
    bench.settings.repair_cool_down = 600s;
    auto desk = bench.open();
    const std::string first = bench.wait_with(*desk, "first");
    const int writes = bench.control.writes;
    CHECK(kind_of_refusal(desk->start({"first", false, "", boss})) == Refusal::Kind::cool_down);
    CHECK(bench.control.writes == writes);
    CHECK(desk->job(first)->outcome == Outcome::pending_reboot);
    (void)bench.wait_with(*desk, "second"); // another one has a cool-down of its own
}

TEST_CASE("what two waiting repairs have made of one value goes back to what it was before the first") {
    OneValue bench;
    std::string first, second;
    {
        auto desk = bench.open();
        first = bench.wait_with(*desk, "first");
        second = bench.wait_with(*desk, "second");
        CHECK(bench.x() == 2);
    }
    bench.boot = "boot 2";
    auto desk = bench.open();
    const Job job = Waiting::verified(*desk, first);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK_FALSE(says(job.reason, "cannot be taken back"));
    CHECK(Waiting::verified(*desk, second).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
}

TEST_CASE("what the second of two waiting repairs has cured stays when the first is taken back") {
    OneValue bench;
    std::string first, second;
    {
        auto desk = bench.open();
        first = bench.wait_with(*desk, "first");
        second = bench.wait_with(*desk, "second");
    }
    bench.boot = "boot 2";
    bench.second_cured = true;
    auto desk = bench.open();
    CHECK(says(Waiting::verified(*desk, first).reason, "somebody has changed since"));
    CHECK(Waiting::verified(*desk, second).outcome == Outcome::repaired);
    CHECK(bench.x() == 2);
}

TEST_CASE("the first of two waiting repairs is taken back by its id only after the second") {
    OneValue bench;
    auto desk = bench.open();
    const std::string first = bench.wait_with(*desk, "first"), second = bench.wait_with(*desk, "second");
    CHECK(kind_of_refusal(desk->roll_back(first, boss, false)) == Refusal::Kind::changed_since);
    CHECK(bench.x() == 2);
    CHECK(ended(*desk, desk->roll_back(second, boss, false)).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 1);
    CHECK(ended(*desk, desk->roll_back(first, boss, false)).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
}

TEST_CASE("who sees a waiting repair verified can begin the next at once") {
    for (int i = 0; i < 20; ++i) {
        TwoValues bench;
        const std::string first = bench.wait_with(*bench.open(), "first");
        bench.boot = "boot 2";
        auto desk = bench.open();
        CHECK(Waiting::verified(*desk, first).outcome == Outcome::rolled_back);
        (void)bench.wait_with(*desk, "second");
    }
}

TEST_CASE("a value that somebody has changed before the restart is left and named, and the others go back") {
    OneJob bench({{"x", 1}, {"y", 1}});
    bench.host.set_dword(bench_key, "x", 7);
    const Job job = bench.after_restart();
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(bench.x() == 7);
    CHECK(bench.y() == 0);
    INFO(job.reason);
    CHECK(says(job.reason, bench_key.key + ": x to 1, which somebody has changed since"));
    CHECK_FALSE(says(job.reason, ": y"));
    CHECK(says(job.steps.at(0).detail, "not taken back"));
    CHECK(job.steps.at(1).state == StepState::undone);
}

TEST_CASE("a value that one job has set twice is not overwritten by the older of its inverses") {
    OneJob bench({{"x", 1}, {"x", 2}});
    bench.host.set_dword(bench_key, "x", 7);
    CHECK(says(bench.after_restart().reason, "somebody has changed since"));
    CHECK(bench.x() == 7);
}

TEST_CASE("what a process that died has taken back already is nobody's change, and the rest goes back") {
    OneJob bench({{"x", 1}, {"x", 2}, {"y", 1}});
    const auto [x, y] = GENERATE(table<std::uint32_t, std::uint32_t>({{2, 0}, {0, 0}}));
    bench.host.set_dword(bench_key, "x", x);
    bench.host.set_dword(bench_key, "y", y);
    const Job job = bench.after_restart();
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK_FALSE(says(job.reason, "somebody has changed"));
    CHECK(bench.x() == 0);
    CHECK(bench.y() == 0);
}

TEST_CASE("nothing is taken back after a restart where what stands there cannot be read") {
    OneJob bench({{"x", 1}, {"y", 1}});
    bench.control.fail_capture_at = bench.control.captures();
    const int writes = bench.control.writes;
    const Job job = bench.after_restart();
    CHECK(job.outcome == Outcome::rollback_failed);
    CHECK(says(job.reason, "could not be read: access denied"));
    CHECK(bench.control.writes == writes);
}

TEST_CASE("a certificate that came from elsewhere keeps its key: nothing that would overwrite it is taken back") {
    CertificateHost host;
    FakeControl control{host};
    const std::string backup = own_key_file + ".bak-20260115", gone(40, 'a');
    JournalEntry entry;
    entry.reached = 3;
    entry.undo = {{0, Change{AddCertificate{"Remote Desktop", gone, {1}, own_key_file}},
                   DeleteCertificate{"Remote Desktop", gone, own_key_file}},
                  {1, DropNewCertificates{"Remote Desktop", {gone}}},
                  {2, Change{RenameFile{backup, own_key_file}}, RenameFile{own_key_file, backup}},
                  {3, Change{SetRegistryValue{bench_key, "x", std::nullopt}},
                   SetRegistryValue{bench_key, "x", RegistryValue{4, 1u}}}};
    host.files[FakeHost::lower(backup)] = {backup, 1, false, false};
    host.set_dword(bench_key, "x", 1);
    const auto left = [](const Undo& undo) {
        const auto* change = std::get_if<Change>(&undo.action);
        return change != nullptr && std::holds_alternative<CannotUndo>(*change);
    };
    SECTION("the certificate in the store is nobody's that the job knows") {
        const auto undo = undo_of_what_stands(entry, host, control);
        REQUIRE(undo.has_value());
        CHECK(left(undo->at(0)));
        CHECK(left(undo->at(1)));
        CHECK(left(undo->at(2)));
        CHECK_FALSE(left(undo->at(3)));
    }
    SECTION("it came during the job") {
        entry.came = {{"Remote Desktop", {sha1_thumbprint(host.own().der)}}};
        const auto undo = undo_of_what_stands(entry, host, control);
        REQUIRE(undo.has_value());
        CHECK(std::none_of(undo->begin(), undo->end(), left));
    }
}
