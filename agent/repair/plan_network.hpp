// What would give this host an address again, and keep its adapter awake?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/network.hpp"

namespace rdpmedic {

struct NetworkPlanInput {
    const network::Facts& facts;
    const std::vector<Finding>& findings;
    // Of every real adapter, whether or not the machine can sleep: asked where `power_saving` is wanted.
    const std::vector<network::PowerSaving>& power_saving;
    const Options& options;
};

// Pure. Rungs:
//   renew-lease   asks the DHCP server anew for an adapter that is up and has no address others can reach; taken back
//                 unless the caller is heard again
//   power-saving  only with `power_saving=off`: keeps Windows from turning an adapter off; counts after a restart
// `adapter` chooses. An adapter that has an address keeps it: a renewal would cut off who is connected through it.
// Neither network categories nor addresses that somebody entered are touched.
Plan plan_network(const NetworkPlanInput& input);

std::vector<OptionSpec> network_options();

} // namespace rdpmedic
