// The repair tls: what does it look at, and what must it prove?
#include "agent/repair/plan_tls.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_tls(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = tls::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = tls::judge(*facts, context);
    const auto sessions = host.sessions();
    const TermServices services = read_term_services(host);
    return PlanAndFindings{plan_tls({*facts, findings, sessions, services, options}), findings};
}

} // namespace

Repair tls_repair() {
    return {"tls",
            "sets TLS 1.2, TLS 1.3 and CredSSP as Windows sets them up",
            "tls",
            HandshakeProof::certificate_served,
            {{"remove_cipher_policy", OptionSpec::Kind::flag, "take the cipher suites of a policy out of this host"}},
            judge_with(tls::collect, tls::judge),
            look_at_tls};
}

} // namespace rdpmedic
