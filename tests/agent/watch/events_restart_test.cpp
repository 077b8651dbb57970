// Does an agent that is started again go on in the event logs where the one before stopped?
#include "agent/atomic_file.hpp"
#include "agent/data_folder.hpp"
#include "agent/watch/watch.hpp"
#include "tests/probes/event_log.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

void write_failure(LogHost& host, std::chrono::minutes age) {
    host.write("system", {connection_manager, 1057, host.time - age, {}});
}

// As the agent reads its notes when it starts.
std::shared_ptr<Notebooks> saved_notes(const std::filesystem::path& data) {
    auto notes = std::make_shared<Notebooks>();
    if (const Result<std::string> text = read_whole_file(notes_file(data), 1 << 20))
        REQUIRE(notes->load(*text).has_value());
    return notes;
}

// One life of an agent: reads its notes, looks once at the logs and saves the notes. Returns the first line that the
// probe says of the certificate that was not made, and empties `host.asked` before it begins.
std::string live(const std::shared_ptr<LogHost>& host, const std::filesystem::path& data) {
    host->asked.clear();
    WatchOptions options;
    options.notes = saved_notes(data);
    const std::vector probes{events::probe({})};
    Board board(first_snapshot(probes, host->time));
    Watch watch(host, probes, board, options);
    watch.start();
    for (auto now = board.current(); !now->complete(); now = board.current())
        REQUIRE(board.wait_beyond(now->generation, 60s));
    watch.stop(60s);
    REQUIRE(write_file_atomically(notes_file(data), options.notes->to_json()).has_value());
    const auto last = board.current();
    const auto& findings = last->probes.at("events").findings.get();
    const auto found = std::find_if(findings.begin(), findings.end(), [](const StandingFinding& standing) {
        return standing.finding.code == "events.certificate_not_created";
    });
    return found == findings.end() ? std::string() : found->finding.evidence.back();
}

std::string bookmark_of(const LogHost& host, std::string_view query) {
    const auto asked =
        std::find_if(host.asked.begin(), host.asked.end(), [&](const EventQuery& one) { return one.name == query; });
    REQUIRE(asked != host.asked.end());
    return asked->bookmark;
}

} // namespace

TEST_CASE("an agent that is started again counts no event twice and forgets none") {
    const TemporaryFolder data;
    const auto host = std::make_shared<LogHost>();
    write_failure(*host, 20min);
    write_failure(*host, 10min);
    CHECK(live(host, data.path()).rfind("2 events from ", 0) == 0);
    CHECK(bookmark_of(*host, "system").empty());

    host->time += 5min;
    write_failure(*host, 1min);
    CHECK(live(host, data.path()).rfind("3 events from ", 0) == 0);
    CHECK(bookmark_of(*host, "system") == "0:2"); // behind the two that it had seen

    host->time += 5min;
    CHECK(live(host, data.path()).rfind("3 events from ", 0) == 0);
    CHECK(bookmark_of(*host, "system") == "0:3");
}

TEST_CASE("what is no longer in the log is still known to the next agent, until its time is over") {
    const TemporaryFolder data;
    const auto host = std::make_shared<LogHost>();
    write_failure(*host, 10min);
    write_failure(*host, 9min);
    live(host, data.path());
    host->clear("system");
    CHECK(live(host, data.path()).rfind("2 events from ", 0) == 0);
    host->time += 70min;
    CHECK(live(host, data.path()).empty());
}
