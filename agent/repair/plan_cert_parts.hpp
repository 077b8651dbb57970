// What do the plans that touch the listener's certificate have in common?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/cert.hpp"

namespace rdpmedic::cert_plan {

void append(std::vector<Change>& to, const std::vector<Change>& changes);

// `between` happens while SessionEnv stands still. Where it does not run there is nothing to restart, and it is started
// only when `must_run`: it makes the certificate.
std::vector<Change> around_session_env(const cert::CertFacts& facts, const std::vector<Change>& between, bool must_run);

// Why a self-signed certificate that should go must stay; empty: it may go.
std::string renewal_obstacle(const cert::CertFacts& facts);

// The last rung, "restart", with the sessions that it cuts off: for a listener that does not take the other certificate
// by itself. Not added where TermService does not run. The reason where it runs and cannot be restarted, else empty.
std::string add_restart(const Result<std::vector<Session>>& sessions, const Result<ServiceFacts>& term_service,
                        const Result<ServiceFacts>& um_rdp_service, const std::vector<TcpListener>& elsewhere,
                        Plan& plan);

} // namespace rdpmedic::cert_plan
