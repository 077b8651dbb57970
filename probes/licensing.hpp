// Can the RD Session Host of this machine get licenses for its clients?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::licensing {

// A license server and what GetTStoLSConnectivityStatus says of it.
struct Server {
    std::string name;
    Result<std::uint32_t> status = Error{Errc::unsupported, 0, "not asked"};
};

// Does this machine have the role RD Session Host? Only that needs licenses; two administrators get in without any:
// https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-client-access-license
enum class Role { absent, perhaps, present };

struct Facts {
    Result<std::string> product_type = Error{Errc::unsupported, 0, "not read"}; // "WinNT" is a client edition
    Result<std::string> edition = Error{Errc::unsupported, 0, "not read"};      // "ServerRdsh" is multi-session Windows
    Result<std::uint32_t> app_compat = Error{Errc::unsupported, 0, "not read"}; // TSAppCompat
    // The rest is read only where the role may be.
    std::optional<Result<LicensingFacts>> setting;                  // by WMI
    Result<Setting> mode = Error{Errc::unsupported, 0, "not read"}; // LicensingMode in the registry, policy over local
    std::vector<Server> servers;                                    // the first few were asked
};

// The role as the registry has it; perhaps: only WMI can tell. Pure.
Role role_of(const Facts& facts);

// Without the role a few values of the registry are read and nothing else. Otherwise blocks for tens of seconds for
// each license server that does not answer, three at most. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section licensing. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::licensing
