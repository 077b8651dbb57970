// How does a Windows event look as text, and which events are in a file of samples?
#pragma once

#include "probes/time_text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rdpmedic::testing {

using EventFields = std::vector<std::pair<std::string, std::string>>;

struct EventText {
    std::string provider;
    unsigned id = 0;
    Time time{};
    EventFields fields{}; // those without a name are unnamed data
    std::string binary{};
    unsigned long record = 1;
    std::string activity{};
    bool user_data = false; // the fields are elements of UserData/EventXML
};

std::string body_of(const EventText& event);

// As Windows renders it.
std::string xml_of(const EventText& event);

// "TermService/4" as an event of the service control manager holds it: UTF-16, a NUL, in hexadecimal.
std::string utf16_hex(const std::string& ascii);

// The events of a file of samples: several in one, with comments between them.
std::vector<std::string> events_in(const std::string& text);

} // namespace rdpmedic::testing
