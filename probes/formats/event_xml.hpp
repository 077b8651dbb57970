// What does one Windows event say?
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic {

// An event as Windows renders it to XML. What an element lacks stays empty or 0.
// https://learn.microsoft.com/windows/win32/wes/eventschema-systempropertiestype-complextype
struct EventRecord {
    std::string provider;
    std::string source; // EventSourceName: the classic name beside the provider's
    std::uint32_t id = 0, qualifiers = 0, level = 0;
    Time time{}; // its fraction is dropped
    std::uint64_t record = 0;
    std::uint32_t process_id = 0;
    std::string activity; // events of one connection share it, across channels
    std::string channel;
    // Data with a name, of EventData or of whatever element is in UserData; the first of a name counts.
    std::map<std::string, std::string> data;
    std::vector<std::string> unnamed; // of classic events, in their order
    Bytes binary;

    // The text of a field, empty where the event does not have it.
    std::string_view field(const std::string& name) const;
    // A field as a number, decimal or "0x" with hexadecimal digits; nothing where it is no number.
    std::optional<std::uint64_t> number(const std::string& name) const;
};

// Malformed for what is not one event, for more than 64 KB, and for elements nested deeper than sixteen. Never throws
// for what is in `xml`. Entities other than XML's own are not expanded; a document type is refused.
Result<EventRecord> parse_event(std::string_view xml);

} // namespace rdpmedic
