// Does the log stay within its size, on one line an event, and say so when it cannot be written?
#include "agent/log.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

using namespace rdpmedic;
using testing::TemporaryFolder;

namespace {

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

} // namespace

TEST_CASE("the log keeps its newest lines in as many files of the size that is configured") {
    const TemporaryFolder folder;
    Settings settings;
    settings.log_size_mb = 1;
    settings.log_files = 2;
    const Result<std::unique_ptr<Log>> log = make_log(settings, {folder.path() / "logs", false, false});
    REQUIRE(log.has_value());
    constexpr int lines = 3500; // of 1 KB: more than the current file and two old ones hold
    for (int i = 0; i < lines; ++i)
        (*log)->info("number=" + std::to_string(i) + " fill=" + std::string(1000, 'x'));

    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "logs")) {
        names.insert(entry.path().filename().string());
        CAPTURE(entry.path().filename().string());
        CHECK(entry.file_size() > 0);
        CHECK(entry.file_size() <= 1024 * 1024);
    }
    CHECK(names == std::set<std::string>{"rdpmedic.log", "rdpmedic.1.log", "rdpmedic.2.log"});
    CHECK(content(folder.path() / "logs" / "rdpmedic.log").find("number=3499 ") != std::string::npos);
    CHECK(content(folder.path() / "logs" / "rdpmedic.2.log").find("number=0 ") == std::string::npos);
}

TEST_CASE("an event with an id is a line as any other, of its level") {
    const TemporaryFolder folder;
    const Result<std::unique_ptr<Log>> log = make_log({}, {folder.path(), false, false});
    REQUIRE(log.has_value());
    (*log)->event(110, LogLevel::info, "event=step_done");
    (*log)->event(111, LogLevel::warn, "event=step_failed");
    const std::string text = content(folder.path() / "rdpmedic.log");
    CAPTURE(text);
    CHECK(text.find("Z info event=step_done") == 23);
    CHECK(text.find("Z warning event=step_failed") != std::string::npos);
}

TEST_CASE("a line of the log has its time in UTC and its level, and lower levels are left out") {
    const TemporaryFolder folder;
    Settings settings;
    settings.log_level = "warn";
    const Result<std::unique_ptr<Log>> log = make_log(settings, {folder.path(), false, false});
    REQUIRE(log.has_value());
    (*log)->debug("event=first");
    (*log)->info("event=second");
    (*log)->warn("event=third {}"); // a line is never a format
    (*log)->error("event=fourth");
    const std::string text = content(folder.path() / "rdpmedic.log");
    CAPTURE(text);
    CHECK(text.find("event=first") == std::string::npos);
    CHECK(text.find("event=second") == std::string::npos);
    CHECK(text.find("Z warning event=third {}") == 23);
    CHECK(text.find("Z error event=fourth") != std::string::npos);
}

TEST_CASE("a log file that cannot be opened is an error that names it") {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "taken") << "a file where the folder would be";
    const Result<std::unique_ptr<Log>> log = make_log({}, {folder.path() / "taken" / "logs", false, false});
    REQUIRE(log.has_error());
    CHECK(log.error().code == Errc::io);
    CHECK(log.error().where.find("the log file ") != std::string::npos);
    CHECK(log.error().where.find("rdpmedic.log") != std::string::npos);
}

TEST_CASE("a value of the log is one word or quoted, whatever it holds") {
    const auto [text, shown] = GENERATE(table<std::string, std::string>({
        {"cert", "cert"},
        {"", R"("")"},
        {"two words", R"("two words")"},
        {"a=b", R"("a=b")"},
        {R"(say "no")", R"("say \"no\"")"},
        {R"(C:\logs)", R"(C:\\logs)"},
        {R"(ends in \)", R"("ends in \\")"},
        {"a\nb", R"("a b")"},
        {"a\r\nlevel=error", R"("a  level=error")"},
        {"a\tb", R"("a b")"},
        {std::string("a\0b", 3), R"("a b")"},
        {"\x1b[31mred", R"(" [31mred")"},
        {"a\x7f", R"("a ")"},
        {"Z\xc3\xbcrich", "Z\xc3\xbcrich"},
    }));
    CHECK(log_value(text) == shown);
}
