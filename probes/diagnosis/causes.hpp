// What can be wrong when a client shows 0x904, and what speaks for each?
//
// One row a cause. "S1" to "S23" count what the guides of this error name; the other causes are those that measured
// cases had. A row says what is evidence, never how sure one can be: rank.hpp weighs.
#pragma once

#include "probes/events.hpp"

#include <string_view>
#include <vector>

namespace rdpmedic::diagnosis {

// How much one observation says about one cause.
enum class Weight {
    hint,   // fits, and fits other causes too
    strong, // hardly anything else looks like that
    proof,  // the probe has looked at the cause itself
};
const char* name_of(Weight weight) noexcept; // "hint", "strong", "proof"

enum class Place { host, client, network, cloud };
const char* name_of(Place place) noexcept; // "host", "client", "network", "cloud"

// A finding of a probe. One that is only an info counts as a hint at most, unless `choice` says that the info itself is
// the cause: Remote Desktop that is switched off is a choice for the probe and a cause for the user.
struct Sign {
    std::string_view code;
    Weight weight = Weight::proof;
    bool choice = false;
    std::string_view subject{}; // where there is one, only findings about it: "alert 80"
};

// Events of one kind, seen or, where `absent`, looked for and not seen. `holds`: only when a sample holds that text.
// `of_loopback`: only when some are of clients that came from this host itself.
struct EventSign {
    events::Kind kind;
    Weight weight = Weight::strong;
    bool absent = false;
    std::string_view holds{};
    bool of_loopback = false;
};

// Numbers of the client that belong to the cause. `not_cleared`: why a clean probe does not clear what such a number
// says; empty where it does.
struct CodeSign {
    std::uint32_t first = 0;
    Weight weight = Weight::hint;
    std::uint32_t last = first;
    std::string_view not_cleared{};
};

struct Cause {
    std::string_view id{};    // part of the API and never renamed: "key_unreadable"
    std::string_view guide{}; // "S2", empty where no guide names it
    std::string_view title{}; // one sentence
    Place place = Place::host;
    std::vector<Sign> findings{}, findings_against{};
    std::vector<EventSign> events{}, events_against{};
    std::vector<CodeSign> codes{}, extended{};
    std::vector<std::string_view> needs{};      // probes ("events" among them) without which there is no verdict
    std::vector<std::string_view> cleared_by{}; // probes whose clean report speaks against it
    std::string_view advice{};                  // what to do where no repair is offered
    std::string_view disruption{};              // what doing it cuts off
    // With this cause the client gets no answer of this host: a code that proves one speaks against it, and where the
    // code says that there was none, clients that came are others.
    bool before_contact = false;
    // It keeps clients from connecting, and ends connections that they have: how far a client came says nothing of it.
    // DERIVED, for each cause that says so.
    bool any_stage = false;
    // It can be on this host too, and is where one of its findings says so.
    bool here_when_found = false;
    // It shows only where TLS is spoken: a listener that answers without it does not clear it.
    bool of_tls = false;
};

// All causes, those of the guides first. The same on every call.
std::vector<Cause> causes();

// By subject, for causes().
std::vector<Cause> certificate_causes();
std::vector<Cause> security_causes();
std::vector<Cause> service_causes();
std::vector<Cause> session_causes();
std::vector<Cause> network_causes();
std::vector<Cause> outside_causes();

} // namespace rdpmedic::diagnosis
