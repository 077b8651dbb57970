// Which causes come after the logon: licences, limits, sessions?
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

namespace {

constexpr std::string_view of_then = "it looks at the host as it is now, and the number of the client is of then";

} // namespace

std::vector<Cause> session_causes() {
    return {
        {.id = "licensing",
         .guide = "S4",
         .title = "The session host has no licence to give",
         .findings = {{"licensing.grace_over"},
                      {"licensing.no_server"},
                      {"licensing.server_unusable"},
                      {"licensing.not_configured", strong},
                      {"licensing.grace_ends", hint}},
         .events = {{Kind::licensing_failed, strong}},
         .codes = {{0x808, strong}, {0x908, strong}},
         .extended = {{.first = 0x100, .weight = strong, .last = 0x102, .not_cleared = of_then},
                      {0x103, strong, 0x109},
                      {.first = 0x10A, .weight = strong, .not_cleared = of_then},
                      {0x10B, strong}},
         .needs = {"licensing"},
         .cleared_by = {"licensing"},
         .advice = "name a licence server that the host reaches and the licensing mode",
         .disruption = "nothing is cut off"},
        {.id = "resources",
         .guide = "S5",
         .title = "The host is out of memory, disk, handles or desktop heap",
         .findings = {{"resources.commit_high"},
                      {"resources.disk_low"},
                      {"resources.desktop_heap"},
                      {"resources.memory_low", strong},
                      {"resources.handles_high", strong}},
         .events = {{Kind::memory_exhausted, strong},
                    {Kind::desktop_heap_exhausted, strong},
                    {Kind::session_out_of_memory, strong}},
         .extended = {{.first = 0x6, .weight = strong, .not_cleared = of_then}},
         .needs = {"resources"},
         .cleared_by = {"resources"},
         .advice = "end what takes it, or give the host more",
         .disruption = "nothing is cut off"},
        {.id = "session_conflict",
         .guide = "S6",
         .title = "A session of this or another user is stuck or takes the connection",
         .findings = {{"sessions.not_reaped"},
                      {"sessions.orphan"},
                      {"sessions.duplicate", strong},
                      {"sessions.half_open", strong},
                      {"sessions.long_disconnected", hint},
                      {"sessions.pending", hint},
                      {"sessions.one_user_at_a_time", hint},
                      {"sessions.reconnect_same_client", hint}},
         .events = {{Kind::session_arbitration, strong},
                    {Kind::connection_declined, strong},
                    {Kind::session_replaced, hint}},
         .codes = {},
         .extended = {{0x5, strong}},
         .needs = {"sessions"},
         .advice =
             "let the user reconnect, or end the stuck session (the repair sessions, with session=ID for one that "
             "it does not choose by itself). Where a connection was declined, ask who is logged on",
         .disruption = "the work in the session that is ended is lost"},
        {.id = "connection_limit",
         .title = "All connections that the listener allows are taken",
         .findings = {{"sessions.limit_reached"}, {"sessions.admin_limit", strong}},
         .events = {{Kind::closed_early, hint}, {Kind::session_denied, hint, false, "Reason=7"}},
         .codes = {{0x904}},
         .extended = {{0x7, hint}},
         .needs = {"sessions", "listener"},
         .cleared_by = {"sessions"},
         .advice =
             "raise MaxInstanceCount, in the policy where that owns it, or end sessions that nobody uses; a server "
             "without the role RD Session Host takes two, whatever is set",
         .disruption = "the work in a session that is ended is lost",
         .any_stage = true},
        {.id = "session_start",
         .title = "The user is let in, and the session does not start or is ended by the host",
         .findings = {{"sessions.orphan", hint}, {"resources.disk_low", hint}, {"network.provider_missing", strong}},
         .events = {{Kind::session_manager_failed, strong},
                    {Kind::session_manager_slow, strong},
                    {Kind::session_disconnected, hint}},
         .extended = {{0xF, strong, 0x18}, {0x7, hint}},
         .needs = {"events", "sessions"},
         .advice =
             "look at the events of LocalSessionManager at that minute: profile, display driver, logon scripts, and "
             "a network provider whose file is gone",
         .disruption = "nothing is cut off"},
        // A broker keeps the host's name in its database, and a change of it is not supported:
        // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton
        {.id = "broker_renamed",
         .title = "The RD Connection Broker does not work, most likely because its host was renamed",
         .events = {{Kind::broker_failed, strong}, {Kind::broker_not_ready, hint}},
         .events_against = {{Kind::logon, hint}}, // administrators pass the broker by
         .codes = {{0x904}},
         .extended = {{0x400, strong, 0x412}},
         .needs = {"events"},
         .advice = "give the host its old name back; where that is not possible, install the role RD Connection Broker "
                   "and the Windows Internal Database anew and set up the collections again",
         .disruption =
             "a changed name needs a restart of the computer; a new broker knows no collection and no session"},
        {.id = "session_ended_by_limit",
         .title = "A time limit or an administrator ended the session, as set",
         .findings = {{"sessions.time_limit", hint}},
         // Hints: on a host with limits, sessions of other users reach them every day.
         .events = {{Kind::session_limit_reached, hint}, {Kind::session_ended_by_other, hint}},
         .codes = {{0x2, hint}, {0x3, hint}},
         .extended = {{0x1, strong, 0x4}, {0xB, strong, 0xC}},
         .needs = {"events"},
         .advice =
             "raise the limit (MaxIdleTime, MaxConnectionTime) if that is not wanted, in the policy where that owns "
             "it; where none is named here, look at the limits of the user's account",
         .disruption = "nothing is cut off"},
    };
}

} // namespace rdpmedic::diagnosis
