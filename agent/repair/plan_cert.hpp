// What would give the listener a certificate and key that it can use, with the least damage?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/cert.hpp"

namespace rdpmedic {

struct CertPlanInput {
    const cert::CertFacts& facts;
    const std::vector<Finding>& findings;
    const Result<std::vector<Session>>& sessions;
    const Result<ServiceFacts>& term_service;
    const Result<ServiceFacts>& um_rdp_service;
    Time now{};
    std::string key_backup; // full name for the key file that is put aside; no file has it yet. Empty: not wanted
    Options options{};
    // The certificate that the option pin names; not_found: the store My has none of that thumbprint.
    Result<cert::CertificateFacts> wanted = Error{Errc::not_found, 0, "not asked for"};
    std::vector<TcpListener> elsewhere{}; // see listens_elsewhere
};

// Pure. The ladder, each rung only where the facts call for it:
//   key-acl     lets the listener's account read the one key file
//   store-deny  takes away explicit denies for SYSTEM on the store's registry key
//   renew       takes out an expired, orphaned or keyless self-signed certificate and lets SessionEnv make another
//   key-file    puts that certificate's key file aside, when no certificate came
//   restart     restarts TermService
// Pinned certificates, those of a policy and CNG keys get key-acl only. A certificate in date with a key that can be
// used is never taken out. Options ask for something else instead: see plan_cert_options.hpp.
Plan plan_cert(const CertPlanInput& input);

} // namespace rdpmedic
