// Are event logs read from Windows, and is "nobody looked" told apart from "nothing happened"?
#include "probes/windows/reads.hpp"
#include "tests/support/event_text.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* file_variable = L"RDPMEDIC_STANDIN_EVENTS";

// Runs one hidden test of this program with the stand-in.
void run_with_standin(const std::string& events, const std::wstring& hidden_test) {
    if (!runs_under_wine()) {
        WARN("not under Wine: real event logs cannot be replaced by a stand-in");
        return;
    }
    const SystemStandin standin(L"wevtapi");
    const TemporaryFolder folder;
    const auto file = folder.path() / "events.xml";
    std::ofstream(file, std::ios::binary) << events;
    const ScopedVariable name(file_variable, file.c_str());
    run_hidden_test(hidden_test);
}

std::string event(unsigned long record, const std::string& text = "x") {
    EventText event{"Schannel", 36870, Time{}, {{"Text", text}}};
    event.record = record;
    return xml_of(event) + "\n";
}

EventQuery query_of(const std::string& channel, std::uint32_t limit = 500, const std::string& bookmark = {}) {
    EventQuery query;
    query.name = "test";
    query.channel = channel;
    query.query = "*";
    query.limit = limit;
    query.bookmark = bookmark;
    return query;
}

std::vector<std::string> numbers(const EventPage& page) {
    std::vector<std::string> numbers;
    for (const std::string& xml : page.records) {
        const auto begin = xml.find("<EventRecordID>") + 15;
        numbers.push_back(xml.substr(begin, xml.find('<', begin) - begin));
    }
    return numbers;
}

using Numbers = std::vector<std::string>;

// The file of the stand-in, as this program sees it.
void write_events(const std::string& events) {
    wchar_t path[MAX_PATH] = {};
    REQUIRE(::GetEnvironmentVariableW(file_variable, path, MAX_PATH) > 0);
    std::ofstream(std::filesystem::path(path), std::ios::binary) << events;
}

} // namespace

TEST_CASE("event logs that nobody can read are an error, never empty") {
    if (!runs_under_wine()) {
        const auto page = make_windows_host()->events(query_of("System", 3));
        REQUIRE(page.has_value());
        CHECK(page->records.size() == 3);
        CHECK_FALSE(page->bookmark.empty());
        return;
    }
    ::SetLastError(ERROR_FILE_NOT_FOUND); // what an earlier call left behind is not taken for the reason
    const auto page = make_windows_host()->events(query_of("System"));
    REQUIRE(page.has_error());
    CHECK(page.error().code == Errc::unsupported);
    CHECK(page.error().where.find("EvtQuery(System)") == 0);
    const auto behind = make_windows_host()->events(query_of("System", 500, "<BookmarkList/>"));
    REQUIRE(behind.has_error());
    CHECK(behind.error().code == Errc::unsupported);
}

TEST_CASE("events are read newest first and told oldest first, and on from the bookmark") {
    run_with_standin(event(1) + event(2) + event(3, std::string(9000, 'y') + "\xC3\xB6"), L"[events-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, events are read page by page", "[.][events-of-the-stand-in]") {
    const auto first = windows::events(query_of("System"));
    REQUIRE(first.has_value());
    CHECK(numbers(*first) == Numbers{"1", "2", "3"});
    CHECK(first->records[2].find("yy\xC3\xB6<") != std::string::npos); // longer than the first buffer
    CHECK_FALSE(first->more);
    CHECK_FALSE(first->restarted);

    const auto newest = windows::events(query_of("System", 2));
    CHECK(numbers(*newest) == Numbers{"2", "3"});
    CHECK(newest->more);
    CHECK(newest->bookmark == first->bookmark);
    CHECK_FALSE(windows::events(query_of("System", 3))->more);

    const auto nothing = windows::events(query_of("System", 500, first->bookmark));
    REQUIRE(nothing.has_value());
    CHECK(nothing->records.empty());
    CHECK(nothing->bookmark == first->bookmark);
    CHECK_FALSE(nothing->restarted);

    write_events(event(1) + event(2) + event(3) + event(4) + event(5) + event(6));
    const auto next = windows::events(query_of("System", 2, first->bookmark));
    CHECK(numbers(*next) == Numbers{"4", "5"});
    CHECK(next->more);
    const auto last = windows::events(query_of("System", 2, next->bookmark));
    CHECK(numbers(*last) == Numbers{"6"});
    CHECK_FALSE(last->more);
}

TEST_CASE("a log that was cleared is read anew") {
    run_with_standin(event(1) + event(2), L"[cleared-events-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, a bookmark that leads nowhere begins anew",
          "[.][cleared-events-of-the-stand-in]") {
    const auto first = windows::events(query_of("System"));
    write_events(event(7));
    const auto again = windows::events(query_of("System", 500, first->bookmark));
    REQUIRE(again.has_value());
    CHECK(again->restarted);
    CHECK(numbers(*again) == Numbers{"7"});
    const auto damaged = windows::events(query_of("System", 500, "no bookmark"));
    REQUIRE(damaged.has_value());
    CHECK(damaged->restarted);
    CHECK(numbers(*damaged) == Numbers{"7"});
}

TEST_CASE("a damaged record is passed over and said, and the look goes on behind it") {
    std::string damaged = event(2);
    damaged.insert(damaged.find("</System>"), "<Damaged/>");
    run_with_standin(event(1) + damaged + event(3), L"[damaged-event-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, a damaged record ends no page", "[.][damaged-event-of-the-stand-in]") {
    const auto all = windows::events(query_of("System"));
    REQUIRE(all.has_value());
    CHECK(numbers(*all) == Numbers{"1", "3"});
    REQUIRE(all->damaged);
    CHECK(all->damaged->native == ERROR_INVALID_DATA);

    // Alone on its page it still moves the bookmark.
    write_events(event(1));
    const auto first = windows::events(query_of("System"));
    std::string last = event(2);
    last.insert(last.find("</System>"), "<Damaged/>");
    write_events(event(1) + last + event(3));
    const auto page = windows::events(query_of("System", 1, first->bookmark));
    REQUIRE(page.has_value());
    CHECK(page->records.empty());
    CHECK(page->damaged);
    CHECK(page->more);
    CHECK(numbers(*windows::events(query_of("System", 1, page->bookmark))) == Numbers{"3"});
}

TEST_CASE("a record that Windows does not give is passed over, and the bookmark goes on") {
    run_with_standin(event(1), L"[unreadable-event-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, a record that is not given ends no page",
          "[.][unreadable-event-of-the-stand-in]") {
    const auto marked = [](unsigned long record, const char* mark) {
        std::string text = event(record);
        return text.insert(text.find("</System>"), mark);
    };
    const auto first = windows::events(query_of("System"));
    REQUIRE(first.has_value());
    write_events(event(1) + event(2) + marked(3, "<Unreadable/>") + event(4));
    const auto next = windows::events(query_of("System", 500, first->bookmark));
    REQUIRE(next.has_value());
    CHECK(numbers(*next) == Numbers{"2", "4"});
    REQUIRE(next->damaged);
    CHECK(next->damaged->native == ERROR_INVALID_DATA);
    CHECK_FALSE(next->more);
    const auto behind = windows::events(query_of("System", 500, next->bookmark));
    REQUIRE(behind.has_value());
    CHECK(behind->records.empty());
    CHECK_FALSE(behind->damaged);
    const auto newest = windows::events(query_of("System"));
    REQUIRE(newest.has_value());
    CHECK(numbers(*newest) == Numbers{"1", "2", "4"});
    CHECK(newest->bookmark == next->bookmark);

    // A log that does not answer any more: what it has given is kept.
    write_events(event(1) + event(2) + marked(3, "<Silent/>") + event(4));
    const auto part = windows::events(query_of("System", 500, first->bookmark));
    REQUIRE(part.has_value());
    CHECK(numbers(*part) == Numbers{"2"});
    CHECK(part->damaged);
    CHECK(part->more);
    const auto silent = windows::events(query_of("System", 500, part->bookmark));
    REQUIRE(silent.has_error());
    CHECK(silent.error().code == Errc::timed_out);
}

TEST_CASE("channels that are missing, empty or closed are three answers") {
    run_with_standin("<!-- channel Empty --><!-- refuse Security 5 -->", L"[channels-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, each channel has its answer", "[.][channels-of-the-stand-in]") {
    const auto missing = windows::events(query_of("Missing"));
    REQUIRE(missing.has_error());
    CHECK(missing.error() == Error{Errc::not_found, ERROR_EVT_CHANNEL_NOT_FOUND, "EvtQuery(Missing)"});
    const auto closed = windows::events(query_of("Security"));
    REQUIRE(closed.has_error());
    CHECK(closed.error() == Error{Errc::access_denied, ERROR_ACCESS_DENIED, "EvtQuery(Security)"});
    const auto empty = windows::events(query_of("Empty"));
    REQUIRE(empty.has_value());
    CHECK(empty->records.empty());
    CHECK(empty->bookmark.empty());
    CHECK_FALSE(empty->more);
    CHECK_FALSE(empty->restarted);
    auto list = query_of("");
    list.query = "<QueryList><Query Id=\"0\"><Select Path=\"Empty\">*</Select></Query></QueryList>";
    CHECK(windows::events(list).has_value());
}
