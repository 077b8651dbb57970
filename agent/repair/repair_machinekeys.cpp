// The repair machinekeys: what does it look at, and what must it prove?
#include "agent/repair/plan_machinekeys.hpp"
#include "agent/repair/plan_parts.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/formats/key_container.hpp"
#include "probes/letter_case.hpp"

#include <algorithm>
#include <cstdio>

namespace rdpmedic {

namespace {

// Every system store of the machine has a key here, apart from those that were never used.
// https://learn.microsoft.com/windows/win32/seccrypto/system-store-locations
const RegistryPath system_certificates{R"(SOFTWARE\Microsoft\SystemCertificates)"};

std::vector<std::string> store_names(const Host& host, std::vector<std::string>& unread) {
    std::vector<std::string> names{"My", "Remote Desktop", "WebHosting"};
    const auto subkeys = host.registry_subkeys(system_certificates);
    if (is_unreadable(subkeys))
        unread.push_back("list could not be read: " + describe(subkeys.error()));
    for (const std::string& name : subkeys ? *subkeys : std::vector<std::string>{})
        if (std::none_of(names.begin(), names.end(),
                         [&](const std::string& known) { return same_ignoring_case(known, name); }))
            names.push_back(name);
    return names;
}

void read_every_certificate(const Host& host, MachineKeysPlanInput& input) {
    for (const std::string& name : store_names(host, input.unread_stores)) {
        const auto store = host.certificates(name);
        if (is_unreadable(store))
            input.unread_stores.push_back(name + " could not be read: " + describe(store.error()));
        for (const StoreCertificate& found : store ? *store : std::vector<StoreCertificate>{})
            input.certificates.push_back(cert::read_certificate(host, name, found, input.facts.machine_guid));
    }
}

std::string suffix_of(Time now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, "bak-%04d%02u%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return suffix;
}

Result<PlanAndFindings> look_at_folder(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = cert::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = cert::judge(*facts, context);
    const auto sessions = host.sessions();
    const auto term_service = host.service(services::term_service), redirector = host.service(services::um_rdp_service);
    MachineKeysPlanInput input{*facts, findings, options, sessions, term_service, redirector};
    input.elsewhere = listens_elsewhere(host, term_service);
    if (flag_of(options, "new_folder")) {
        read_every_certificate(host, input);
        input.names = host.folder(machine_keys_folder);
        input.day = suffix_of(context.now);
    }
    return PlanAndFindings{plan_machinekeys(input), findings};
}

} // namespace

Repair machinekeys_repair() {
    return {"machinekeys",
            "puts the folder of the machine's keys right; other services' keys stay",
            "cert",
            HandshakeProof::certificate_served,
            machinekeys_options(),
            judge_with(cert::collect, cert::judge),
            look_at_folder};
}

} // namespace rdpmedic
