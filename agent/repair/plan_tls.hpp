// What would let clients agree with this host on TLS again, as Windows sets it up?
#pragma once

#include "agent/repair/plan_parts.hpp"
#include "probes/tls.hpp"

namespace rdpmedic {

struct TlsPlanInput {
    const tls::Facts& facts;
    const std::vector<Finding>& findings;
    const Result<std::vector<Session>>& sessions;
    const TermServices& services;
    const Options& options;
};

// Pure. One rung, because nothing of it is seen before TermService has read it: TLS 1.2 for servers no longer switched
// off, TLS 1.3 as installed where Windows does not support it, CredSSP no longer open to unpatched clients, and with
// the option remove_cipher_policy the list of cipher suites of a policy taken out. TLS 1.0 and 1.1 and FIPS stay.
Plan plan_tls(const TlsPlanInput& input);

} // namespace rdpmedic
