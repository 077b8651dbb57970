// Is a Windows event read by its names, and does nothing that is no event get through?
#include "probes/formats/event_xml.hpp"

#include "tests/support/event_text.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const char* classic =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Service Control Manager' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' EventSourceName='SCM'/>"
    "<EventID Qualifiers='49152'>7031</EventID><Version>0</Version><Level>2</Level>"
    "<TimeCreated SystemTime='2026-08-01T20:59:17.9982640Z'/><EventRecordID>12345678901</EventRecordID>"
    "<Correlation ActivityID='{f420da4f-68a0-4b63-9c1e-45968a7a0000}'/><Execution ProcessID='644' ThreadID='2'/>"
    "<Channel>System</Channel></System><EventData><Data Name='param1'>Dienste &amp; mehr</Data><Data>first</Data>"
    "<Data Name='param1'>again</Data><Data></Data><Binary>5400-6500</Binary></EventData></Event>";

std::string nested(int levels) {
    std::string open, close;
    for (int i = 0; i < levels; ++i) {
        open += "<a>";
        close += "</a>";
    }
    return "<Event><System><TimeCreated SystemTime='2026-08-01T20:59:17Z'/></System>" + open + close + "</Event>";
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_CASE("an event with EventData is read by its names") {
    const auto event = parse_event(classic);
    REQUIRE(event.has_value());
    CHECK(event->provider == "Service Control Manager");
    CHECK(event->source == "SCM");
    CHECK(event->id == 7031);
    CHECK(event->qualifiers == 49152);
    CHECK(event->level == 2);
    CHECK(to_iso(event->time) == "2026-08-01T20:59:17Z");
    CHECK(event->record == 12345678901);
    CHECK(event->process_id == 644);
    CHECK(event->activity == "{f420da4f-68a0-4b63-9c1e-45968a7a0000}");
    CHECK(event->channel == "System");
    CHECK(event->field("param1") == "Dienste & mehr");
    CHECK(event->field("param2").empty());
    CHECK(event->unnamed == std::vector<std::string>{"first", ""});
    CHECK(event->binary == Bytes{0x54, 0, 0x65, 0});
}

TEST_CASE("an event with UserData is read by its names, however they are grouped") {
    const auto event =
        parse_event("<?xml version='1.0'?><!-- <a><b> --><Event><System><Provider Name='P'/><EventID>40</EventID>"
                    "<TimeCreated SystemTime=\"2026-08-01 20:59:17.998264\" /></System><UserData><Any xmlns='NS'>"
                    "<Session>2</Session><More><Reason xmlns='x'>0x80070040</Reason></More></Any></UserData></Event>");
    REQUIRE(event.has_value());
    CHECK(event->id == 40);
    CHECK(to_iso(event->time) == "2026-08-01T20:59:17Z");
    CHECK(event->number("Session") == 2U);
    CHECK(event->number("Reason") == 0x80070040U);
    CHECK(event->number("nothing") == std::nullopt);
}

TEST_CASE("a field is a number only as a whole") {
    const auto number = [](const std::string& text) {
        EventRecord record;
        record.data["n"] = text;
        return record.number("n");
    };
    CHECK(number("0") == 0U);
    CHECK(number("0x8009030D") == 0x8009030DU);
    CHECK(number("18446744073709551615") == 18446744073709551615U);
    for (const char* text : {"", "0x", "-1", "12 ", "1x", "0xG", "18446744073709551616", "LOCAL"})
        CHECK(number(text) == std::nullopt);
}

TEST_CASE("what is no event is malformed and harms nobody") {
    const auto what = GENERATE_COPY(table<const char*, std::string>({
        {"nothing", ""},
        {"no XML", "hello"},
        {"another root", "<Events></Events>"},
        {"no System", "<Event/>"},
        {"no time", "<Event><System><EventID>1</EventID></System></Event>"},
        {"a time that is none", "<Event><System><TimeCreated SystemTime='2026-13-01T20:59:17Z'/></System></Event>"},
        {"cut off", std::string(classic, 300)},
        {"ends inside a comment", "<Event><!-- "},
        {"closes more than it opens", "</a></a><Event/>"},
        {"closes another element", "<Event><System></Event></System>"},
        {"a document type", "<!DOCTYPE a [<!ENTITY b 'c'>]>" + std::string(classic)},
        {"a NUL", std::string(classic) + '\0'},
        {"too long", std::string(classic) + std::string(64 * 1024, ' ')},
        {"too deep", nested(16)},
        {"far too deep", nested(9000)},
        {"deep behind a quoted end", "<Event a='/>'>" + nested(9000)},
        {"deep behind a comment that looks closed", "<Event><!-- > </a></a> -->" + nested(9000)},
    }));
    INFO(std::get<0>(what));
    const auto event = parse_event(std::get<1>(what));
    REQUIRE(event.has_error());
    CHECK(event.error().code == Errc::malformed);
}

TEST_CASE("an event may be nested as deeply as events are") { CHECK(parse_event(nested(14)).has_value()); }

TEST_CASE("no cut of an event and no changed byte of it does any harm") {
    const std::string whole = classic;
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(parse_event(whole.substr(0, size)).has_error());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char c : {'<', '>', '\'', '&', '/', '\xff'}) {
            std::string changed = whole;
            changed[at] = c;
            static_cast<void>(parse_event(changed));
        }
}

TEST_CASE("every event of the samples is read") {
    const auto folder = samples_folder();
    if (!folder) {
        WARN("no samples beside the project: 0 events read");
        return;
    }
    std::size_t files = 0, events = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder + "/events")) {
        if (entry.path().extension() != ".xml")
            continue;
        ++files;
        for (const std::string& xml : events_in(text_of(entry.path()))) {
            const auto event = parse_event(xml);
            INFO(entry.path().string() << ": " << xml.substr(0, 200));
            REQUIRE(event.has_value());
            CHECK_FALSE(event->provider.empty());
            CHECK(event->id != 0);
            CHECK(event->record != 0);
            CHECK_FALSE(event->channel.empty());
            ++events;
        }
    }
    WARN(events << " events of " << files << " files read");
    CHECK(files == 56);
    CHECK(events >= 380);
}
