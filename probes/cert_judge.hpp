// What do the parts of the certificate probe share? For cert*.cpp only.
#pragma once

#include "probes/cert.hpp"

namespace rdpmedic::cert {

using Findings = std::vector<Finding>;

// Something that stands in the way of a new self-signed certificate.
struct Obstacle {
    std::string text;
    bool blocks = false; // no certificate can come; otherwise it may fail
};
// What is known to stand in the way now. A service or list that could not be read is none: see judge_renewal.
std::vector<Obstacle> renewal_obstacles(const CertFacts& facts);
// "cert" where deleting the certificate in use makes Windows serve a new one, otherwise empty.
std::string renewal_repair(const CertFacts& facts);

// "certificate ab12... (CN=host01, store Remote Desktop)"
std::string describe(const CertificateFacts& certificate);

// The key of the certificate in use: is it there, does it fit, may the listener read it?
void judge_key(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings);
// The folder and the store that the next self-signed certificate needs, and a store with none or with several.
void judge_renewal(const CertFacts& facts, const JudgeContext& context, Findings& findings);

// Does a chosen certificate name this host, and does the folder for the keys exist?
void judge_names(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings);
void judge_program_data(const CertFacts& facts, Findings& findings);

} // namespace rdpmedic::cert
