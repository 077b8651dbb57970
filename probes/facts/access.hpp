// Who may log on, and who says so?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

struct GroupMember {
    std::string sid;
    std::string name; // "EXAMPLE\\alice", empty where the SID has no name any more
};

// NetGetJoinInformation.
struct DomainMembership {
    bool joined = false; // to a domain, not to a workgroup
    std::string name;    // of the domain or workgroup, as NetBIOS
};

// What Netlogon says about its channel to the domain: I_NetLogonControl2, NETLOGON_CONTROL_TC_QUERY.
struct SecureChannel {
    std::string domain_controller; // "\\\\DC01.example.local", empty where there is none
    std::uint32_t status = 0;      // Windows error: 0 is good, ERROR_NO_LOGON_SERVERS 1311, ERROR_ACCESS_DENIED 5
};

// SNTP, RFC 4330. `offset` is the server's clock minus this one.
struct ClockOffset {
    std::string server;
    std::chrono::milliseconds offset{0}, round_trip{0};
    std::uint32_t stratum = 0;
};

} // namespace rdpmedic
