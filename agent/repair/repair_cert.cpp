// The repair cert: what does it look at, and what must it prove?
#include "agent/repair/plan_cert.hpp"
#include "agent/repair/plan_cert_options.hpp"
#include "agent/repair/plan_parts.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/hex.hpp"

namespace rdpmedic {

namespace {

// The certificate of My that the option pin names.
Result<cert::CertificateFacts> wanted_certificate(const Host& host, const cert::CertFacts& facts,
                                                  const std::string& thumbprint) {
    const auto store = host.certificates(cert::personal_store);
    if (!store)
        return store.error();
    for (const StoreCertificate& found : *store)
        if (sha1_thumbprint(found.der) == thumbprint)
            return cert::read_certificate(host, cert::personal_store, found, facts.machine_guid);
    return Error{Errc::not_found, 0, "certificate " + thumbprint + " in the store My"};
}

Result<PlanAndFindings> look_at_certificate(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = cert::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = cert::judge(*facts, context);
    const auto sessions = host.sessions();
    const auto term_service = host.service(services::term_service), redirector = host.service(services::um_rdp_service);
    const cert::CertificateFacts* used = facts->in_use();
    const std::string backup =
        used != nullptr && used->key_file ? free_backup_name(host, *used->key_file, context.now) : std::string();
    CertPlanInput input{*facts, findings, sessions, term_service, redirector, context.now, backup, options};
    input.elsewhere = listens_elsewhere(host, term_service);
    if (const auto pin = text_of(options, "pin"))
        input.wanted = wanted_certificate(host, *facts, clean_thumbprint(*pin));
    return PlanAndFindings{plan_cert(input), findings};
}

} // namespace

Repair cert_repair() {
    return {"cert",
            "gives the listener a certificate and a key that it can use",
            "cert",
            HandshakeProof::certificate_served,
            cert_options(),
            judge_with(cert::collect, cert::judge),
            look_at_certificate};
}

} // namespace rdpmedic
