// Which members has each fact of a service? Those of facts/services.hpp.
#pragma once

#include "probes/facts/services.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<ServiceFacts> T>
void fields(V& visit, T& facts) {
    auto& [name, state, start, type, process_id, services_in_process, exit_code, specific_exit_code, checkpoint,
           wait_hint, accepted, account, binary_path, depends_on, dependents] = facts;
    visit("name", name), visit("state", state), visit("start", start), visit("type", type);
    visit("process_id", process_id), visit("services_in_process", services_in_process);
    visit("exit_code", exit_code), visit("specific_exit_code", specific_exit_code);
    visit("checkpoint", checkpoint), visit("wait_hint", wait_hint), visit("accepted", accepted);
    visit("account", account), visit("binary_path", binary_path);
    visit("depends_on", depends_on), visit("dependents", dependents);
}

template <class V, Is<ServiceSummary> T>
void fields(V& visit, T& facts) {
    auto& [name, display_name, type, state, process_id] = facts;
    visit("name", name), visit("display_name", display_name), visit("type", type), visit("state", state),
        visit("process_id", process_id);
}

} // namespace rdpmedic::recorded
