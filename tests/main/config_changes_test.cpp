// When is a configuration that has changed taken up, and when does it change nothing?
#include "agent/main/config_changes.hpp"

#include "agent/atomic_file.hpp"
#include "tests/support/recorded_log.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

bool no_repair() { return false; }
bool a_repair() { return true; }

struct Bench {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "config.json";
    RecordedLog log;
    Settings in_force;
    std::chrono::seconds later{0};
    std::optional<ConfigChanges> changes;

    Bench() {
        write(R"({"log": {"files": 5}})");
        changes.emplace(file, log);
    }
    // As somebody does it minutes later: clocks of file systems are coarse.
    void write(const std::string& text) {
        REQUIRE(write_file_atomically(file, text).has_value());
        touch();
    }
    void touch() {
        later += 60s;
        std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() + later);
    }
    std::optional<Settings> due(bool (*repair_runs)() = no_repair) { return changes->due(in_force, repair_runs); }
};

} // namespace

TEST_CASE("a configuration that has changed is taken up once") {
    Bench bench;
    CHECK_FALSE(bench.due());
    bench.write(R"({"log": {"files": 7}})");
    const auto settings = bench.due();
    REQUIRE(settings.has_value());
    CHECK(settings->log_files == 7);
    CHECK_FALSE(bench.due());
    CHECK(bench.log.lines.empty());
}

TEST_CASE("a file that is newer and says the same changes nothing") {
    Bench bench;
    bench.touch();
    CHECK_FALSE(bench.due());
    bench.write("// in other words\n{}");
    CHECK_FALSE(bench.due());
    CHECK(bench.log.lines.empty());
}

TEST_CASE("a configuration that is wrong changes nothing and is told once") {
    Bench bench;
    bench.write(R"({"log": {"files": "many"}})");
    CHECK_FALSE(bench.due());
    CHECK_FALSE(bench.due());
    REQUIRE(bench.log.lines.size() == 1);
    CHECK(bench.log.lines[0].find("event=config_refused") == 0);
    CHECK(bench.log.lines[0].find("/log/files") != std::string::npos);
}

TEST_CASE("a configuration waits for the end of a repair, which is told once") {
    Bench bench;
    bench.write(R"({"log": {"files": 7}})");
    CHECK_FALSE(bench.due(a_repair));
    CHECK_FALSE(bench.due(a_repair));
    REQUIRE(bench.log.lines.size() == 1);
    CHECK(bench.log.lines[0].find("event=config_waits reason=") == 0);
    SECTION("and is taken up then") {
        REQUIRE(bench.due().has_value());
        CHECK_FALSE(bench.due());
    }
    SECTION("and in its last words") {
        bench.write(R"({"log": {"files": 8}})");
        CHECK_FALSE(bench.due(a_repair));
        CHECK(bench.due().value().log_files == 8);
    }
    SECTION("and not when it has been taken back meanwhile") {
        bench.write("{}");
        CHECK_FALSE(bench.due());
    }
    SECTION("and not when it has become wrong meanwhile") {
        bench.write("{");
        CHECK_FALSE(bench.due());
    }
}

TEST_CASE("a second write within the second of the first, of the same size, is seen") {
    Bench bench;
    const auto write_now = [&](const std::string& text) {
        REQUIRE(write_file_atomically(bench.file, text).has_value());
        std::filesystem::last_write_time(bench.file, std::filesystem::file_time_type::clock::now());
    };
    write_now(R"({"log": {"files": 5}})");
    ConfigChanges changes(bench.file, bench.log);
    const auto written = std::filesystem::last_write_time(bench.file);
    write_now(R"({"log": {"files": 7}})");
    std::filesystem::last_write_time(bench.file, written);
    const auto settings = changes.due(bench.in_force, no_repair);
    REQUIRE(settings.has_value());
    CHECK(settings->log_files == 7);
    write_now(R"({"log": {"files": "many"}})");
    CHECK_FALSE(changes.due(bench.in_force, no_repair));
    CHECK_FALSE(changes.due(bench.in_force, no_repair));
    CHECK(bench.log.lines.size() == 1);
}
