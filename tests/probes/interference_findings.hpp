// What does the probe interference find on a host, in one line a finding?
#pragma once

#include "probes/interference.hpp"
#include "tests/support/fake_host.hpp"

namespace rdpmedic::testing::interferences {

using Codes = std::vector<std::string>;

inline const RegistryPath policy_rules{R"(SOFTWARE\Policies\Microsoft\WindowsFirewall\ConSecRules)"};
inline const RegistryPath local_rules{
    R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\ConSecRules)"};
inline const RegistryPath domain_policy{R"(SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile)"};
inline const RegistryPath app_containers{R"(SYSTEM\CurrentControlSet\Services\mpssvc\Parameters\AppCs)"};
inline constexpr const char* secure = "v2.31|Action=SecureServer|Name=Isolation|Active=TRUE|Auth1Set={1}|";

class Machine : public FakeHost {
  public:
    Machine() {
        give("services", std::vector<ServiceSummary>{service("TermService"), service("MpsSvc"), service("WinDefend")});
        give("filter_providers",
             std::vector<FilterProvider>{{"{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}", "Microsoft Corporation", "mpssvc"},
                                         {"{8e44982a-f477-11df-85ce-78e7d1810190}", "Windows NDU", ""},
                                         {"{12345678-0000-0000-0000-000000000000}", "@FirewallAPI.dll,-1", ""}});
        give_filters(no_filter_provider, {});
        give("security_products", std::vector<SecurityProduct>{});
        set_text(keys::windows_version, "InstallationType", "Client");
        set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        set_dword(keys::rdp_tcp, "PortNumber", 3389);
        profiles = FirewallProfiles{true, false, false};
        ServiceFacts firewall;
        firewall.name = "MpsSvc";
        firewall.state = ServiceState::running;
        FakeHost::services["mpssvc"] = firewall;
    }

    void give_filters(const std::string& provider, std::vector<Filter> filters) {
        give("filters " + provider, std::move(filters));
    }

    static ServiceSummary service(const char* name, ServiceState state = ServiceState::running) {
        return {name, name, 0x10, state, 4};
    }
};

inline std::vector<Finding> findings_of(const FakeHost& host) {
    return interference::judge(interference::collect(host).value(), {});
}

inline Codes codes_of(const FakeHost& host) {
    Codes codes;
    for (const Finding& finding : findings_of(host))
        codes.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return codes;
}

} // namespace rdpmedic::testing::interferences
