// Is Remote Desktop switched off, so that nothing is a fault of it?
#pragma once

#include "probes/finding.hpp"
#include "probes/registry.hpp"

namespace rdpmedic {

// fDenyTSConnections, policy over local. Blocks as Host does.
inline Result<Setting> read_rdp_switch(const Host& host) {
    return effective_dword(host, keys::terminal_services_policy, keys::terminal_server, "fDenyTSConnections");
}

// 1 alone is known to be off: what is not set or could not be read hides no fault. Pure.
inline bool is_switched_off(const Result<Setting>& rdp_switch) { return rdp_switch && rdp_switch->value == 1; }

// What would be a fault is a note where nobody is meant to connect, and there is nothing to cure. Pure.
inline void lower_to_note(Finding& finding) {
    if (finding.severity == Severity::unknown)
        return;
    finding.severity = Severity::info;
    finding.repair.clear();
}

} // namespace rdpmedic
