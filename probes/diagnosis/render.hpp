// How does a diagnosis look? Pure: the same diagnosis gives the same bytes.
#pragma once

#include "probes/diagnosis/rank.hpp"

#include <nlohmann/json_fwd.hpp>

namespace rdpmedic::diagnosis {

// For a terminal: the verdict, the first three causes in detail, the others in a line each. Ends with a line feed.
std::string to_text(const Diagnosis& diagnosis);

// All of it, with the members that api/README.md lists.
nlohmann::ordered_json to_json(const Diagnosis& diagnosis);

// One page that needs nothing else: no scripts, no resources of others, printable. Everything that the host said is
// escaped. `host` names it in the title, `version` is rdpmedic's.
std::string to_html(const Diagnosis& diagnosis, std::string_view host, std::string_view version);

// A sample of an event, as the events probe makes it, with nothing but what says something of the fault: no names of
// users and domains. Any other line as it is.
std::string without_names(std::string_view line);

// The text with <, >, &, quotes and control characters as HTML takes them, in text and in attributes.
std::string escape_html(std::string_view text);

} // namespace rdpmedic::diagnosis
