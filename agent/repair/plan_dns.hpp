// What would make the name of this host lead to it again?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/dns.hpp"

namespace rdpmedic {

// Pure. Rungs:
//   flush     empties the cache of this host's own resolver
//   register  lets Windows register its addresses anew
// `action` asks for one or both (then in one rung, flush-and-register). Nothing is registered where that is switched
// off, or where that is not known.
Plan plan_dns(const dns::Facts& facts, const std::vector<Finding>& findings, const Options& options);

std::vector<OptionSpec> dns_options();

} // namespace rdpmedic
