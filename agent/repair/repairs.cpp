// Which repairs are there, what do they look at, and what must they prove?
#include "agent/repair/repairs.hpp"

#include "agent/repair/plan_cert.hpp"
#include "agent/repair/plan_parts.hpp"
#include "agent/repair/plan_termservice.hpp"

#include <cstdio>

namespace rdpmedic {

namespace {

// The day, not the second: the same plan keeps the same hash. A name that is taken gets a number.
std::string free_backup_name(const Host& host, const std::string& file, Time now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, ".bak-%04d%02u%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    for (int number = 1; number < 100; ++number) {
        const std::string name = file + suffix + (number == 1 ? "" : "-" + std::to_string(number));
        const auto taken = host.file(name);
        if (is_absent(taken))
            return name;
        if (!taken)
            return {};
    }
    return {};
}

template <class Collect, class Judge>
auto judge_with(Collect collect, Judge judge) {
    return [collect, judge](const Host& host, const JudgeContext& context) -> Result<std::vector<Finding>> {
        auto facts = collect(host);
        if (!facts)
            return facts.error();
        return judge(*facts, context);
    };
}

Result<PlanAndFindings> look_at_certificate(const Host& host, const JudgeContext& context) {
    auto facts = cert::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = cert::judge(*facts, context);
    const auto sessions = host.sessions();
    const auto term_service = host.service(services::term_service), redirector = host.service(services::um_rdp_service);
    const cert::CertificateFacts* used = facts->in_use();
    const std::string backup =
        used != nullptr && used->key_file ? free_backup_name(host, *used->key_file, context.now) : std::string();
    return PlanAndFindings{plan_cert({*facts, findings, sessions, term_service, redirector, context.now, backup}),
                           findings};
}

Result<PlanAndFindings> look_at_services(const Host& host, const JudgeContext& context) {
    auto facts = termservice::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = termservice::judge(*facts, context);
    return PlanAndFindings{plan_termservice(*facts, findings, host.sessions()), findings};
}

} // namespace

std::vector<Repair> all_repairs() {
    return {{"cert", "cert", HandshakeProof::certificate_served, judge_with(cert::collect, cert::judge),
             look_at_certificate},
            {"termservice", "termservice", HandshakeProof::listener_answers,
             judge_with(termservice::collect, termservice::judge), look_at_services}};
}

} // namespace rdpmedic
