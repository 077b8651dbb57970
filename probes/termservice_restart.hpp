// Would TermService come back when it is restarted, and would that cure anything?
#pragma once

#include "probes/termservice.hpp"

namespace rdpmedic::termservice {

// What keeps TermService from starting and has to be cured first: "the service Other, on which it depends, does not
// exist". Empty: the facts show nothing. Pure.
std::string start_blocker(const Facts& facts);

// Why TermService cannot be stopped without harm to others, for people; empty: it can. Pure.
std::string restart_obstacle(const Result<ServiceFacts>& term_service);

// Why a TermService that runs is not restarted although its listener does not answer, for people; empty: it can be.
// `on_port`: who listens on the port of the listener. Where that is not known it hinders nothing. Pure.
std::string why_not_restarted(const Facts& facts, const Result<std::vector<TcpListener>>& on_port);

} // namespace rdpmedic::termservice
