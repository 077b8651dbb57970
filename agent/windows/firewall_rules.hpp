// What does the interface of Windows Firewall say about rules, and how does it change one?
#pragma once

#include "agent/repair/change_kinds.hpp"
#include "probes/formats/firewall_rule.hpp"
#include "probes/windows/com.hpp"

#include <netfw.h>

#include <memory>

namespace rdpmedic::windows {

// One rule of the collection, which holds those of the host and of Group Policy and does not say which is which.
struct SeenRule {
    Com<INetFwRule> rule;
    std::string name, group, program, service, local_ports; // as the interface writes them
    long protocol = 0, direction = 0, action = 0, profiles = 0;
};

// Is it the rule that this text describes, whichever of the two is on? Names are left out: the interface tells the
// translated one. Expands variables and resources, so it asks this machine.
bool matches(const firewall::FirewallRule& text, const SeenRule& seen);
// Also by its translated name.
bool has_name_of(const firewall::FirewallRule& text, const SeenRule& seen);

// COM for as long as the object lives, on the thread that made it. All methods block; errors name the method.
// https://learn.microsoft.com/windows/win32/api/netfw/nn-netfw-inetfwrules
class FirewallRules {
  public:
    static Result<FirewallRules> open();

    // Every rule whose properties can be read.
    Result<std::vector<SeenRule>> all() const;
    Result<> set_enabled(const SeenRule& rule, bool enabled) const;
    Result<> add(const AddFirewallRule& rule) const;
    Result<> remove(const std::string& name) const;

  private:
    std::unique_ptr<ComUse> com_; // outlives what follows
    Com<INetFwRules> rules_;
};

} // namespace rdpmedic::windows
