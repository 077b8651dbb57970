// Is a session stuck, orphaned or in the way of the next logon?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::sessions {

struct Facts {
    Result<std::vector<Session>> sessions = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> single_session = Error{Errc::unsupported, 0, "not read"};         // fSingleSessionPerUser
    Result<Setting> max_disconnection_time = Error{Errc::unsupported, 0, "not read"}; // milliseconds, 0 is no limit
    Result<std::uint32_t> inherit_max_disconnection_time = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> max_instance_count = Error{Errc::unsupported, 0, "not read"}; // 0xFFFFFFFF is no limit
};

// Reads every fact; what could not be read is an error inside the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section sessions. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// "EXAMPLE\\user07 (session 3, disconnected)" or "session 4 (init)": how a session is named to people.
std::string describe(const Session& session);
const char* name_of(SessionState state) noexcept; // "active", "disconnected", ...

// An entry of the session list that is a listener ("RDP-Tcp", "rdp-sxs240705700") and not somebody's session.
bool is_listener(const Session& session);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::sessions
