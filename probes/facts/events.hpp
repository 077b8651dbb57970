// What do the event logs hold?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// Which records: one channel, or a structured query over several of them.
struct EventQuery {
    std::string name;     // short and stable, by which a recording keeps the answer: "schannel"
    std::string channel;  // "System"; empty where `query` is a <QueryList>
    std::string query;    // XPath of https://learn.microsoft.com/windows/win32/wes/consuming-events
    std::string bookmark; // where the last look ended; empty: the newest records
    std::uint32_t limit = 500;
};

struct EventPage {
    std::vector<std::string> records; // as XML, oldest first
    std::string bookmark;             // after the last record; the one asked with where there is none
    bool more = false;                // older records (no bookmark) or newer ones (with it) were left out by the limit
    bool restarted = false;           // the bookmark was of a log that has been cleared: this is a first look again
    // Why a record could not be read or told, the first of them: it is left out, and the bookmark goes past it. With
    // `more` also: nothing behind it was read.
    std::optional<Error> damaged{};
};

} // namespace rdpmedic
