// Has each event of a repair a message in the Windows Event Log, of the severity that it is logged with?
#include "agent/repair/repair_event.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <sstream>

using namespace rdpmedic;

namespace {

struct Message {
    std::string severity, symbol, text;
};

// "MessageId=100", "Severity=Warning" and so on, the text up to the line that is a dot.
std::map<int, Message> messages() {
    std::ifstream file(RDPMEDIC_SOURCE_DIR "/agent/windows/events.mc");
    REQUIRE(file.good());
    std::map<int, Message> all;
    int id = 0;
    bool in_text = false;
    for (std::string line; std::getline(file, line);) {
        const std::size_t equals = line.find('=');
        const std::string key = line.substr(0, equals),
                          value = equals == std::string::npos ? "" : line.substr(equals + 1);
        if (line == ".")
            in_text = false;
        else if (in_text)
            all[id].text += line;
        else if (key == "MessageId")
            REQUIRE(all.emplace(id = std::stoi(value), Message{}).second);
        else if (key == "Severity")
            all[id].severity = value;
        else if (key == "SymbolicName")
            all[id].symbol = value;
        else if (key == "Language")
            in_text = true;
    }
    return all;
}

// Every kind there is: the name of any other number is "repair".
std::vector<RepairEventKind> kinds() {
    std::vector<RepairEventKind> all;
    for (int id = 0; id < 1000; ++id)
        if (const auto kind = static_cast<RepairEventKind>(id); name_of(kind) != std::string("repair"))
            all.push_back(kind);
    return all;
}

} // namespace

TEST_CASE("each event of a repair has a message in events.mc with the severity of its kind") {
    const auto all = messages();
    REQUIRE(kinds().size() == 21);
    for (const RepairEventKind kind : kinds()) {
        const int id = static_cast<int>(kind);
        CAPTURE(id, name_of(kind));
        REQUIRE(all.count(id) == 1);
        CHECK(all.at(id).severity == (is_warning(kind) ? "Warning" : "Informational"));
        CHECK(all.at(id).text == "%1"); // the line as it is in the log
        CHECK_FALSE(all.at(id).symbol.empty());
    }
}

TEST_CASE("the messages of plain warnings and errors keep their numbers, and no message is of nothing") {
    const auto all = messages();
    REQUIRE(all.count(1) == 1);
    CHECK(all.at(1).severity == "Warning");
    REQUIRE(all.count(2) == 1);
    CHECK(all.at(2).severity == "Error");
    CHECK(all.size() == kinds().size() + 2);
}
