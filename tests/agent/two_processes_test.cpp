// Does one process keep out of another's repair, and take it back when that one is killed?
//
// Two real ones: this program once more, with a hidden test case that plays the command line. On Windows the same lock
// is shown within one process: a file that is open without sharing knows no processes.
#ifndef _WIN32
#include "tests/support/desk_bench.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* folder_variable = "RDPMEDIC_TEST_DATA";
constexpr const char* other_name = "the other process repairs until it is killed";

// Set while a test runs, for the process that it starts.
struct Variable {
    explicit Variable(const std::filesystem::path& folder) { ::setenv(folder_variable, folder.c_str(), 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(folder_variable); }
};

struct OtherProcess {
    pid_t id = 0;

    explicit OtherProcess(const std::filesystem::path& folder) {
        const Variable variable(folder);
        std::string program = "tests_agent", test = other_name;
        char* arguments[] = {program.data(), test.data(), nullptr};
        posix_spawn_file_actions_t quiet;
        REQUIRE(::posix_spawn_file_actions_init(&quiet) == 0);
        ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        const int started = ::posix_spawn(&id, "/proc/self/exe", &quiet, nullptr, arguments, environ);
        ::posix_spawn_file_actions_destroy(&quiet);
        REQUIRE(started == 0);
    }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;
    ~OtherProcess() { kill(); }

    bool lives() {
        if (id != 0 && ::waitpid(id, nullptr, WNOHANG) != 0)
            id = 0; // it is gone, and its number may be another's
        return id != 0;
    }
    // Its lock is free when this returns.
    void kill() {
        if (id == 0)
            return;
        ::kill(id, SIGKILL);
        while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
        }
        id = 0;
    }
};

} // namespace

// Not a test of its own: it runs where the test below starts it, and waits in the middle of a repair.
TEST_CASE("the other process repairs until it is killed", "[.]") {
    const char* variable = std::getenv(folder_variable);
    if (variable == nullptr) {
        WARN("nobody has started this");
        return;
    }
    const std::filesystem::path folder = variable;
    CertificateHost host;
    host.set_dword(bench_key, "x", 0);
    FakeControl control{host};
    const Repair repair = setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.confirm_within = 1s; // so that it pauses
    });
    const auto pause = [&](std::chrono::milliseconds) {
        std::ofstream(folder / "under way") << "x is 1";
        std::this_thread::sleep_for(60s); // it is killed long before
    };
    const Settings settings; // the desk refers to it
    Desk desk(DeskParts{host, &control, folder, settings}, DeskHooks{disk::append, pause, {repair}});
    REQUIRE(desk.open().has_value());
    const Job job = ended(desk, desk.start(setting_request()));
    CHECK(job.outcome == Outcome::rolled_back);
}

TEST_CASE("of two processes that repair at once the second is refused with the reason, until the first is gone") {
    DeskBench bench;
    const std::filesystem::path data = bench.folder.path() / "data";
    auto desk = bench.desk({setting_repair()});
    OtherProcess other(data);
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!std::filesystem::exists(data / "under way")) {
        REQUIRE(other.lives());
        REQUIRE(std::chrono::steady_clock::now() < end);
        std::this_thread::sleep_for(10ms);
    }
    const auto refused = desk->start(setting_request());
    CHECK(kind_of_refusal(refused) == Refusal::Kind::busy);
    CHECK(std::get<Refusal>(refused).details == std::vector<std::string>{"in another process"});
    CHECK(std::get<Refusal>(refused).retry_after > 0s);
    CHECK(kind_of_refusal(desk->roll_back("any", {"boss", "192.0.2.9"}, false)) == Refusal::Kind::busy);
    desk->recover_others(); // it lives: what is open is its own
    CHECK(bench.control.writes == 0);
    CHECK_FALSE(bench.was_told(RepairEventKind::recovered));

    const auto open = journal_files(data / "journal").value();
    REQUIRE(open.size() == 1);
    CHECK_FALSE(read_journal(open.front())->finished);
    other.kill();
    CHECK(ended(*desk, desk->start(setting_request())).outcome == Outcome::repaired);
    CHECK(bench.was_told(RepairEventKind::recovered));
    CHECK(desk->job(open.front().stem().string())->outcome == Outcome::rolled_back);
}
#endif
