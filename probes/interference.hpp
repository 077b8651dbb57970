// Does a third-party product or an IPsec rule close RDP connections?
#pragma once

#include "probes/formats/firewall_evaluation.hpp"
#include "probes/formats/ipsec_rule.hpp"
#include "probes/probe.hpp"

namespace rdpmedic::interference {

// A value among them that is no rule, and why.
struct RefusedIpsecRule {
    std::string id;
    std::optional<std::string> text; // empty where the value is no REG_SZ
    firewall::RuleError error;
};

// The connection-security rules of one store.
struct IpsecStore {
    firewall::Origin origin = firewall::Origin::local;
    RegistryPath key;
    Result<void> read;
    std::vector<firewall::IpsecRule> rules;
    std::vector<RefusedIpsecRule> refused;
};

// AllowLocalIPsecPolicyMerge of one profile, which only policy sets; not_found: local rules count.
struct Merge {
    firewall::Profile profile = firewall::Profile::domain;
    RegistryPath key;
    Result<std::uint32_t> allowed = Error{Errc::unsupported, 0, "not read"};
};

// The value that can end MpsSvc.
struct LoopbackApps {
    Result<RegistryValue> value = Error{Errc::unsupported, 0, "not read"};
    Result<ServiceFacts> firewall_service = Error{Errc::unsupported, 0, "not read"};
};
inline const RegistryPath app_containers{R"(SYSTEM\CurrentControlSet\Services\mpssvc\Parameters\AppCs)"};
inline constexpr const char* loopback_apps_name = "DebugedLoopbackApps";
// Subject of the finding about a value of the right type. It is not known whether that one does harm, so that nothing
// takes it away: a repair goes by loopback_apps_name.
inline constexpr const char* loopback_apps_text = "the text of DebugedLoopbackApps";

// The filters of one provider that is not Windows' own, or those without a provider.
struct ProviderFilters {
    FilterProvider provider; // id no_filter_provider: none
    Result<std::vector<Filter>> filters = Error{Errc::unsupported, 0, "not read"};
};

struct Facts {
    Result<std::vector<ServiceSummary>> services = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<FilterProvider>> filter_providers = Error{Errc::unsupported, 0, "not read"};
    std::vector<ProviderFilters> filters; // read where the providers could be
    Result<std::vector<SecurityProduct>> security_products = Error{Errc::unsupported, 0, "not read"}; // clients only
    // Asked on servers, where there is no Security Center.
    std::optional<Result<std::vector<FirewallProduct>>> firewall_products;
    std::vector<IpsecStore> ipsec;
    std::vector<Merge> merges;
    // Asked only where a rule could matter; not_found: not asked.
    Result<FirewallProfiles> active = Error{Errc::not_found, 0, "not asked"};
    Result<std::uint32_t> port = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> rdp_denied = Error{Errc::unsupported, 0, "not read"};
    LoopbackApps loopback_apps;
};

// A failed read is in the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section interference. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// The part of both that the repair of the firewall looks at.
LoopbackApps collect_loopback_apps(const Host& host);
std::vector<Finding> judge_loopback_apps(const LoopbackApps& facts);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::interference
