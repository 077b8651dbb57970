// What does one event mean for RDP?
#pragma once

#include "probes/events.hpp"
#include "probes/formats/event_xml.hpp"

namespace rdpmedic::events {

// What of this host decides what an event means.
struct Ground {
    std::uint16_t port = 3389;                        // of the listener
    std::uint32_t term_service = 0;                   // process id of TermService, 0 where it is not known
    std::optional<Time> term_service_started;         // before that, its process id was another
    std::map<std::string, std::string> service_names; // display name in this host's language -> name of the service
    std::chrono::milliseconds slow_round_trip{150};
};

// Nothing for an event that says nothing about RDP on this host: of another service, of another process, of Schannel as
// a client. The begin of a session arbitration (LSM 41) is session_arbitration: whether it ended, only the events after
// it tell. The end of any connection (RdpCoreTS 102) is closed_early: whether it was early, only the events before it
// tell. Pure; never decides by text that Windows translates.
std::optional<Kind> classify(const EventRecord& record, const Ground& ground = {});

// Whether Schannel says that TermService itself asked. Since Windows 11 21H2 its events name the calling process;
// older ones do not, and then nothing is known.
std::optional<bool> caused_by_term_service(const EventRecord& record, const Ground& ground);

// The service that an event of the service control manager is about, as registered ("TermService"); empty where the
// event has only a display name that is not in `ground`.
std::string service_of(const EventRecord& record, const Ground& ground);

// Whether an event of the service control manager says that its service runs now: 7036 with the state 4.
bool says_that_it_runs(const EventRecord& record);

// The address, without its port, of the client that an event names, and empty where it names none. Brackets around an
// address go.
std::string client_of(const EventRecord& record);

// "192.0.2.7" of "192.0.2.7:51000", "[192.0.2.7]:51000" and "192.0.2.7"; "2001:db8::1" of "[2001:db8::1]:51000".
std::string without_port(std::string_view address);

} // namespace rdpmedic::events
