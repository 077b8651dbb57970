// What would put the folder of the machine's keys right without taking anybody's key away?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/cert.hpp"

namespace rdpmedic {

struct MachineKeysPlanInput {
    const cert::CertFacts& facts;
    const std::vector<Finding>& findings;
    const Options& options;
    const Result<std::vector<Session>>& sessions;
    const Result<ServiceFacts>& term_service;
    const Result<ServiceFacts>& um_rdp_service;
    // Read where `new_folder` is wanted: every certificate of every store of this machine, the stores that could not be
    // read with why, and the names in the folder.
    std::vector<cert::CertificateFacts> certificates{};
    std::vector<std::string> unread_stores{};
    Result<std::vector<std::string>> names = Error{Errc::not_found, 0, "not read"};
    std::vector<TcpListener> elsewhere{}; // see listens_elsewhere
    std::string day{};                    // suffix of what is put aside, "bak-20260115"
};

// Pure. Rungs:
//   folder-acl  gives the folder the entries of Windows that it lacks; nothing else of its list changes
//   new-folder  only with `new_folder=true`: the folder gets exactly the list of a new one, and Remote Desktop's own
//               certificate, key file and key are made anew. The files of others stay where they are
//   restart     restarts TermService where the listener does not take the new certificate
// The last two are refused while any certificate but Remote Desktop's own has its key in the folder, and on an RD
// Connection Broker.
Plan plan_machinekeys(const MachineKeysPlanInput& input);

std::vector<OptionSpec> machinekeys_options();

} // namespace rdpmedic
