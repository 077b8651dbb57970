// Does the audit trail show whoever has changed it?
#include "agent/atomic_file.hpp"
#include "agent/repair/audit.hpp"
#include "agent/repair/audit_head.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace rdpmedic;
using testing::TemporaryFolder;

namespace {

struct Trail {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "audit.jsonl", head = folder.path() / "audit.head";
    Audit audit{file};

    void append(const std::string& event) { REQUIRE(audit.append(Time{}, {{"event", event}}).has_value()); }
    std::vector<std::string> lines() const {
        std::vector<std::string> result;
        std::ifstream stream(file, std::ios::binary);
        for (std::string line; std::getline(stream, line);)
            result.push_back(line);
        return result;
    }
    void put(const std::vector<std::string>& lines) const {
        std::ofstream stream(file, std::ios::binary | std::ios::trunc);
        for (const std::string& line : lines)
            stream << line << "\n";
    }
    std::string broken() const { return read_audit(file, 0).value().broken; }
};

struct FourLines : Trail {
    FourLines() {
        for (const char* event : {"e1", "e2", "e3", "e4"})
            append(event);
        REQUIRE(broken().empty());
        REQUIRE(read_audit(file, 0).value().lines == 4);
    }
};

} // namespace

TEST_CASE("a trail that nobody has touched is whole, and the newest lines come first") {
    Trail trail;
    CHECK(read_audit(trail.file, 5).value().lines == 0);
    CHECK(trail.broken().empty());
    trail.append("e1");
    CHECK(trail.broken().empty());
    trail.append("e2");
    trail.append("e3");
    const AuditTrail read = read_audit(trail.file, 2).value();
    CHECK(read.broken.empty());
    CHECK(read.lines == 3);
    REQUIRE(read.last.size() == 2);
    CHECK(nlohmann::json::parse(read.last[0])["event"] == "e3");
    CHECK(nlohmann::json::parse(read.last[1])["event"] == "e2");
    CHECK(verify_audit(trail.file).value() == 3);
    CHECK(read_audit_head(trail.file).value().lines == 3);
}

TEST_CASE("the last line removed breaks the trail") {
    const FourLines trail;
    auto lines = trail.lines();
    lines.pop_back();
    trail.put(lines);
    CHECK(trail.broken().starts_with("line 4: is gone"));
    lines.pop_back();
    trail.put(lines);
    CHECK(trail.broken().starts_with("line 3: is gone"));
    trail.put({});
    CHECK(trail.broken().starts_with("line 1: is gone"));
    std::filesystem::remove(trail.file);
    CHECK(trail.broken().starts_with("line 1: is gone"));
}

TEST_CASE("two lines swapped break the trail") {
    const auto [one, other, where] =
        GENERATE(table<std::size_t, std::size_t, std::string>({{0, 1, "line 1"}, {1, 2, "line 2"}, {2, 3, "line 3"}}));
    const FourLines trail;
    auto lines = trail.lines();
    std::swap(lines[one], lines[other]);
    trail.put(lines);
    CHECK(trail.broken().starts_with(where + ": does not follow"));
}

TEST_CASE("a line removed, inserted, repeated or changed breaks the trail where that was done") {
    const FourLines trail;
    const auto whole = trail.lines();
    auto lines = whole;
    SECTION("removed") {
        lines.erase(lines.begin() + 1);
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 2: does not follow"));
    }
    SECTION("inserted") {
        lines.insert(lines.begin() + 2, lines[0]);
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 3: does not follow"));
    }
    SECTION("the last repeated") {
        lines.push_back(lines[3]);
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 5: does not follow"));
    }
    SECTION("changed") {
        lines[1].replace(lines[1].find("e2"), 2, "e9");
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 2: does not have the hash"));
    }
    SECTION("the last changed") {
        lines[3].replace(lines[3].find("e4"), 2, "e9");
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 4: does not have the hash"));
    }
    SECTION("no line at all") {
        lines[2] = "";
        trail.put(lines);
        CHECK(trail.broken().starts_with("line 3: does not have the hash"));
    }
}

TEST_CASE("a trail that was written anew from some line on is not the one that its head knows") {
    FourLines trail;
    Trail other;
    for (const char* event : {"e1", "e2", "x3", "x4"})
        other.append(event);
    trail.put(other.lines()); // a whole chain, of the same length
    CHECK(trail.broken().starts_with("line 4: is not the line that audit.head names"));
    other.append("x5");
    other.append("x6");
    trail.put(other.lines());
    CHECK(trail.broken().starts_with("line 5: is not known to audit.head"));
}

TEST_CASE("a crash between a line and its head is no break, and the next line goes on from there") {
    FourLines trail;
    const std::string head = read_whole_file(trail.head, 4096).value();
    trail.append("e5");
    REQUIRE(write_file_atomically(trail.head, head).has_value());
    CHECK(trail.broken().empty());
    trail.append("e6");
    CHECK(trail.broken().empty());
    CHECK(read_audit(trail.file, 0).value().lines == 6);
    CHECK(read_audit_head(trail.file).value().lines == 6);
}

TEST_CASE("a crash between the very first line and its head is no break either") {
    Trail trail;
    trail.append("e1");
    REQUIRE(write_audit_head(trail.file, {0, std::string(64, '0')}).has_value());
    CHECK(trail.broken().empty());
    trail.append("e2");
    CHECK(trail.broken().empty());
    CHECK(read_audit_head(trail.file).value().lines == 2);
}

TEST_CASE("a head that is gone, damaged or of another trail breaks the trail") {
    FourLines trail;
    SECTION("gone") { std::filesystem::remove(trail.head); }
    SECTION("damaged") { REQUIRE(write_file_atomically(trail.head, "{\"lines\": 4").has_value()); }
    SECTION("of another trail") { REQUIRE(write_audit_head(trail.file, {4, std::string(64, 'a')}).has_value()); }
    SECTION("two lines behind") {
        Trail other;
        other.append("e1");
        other.append("e2");
        REQUIRE(write_audit_head(trail.file, read_audit_head(other.file).value()).has_value());
    }
    CHECK_FALSE(trail.broken().empty());
    // Going on does not heal it: what happened stays told.
    trail.append("e5");
    CHECK(trail.broken().find("line 5: says that the lines before it were changed") != std::string::npos);
    trail.append("e6");
    CHECK(trail.broken().find("line 5: says") != std::string::npos);
    CHECK(read_audit(trail.file, 0).value().lines == 7);
}

TEST_CASE("lines that were removed at the end stay missed after the agent has gone on writing") {
    FourLines trail;
    auto lines = trail.lines();
    lines.pop_back();
    trail.put(lines);
    trail.append("e5");
    CHECK(trail.broken().starts_with("line 4: says that the lines before it were changed"));
    CHECK(trail.lines().size() == 5);
}

TEST_CASE("all lines removed, and the trail begun anew, is told in its first line") {
    FourLines trail;
    std::filesystem::remove(trail.file);
    trail.append("e5");
    CHECK(trail.broken().starts_with("line 1: says that the lines before it were changed"));
}

TEST_CASE("a line whose head cannot be written is taken off again") {
    FourLines trail;
    std::filesystem::remove(trail.head);
    std::filesystem::create_directories(trail.head / "in the way");
    const auto before = trail.lines();
    CHECK(trail.audit.append(Time{}, {{"event", "e5"}}).has_error());
    CHECK(trail.lines() == before);
}

TEST_CASE("a torn end is told, and its head keeps up with both lines") {
    FourLines trail;
    std::ofstream(trail.file, std::ios::binary | std::ios::app) << "{\"event\":\"to";
    CHECK(trail.broken().starts_with("line 5: has no end"));
    trail.append("e5");
    CHECK(trail.broken().empty());
    CHECK(read_audit(trail.file, 2).value().lines == 6);
    CHECK(nlohmann::json::parse(read_audit(trail.file, 2).value().last[1])["event"] == "torn_line_removed");
    CHECK(read_audit_head(trail.file).value().lines == 6);
    std::ofstream(trail.file, std::ios::binary | std::ios::app) << std::string(900'000, '"'); // twice as long in JSON
    trail.append("e6");
    trail.append("e7");
    CHECK(trail.broken().empty());
    CHECK(trail.lines().size() == 9);
}

TEST_CASE("text from outside can neither break a line nor claim to be another") {
    Trail trail;
    REQUIRE(trail.audit.append(Time{}, {{"event", "e1"}, {"text", "a\nb\xff\"}"}, {"hash", "x"}, {"previous", "y"}})
                .has_value());
    trail.append("e2");
    CHECK(trail.lines().size() == 2);
    CHECK(trail.broken().empty());
}
