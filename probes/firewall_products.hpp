// Which firewalls of other makers are registered with Windows, and do the rules of the Windows Firewall still count?
#pragma once

#include "probes/finding.hpp"

namespace rdpmedic::firewall {

// Has it taken the rules over from the Windows Firewall? An error: what it took over could not be read. Pure.
Result<bool> takes_rules_over(const FirewallProduct& product);

// The findings interference.firewall_product: each product, with what it has taken over. What could not be read is
// unknown. Pure.
std::vector<Finding> judge_products(const Result<std::vector<FirewallProduct>>& products);

// Does one of the findings of the probe firewall say that the rules or settings of the Windows Firewall keep clients
// out, so that it counts whether another product has taken them over? Pure.
bool blames_rules(const std::vector<Finding>& findings);
// Where one has, what they say is not known to hold: such findings are warnings at most, name the product as evidence,
// and offer no repair. Where that could not be read, the evidence says so. Pure.
void weigh_products(std::vector<Finding>& findings, const Result<std::vector<FirewallProduct>>& products);

} // namespace rdpmedic::firewall
