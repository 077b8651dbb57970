// Do the probes' notes survive a restart, and nothing that is damaged?
#include "agent/watch/notebooks.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace rdpmedic;

namespace {

std::string saved() {
    Notebooks notes;
    notes.of("events").remember("ledger", "{\"version\":1}");
    notes.of("network").remember("counters", "7 \xC3\xB6");
    return notes.to_json();
}

} // namespace

TEST_CASE("each probe has notes of its own") {
    Notebooks notes;
    notes.of("events").remember("page", "a");
    notes.of("network").remember("page", "b");
    CHECK(notes.of("events").recall("page") == "a");
    CHECK(notes.of("network").recall("page") == "b");
    CHECK(notes.of("network").recall("other") == std::nullopt);
    CHECK(&notes.of("events") == &notes.of("events"));
}

TEST_CASE("notes survive a restart") {
    Notebooks notes;
    REQUIRE(notes.load(saved()).has_value());
    CHECK(notes.of("events").recall("ledger") == "{\"version\":1}");
    CHECK(notes.of("network").recall("counters") == "7 \xC3\xB6");
    CHECK(notes.to_json() == saved());
}

TEST_CASE("a change can be told from no change") {
    Notebooks notes;
    const auto before = notes.revision();
    static_cast<void>(notes.of("events").recall("ledger"));
    CHECK(notes.revision() == before);
    notes.of("events").remember("ledger", "x");
    CHECK(notes.revision() != before);
}

TEST_CASE("notes that are damaged are an error and leave nothing behind") {
    const auto text = GENERATE(as<std::string>{}, "", "{", "[]", "null", R"({"rdpmedic_notes":2,"probes":{}})",
                               R"({"rdpmedic_notes":1})", R"({"rdpmedic_notes":1,"probes":{"events":{"a":7}}})",
                               R"({"rdpmedic_notes":1,"probes":{"events":{"a":"x"},"network":7}})");
    Notebooks notes;
    const Result<> loaded = notes.load(text);
    INFO(text);
    REQUIRE(loaded.has_error());
    CHECK(loaded.error().code == Errc::malformed);
    CHECK(notes.of("events").recall("a") == std::nullopt);
}

TEST_CASE("notes that are cut off anywhere are an error, never a crash") {
    const std::string whole = saved();
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
        Notebooks notes;
        CHECK(notes.load(whole.substr(0, size)).has_error());
    }
}

TEST_CASE("what does not fit is forgotten with what was there before") {
    Notebooks notes;
    Notebook& book = notes.of("events");
    book.remember("page", std::string(64 * 1024, 'x'));
    CHECK(book.recall("page")->size() == 64 * 1024);
    book.remember("page", std::string(64 * 1024 + 1, 'x'));
    CHECK(book.recall("page") == std::nullopt);
    book.remember(std::string(65, 'n'), "x");
    CHECK(book.recall(std::string(65, 'n')) == std::nullopt);
    for (int page = 0; page < 17; ++page)
        book.remember(std::to_string(page), "x");
    CHECK(book.recall("15") == "x");
    CHECK(book.recall("16") == std::nullopt);
    book.remember("15", "y"); // a page that is there can be written again
    CHECK(book.recall("15") == "y");
}

TEST_CASE("the same bounds count for a file") {
    Notebooks notes;
    const std::string page(64 * 1024 + 1, 'x');
    REQUIRE(notes.load(R"({"rdpmedic_notes":1,"probes":{"events":{"a":"x","b":")" + page + "\"}}}").has_value());
    CHECK(notes.of("events").recall("a") == "x");
    CHECK(notes.of("events").recall("b") == std::nullopt);
}

TEST_CASE("text that is not UTF-8 does not cost the other notes") {
    Notebooks notes;
    notes.of("events").remember("page", "\xFF");
    notes.of("events").remember("other", "x");
    Notebooks again;
    REQUIRE(again.load(notes.to_json()).has_value());
    CHECK(again.of("events").recall("other") == "x");
}

TEST_CASE("a probe can write while all is saved") {
    Notebooks notes;
    std::thread writer([&notes] {
        for (int i = 0; i < 2000; ++i)
            notes.of("events").remember("page", std::to_string(i));
    });
    std::size_t parsed = 0;
    for (int i = 0; i < 200; ++i) {
        Notebooks again;
        parsed += again.load(notes.to_json()).has_value() ? 1 : 0;
    }
    writer.join();
    CHECK(parsed == 200);
}
