// Which firewalls of other makers are registered with Windows, and do the rules of the Windows Firewall still count?
#include "probes/firewall_products.hpp"

#include <algorithm>

namespace rdpmedic::firewall {
namespace {

// https://learn.microsoft.com/windows/win32/api/icftypes/ne-icftypes-net_fw_rule_category
constexpr std::uint32_t boot = 0, stealth = 1, rules = 2, connection_security = 3;

std::string name_of_category(std::uint32_t category) {
    switch (category) {
    case boot:
        return "boot-time filters";
    case stealth:
        return "stealth filters";
    case rules:
        return "firewall rules";
    case connection_security:
        return "connection security rules";
    default:
        return "category " + std::to_string(category);
    }
}

std::string evidence_of(const FirewallProduct& product) {
    std::string line = "registered with Windows: " + product.name + (product.path.empty() ? "" : ", " + product.path);
    if (!product.categories)
        return line + ", has taken over what could not be read";
    std::string taken;
    for (const std::uint32_t category : *product.categories)
        taken += (taken.empty() ? "" : ", ") + name_of_category(category);
    return line + ", has taken over " + (taken.empty() ? "nothing" : taken);
}

// What the probe firewall concludes from rules and settings of the Windows Firewall; not that a service is down, which
// keeps the filters of the boot phase.
bool is_about_rules(const Finding& finding) {
    return (finding.severity == Severity::warning || finding.severity == Severity::critical) &&
           finding.code != "firewall.service_not_running";
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwproduct-get_rulecategories
Result<bool> takes_rules_over(const FirewallProduct& product) {
    if (!product.categories)
        return product.categories.error();
    return std::find(product.categories->begin(), product.categories->end(), rules) != product.categories->end();
}

std::vector<Finding> judge_products(const Result<std::vector<FirewallProduct>>& products) {
    if (!products)
        return {unknown("interference", "the firewalls that are registered with Windows", products.error())};
    std::vector<Finding> findings;
    for (const FirewallProduct& product : *products) {
        const Result<bool> taken = takes_rules_over(product);
        if (!taken)
            findings.push_back(unknown("interference", "what " + product.name + " has taken over from Windows Firewall",
                                       taken.error()));
        Finding finding{"interference.firewall_product", Severity::info, product.name, product.name};
        if (taken && *taken)
            finding.text += " has taken the rules over from the Windows Firewall: it decides who is let in, and rules "
                            "of the Windows Firewall do not count";
        else
            finding.text += " is registered as a firewall beside the Windows Firewall" +
                            std::string(taken ? ", whose rules count as well" : "");
        finding.evidence = {evidence_of(product)};
        findings.push_back(std::move(finding));
    }
    return findings;
}

bool blames_rules(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(), is_about_rules);
}

void weigh_products(std::vector<Finding>& findings, const Result<std::vector<FirewallProduct>>& products) {
    std::vector<std::string> lines;
    bool taken_over = false;
    if (products)
        for (const FirewallProduct& product : *products) {
            const Result<bool> taken = takes_rules_over(product);
            taken_over = taken_over || (taken && *taken);
            if (!taken || *taken)
                lines.push_back(evidence_of(product));
        }
    else if (products.error().code != Errc::unsupported) // as on Windows before 7, which has no such list
        lines.push_back("whether another product has taken over the rules of the Windows Firewall is not known: " +
                        describe(products.error()));
    for (Finding& finding : findings) {
        if (!is_about_rules(finding))
            continue;
        finding.evidence.insert(finding.evidence.end(), lines.begin(), lines.end());
        if (!taken_over)
            continue;
        finding.severity = Severity::warning;
        finding.text += ", if the Windows Firewall decides: another product has taken its rules over";
        finding.repair.clear();
    }
}

} // namespace rdpmedic::firewall
