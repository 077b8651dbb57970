// What of all that stands between a client and the listener?
#include "probes/firewall_products.hpp"
#include "probes/interference.hpp"
#include "probes/interference_filters.hpp"
#include "probes/interference_products.hpp"
#include "probes/letter_case.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic::interference {
namespace {

using firewall::IpsecDemand;
using firewall::IpsecRule;
using firewall::Origin;

constexpr std::string_view id = "interference";
constexpr std::uint16_t default_port = 3389;
constexpr std::uint32_t reg_sz = 1;

bool names(std::string_view pattern, std::string_view name) {
    if (!pattern.empty() && pattern.back() == '*') {
        pattern.remove_suffix(1);
        name = name.substr(0, pattern.size());
    }
    return same_ignoring_case(pattern, name);
}

// MEM: its names and its program; some languages turn the words of the name around.
bool is_defender(const SecurityProduct& product) {
    return contains_ignoring_case(product.name, "Windows Defender") ||
           contains_ignoring_case(product.name, "Microsoft Defender") ||
           contains_ignoring_case(product.path, "MsMpEng.exe") ||
           contains_ignoring_case(product.path, "windowsdefender:");
}

// Collects the findings of one round.
class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts) {
        if (facts.port && *facts.port > 0 && *facts.port <= 65535)
            port_ = static_cast<std::uint16_t>(*facts.port);
        // Not set means off, the state in which Windows is installed.
        rdp_on_ = facts.rdp_denied ? facts.rdp_denied->value == 0 : is_unreadable(facts.rdp_denied);
    }

    std::vector<Finding> findings() {
        judge_services();
        judge_providers();
        judge_port();
        judge_filters();
        judge_security_products();
        if (facts_.firewall_products)
            for (Finding& finding : firewall::judge_products(*facts_.firewall_products))
                add(std::move(finding));
        judge_ipsec();
        for (Finding& finding : judge_loopback_apps(facts_.loopback_apps))
            add(std::move(finding));
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    void add_product(const Product& product, std::string evidence) {
        const auto same = [&](const Finding& finding) {
            return finding.code == "interference.product" && finding.subject == product.name;
        };
        const auto before = std::find_if(findings_.begin(), findings_.end(), same);
        if (before != findings_.end())
            return before->evidence.push_back(std::move(evidence));
        add({"interference.product",
             Severity::info,
             std::string(product.name) + " runs on this host; it has been reported that " + std::string(product.effect),
             std::string(product.name),
             {std::move(evidence), "reported at " + std::string(product.source)}});
    }

    void judge_services() {
        if (!facts_.services)
            return add_unknown("the services of other products", facts_.services.error());
        for (const ServiceSummary& service : *facts_.services) {
            if (service.state != ServiceState::running)
                continue;
            for (const Product& product : products)
                if (names(product.service, service.name))
                    add_product(product, "service " + service.name + " (" + service.display_name + "): running");
        }
    }

    void judge_providers() {
        if (!facts_.filter_providers)
            return add_unknown("the providers of the Windows Filtering Platform", facts_.filter_providers.error());
        for (const FilterProvider& provider : *facts_.filter_providers) {
            if (is_of_windows(provider))
                continue;
            const std::string evidence = "filter provider " + provider.id + " '" + provider.name + "'" +
                                         (provider.service.empty() ? std::string() : ", service " + provider.service);
            const auto product = std::find_if(filter_products.begin(), filter_products.end(),
                                              [&](const Product& row) { return names(row.service, provider.name); });
            if (product != filter_products.end()) {
                add_product(*product, evidence);
                continue;
            }
            add({"interference.filter_provider",
                 Severity::info,
                 "'" + provider.name + "' may filter network connections on this host, beside the Windows Firewall",
                 provider.name,
                 {evidence}});
        }
    }

    // Where it is not known, filters and rules are judged for the usual one.
    void judge_port() {
        const bool any = std::any_of(facts_.filters.begin(), facts_.filters.end(),
                                     [](const auto& of_one) { return of_one.filters && !of_one.filters->empty(); }) ||
                         std::any_of(facts_.ipsec.begin(), facts_.ipsec.end(),
                                     [](const IpsecStore& store) { return !store.rules.empty(); });
        if (any && is_unreadable(facts_.port))
            add_unknown("the port of Remote Desktop, in whose place filters and IPsec rules are judged for TCP 3389",
                        facts_.port.error());
    }

    void judge_filters() {
        for (const ProviderFilters& of_one : facts_.filters) {
            const bool nobodys = of_one.provider.id == no_filter_provider;
            const std::string owner = nobodys ? "no provider" : "the provider '" + of_one.provider.name + "'";
            if (!of_one.filters) {
                add_unknown("the filters of " + owner, of_one.filters.error());
                continue;
            }
            for (const Block& block : blocks_of(*of_one.filters, port_))
                if (!nobodys || !is_name_of_windows(block.filter.name))
                    add_block(block, owner, nobodys ? name_of(block.filter) : of_one.provider.name);
        }
    }

    // One finding for all filters of one provider; filters without one are kept apart by their names.
    void add_block(const Block& block, const std::string& owner, const std::string& subject) {
        constexpr std::size_t most_evidence = 8;
        const bool some = block.reach == Reach::some;
        const Severity severity = some || !rdp_on_ ? Severity::info : Severity::warning;
        const std::string evidence = "filter " + std::to_string(block.filter.id) + " '" + block.filter.name + "' of " +
                                     owner + (block.filter.provider.empty() ? "" : " " + block.filter.provider) +
                                     ", weight " + std::to_string(block.filter.weight) +
                                     (block.filter.ipv6 ? ", IPv6" : ", IPv4") +
                                     (some ? ", for some connections" : ", for every connection");
        const std::string text = "a filter of " + owner + ", '" + name_of(block.filter) + "', blocks incoming " +
                                 "connections to TCP " + std::to_string(port_) +
                                 (some ? " from some addresses, interfaces or users" : "") +
                                 ", whatever the Windows Firewall lets in";
        const auto before = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& finding) {
            return finding.code == "interference.filter_block" && finding.subject == subject;
        });
        if (before == findings_.end())
            return add({"interference.filter_block", severity, text, subject, {evidence}});
        if (severity > before->severity) {
            before->severity = severity;
            before->text = text;
        }
        if (before->evidence.size() < most_evidence)
            before->evidence.push_back(evidence);
    }

    // DERIVED: productState is not documented; many public readers agree that 0x1000 means switched on.
    void judge_security_products() {
        if (is_unreadable(facts_.security_products))
            return add_unknown("the products of Windows Security Center", facts_.security_products.error());
        if (!facts_.security_products)
            return;
        for (const SecurityProduct& product : *facts_.security_products) {
            if (!product.firewall && is_defender(product))
                continue;
            if (!product.state)
                add_unknown("whether " + product.name + " is switched on", product.state.error());
            else if ((*product.state & 0x1000U) != 0)
                add_security_product(product, "Security Center: " + product.name + ", " + product.path);
        }
    }

    void add_security_product(const SecurityProduct& product, std::string evidence) {
        if (product.firewall)
            return add({"interference.firewall_product",
                        Severity::info,
                        product.name + " is this host's firewall: the rules of the Windows Firewall may not count",
                        product.name,
                        {std::move(evidence)}});
        // "Bitdefender Antivirus" is the Bitdefender whose service runs; Security Center can list a product twice.
        const auto before = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& finding) {
            return finding.code == "interference.product" && contains_ignoring_case(product.name, finding.subject);
        });
        if (before != findings_.end())
            return before->evidence.push_back(std::move(evidence));
        const auto row = std::find_if(products.begin(), products.end(), [&](const Product& known) {
            return contains_ignoring_case(product.name, known.name);
        });
        if (row != products.end())
            return add_product(*row, std::move(evidence));
        add({"interference.product",
             Severity::info,
             product.name + " is this host's virus scanner; such products can filter or close RDP connections",
             product.name,
             {std::move(evidence)}});
    }

    // The profiles that are active now and on which a rule counts, as bits. Local rules count only where no policy
    // switches them off.
    // https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/885f236b-39f5-4a83-bac8-3c5459e88a9a
    unsigned profiles_of(const IpsecRule& rule, Origin origin) const {
        return rule.profiles & counting_profiles(origin);
    }

    unsigned counting_profiles(Origin origin) const {
        unsigned profiles = 0;
        for (const Merge& merge : facts_.merges) {
            const bool merged = origin != Origin::local || !merge.allowed || *merge.allowed != 0;
            if (may_be_active(facts_.active, merge.profile) && merged)
                profiles |= bit_of(merge.profile);
        }
        return profiles;
    }

    void judge_ipsec() {
        for (const IpsecStore& store : facts_.ipsec)
            if (is_unreadable(store.read))
                add_unknown(std::string("the IPsec rules of ") + firewall::name_of(store.origin), store.read.error());
        const unsigned exempt = exempted_profiles();
        for (const IpsecStore& store : facts_.ipsec)
            for (const IpsecRule& rule : store.rules)
                if ((profiles_of(rule, store.origin) & ~exempt) != 0)
                    judge_rule(store, rule);
        for (const IpsecStore& store : facts_.ipsec)
            if ((counting_profiles(store.origin) & ~exempt) != 0)
                judge_refused(store);
    }

    // Windows does not enforce what it cannot parse, but what this reader refuses a newer Windows may accept.
    void judge_refused(const IpsecStore& store) {
        for (const RefusedIpsecRule& refused : store.refused) {
            if (refused.text && !firewall::may_require_ipsec(*refused.text))
                continue;
            const std::string token = refused.error.token.empty() ? "" : "'" + refused.error.token + "': ";
            add_unknown("whether the IPsec rule " + refused.id + " concerns TCP " + std::to_string(port_),
                        {Errc::malformed, 0, label(store.key, refused.id) + ", " + token + refused.error.reason});
        }
    }

    // A rule that exempts exactly this port from everybody is how an administrator keeps RDP reachable, on the profiles
    // of that rule.
    unsigned exempted_profiles() const {
        unsigned profiles = 0;
        for (const IpsecStore& store : facts_.ipsec)
            for (const IpsecRule& rule : store.rules)
                if (const auto verdict = demand_of(rule, port_);
                    verdict.demand == IpsecDemand::exempt && !verdict.for_some)
                    profiles |= profiles_of(rule, store.origin);
        return profiles;
    }

    void judge_rule(const IpsecStore& store, const IpsecRule& rule) {
        const auto verdict = demand_of(rule, port_);
        if (verdict.demand == IpsecDemand::unclear)
            return add_unknown(
                "whether the IPsec rule " + rule.id + " concerns TCP " + std::to_string(port_),
                {Errc::malformed, 0,
                 label(store.key, rule.id) + (rule.not_understood ? ", " + rule.not_understood->token : ", a tunnel")});
        if (verdict.demand != IpsecDemand::required)
            return;
        Finding finding{"interference.ipsec_required", verdict.for_some ? Severity::warning : Severity::critical,
                        "the IPsec rule '" + (rule.name.empty() ? rule.id : rule.name) + "' of " +
                            firewall::name_of(store.origin) + " requires IPsec for TCP " + std::to_string(port_) +
                            ": a client without it gets no answer" +
                            (verdict.for_some ? ", from the addresses or interfaces of the rule" : "")};
        if (!rdp_on_)
            finding.severity = Severity::info;
        finding.subject = rule.id;
        finding.evidence.push_back(label(store.key, rule.id) + " (" + firewall::name_of(store.origin) + ")");
        for (const auto* list : {&rule.remote_addresses, &rule.local_addresses, &rule.conditions})
            for (const firewall::RuleField& field : *list)
                finding.evidence.push_back(field.token + "=" + field.value);
        if (!facts_.active)
            finding.evidence.push_back("which firewall profiles are active could not be read");
        if (store.origin != Origin::local)
            finding.policy = label(store.key, rule.id);
        add(std::move(finding));
    }

    const Facts& facts_;
    std::uint16_t port_ = default_port;
    bool rdp_on_ = true;
    std::vector<Finding> findings_;
};

} // namespace

namespace {

// From the same source: a REG_SZ that MpsSvc cannot parse ends it too. Its format is not documented, so that only a
// service that does not run makes the text a suspect, and no repair takes away what may be well.
std::vector<Finding> judge_loopback_text(const LoopbackApps& facts) {
    constexpr std::size_t longest = 200;
    const auto* text = std::get_if<std::string>(&facts.value->data);
    if (!text || text->empty() || !facts.firewall_service || facts.firewall_service->state == ServiceState::running)
        return {};
    return {
        {"interference.loopback_apps_value",
         Severity::warning,
         "the Windows Firewall does not run, and a registry value that it reads when it starts has a text: one that "
         "it cannot parse ends it. Whether it can parse this one is not known",
         loopback_apps_text,
         {label(app_containers, loopback_apps_name) + " = '" + text->substr(0, longest) +
          (text->size() > longest ? "...'" : "'")}}};
}

} // namespace

// A value of another type than REG_SZ ends MpsSvc whenever it starts, and while it does not run, the filters of the
// boot phase let nothing in. From the script library of Microsoft's support for virtual machines:
// https://github.com/Azure/repair-script-library
std::vector<Finding> judge_loopback_apps(const LoopbackApps& facts) {
    const bool running = facts.firewall_service && facts.firewall_service->state == ServiceState::running;
    if (is_unreadable(facts.value)) {
        // The key is closed to everybody; while the firewall runs, nothing depends on it.
        if (!running && facts.firewall_service)
            return {unknown(id, loopback_apps_name, facts.value.error())};
        return {};
    }
    if (!facts.value)
        return {};
    if (facts.value->type == reg_sz)
        return judge_loopback_text(facts);
    return {{"interference.loopback_apps_value",
             running ? Severity::warning : Severity::critical,
             running ? "a registry value of a wrong type will keep the Windows Firewall from starting again"
                     : "a registry value of a wrong type keeps the Windows Firewall from starting: nothing is let in. "
                       "Without the value it starts",
             loopback_apps_name,
             {label(app_containers, loopback_apps_name) + " has the registry type " +
              std::to_string(facts.value->type) + ", expected REG_SZ (1)"},
             "firewall"}};
}

std::vector<Finding> judge(const Facts& facts, const JudgeContext&) { return Judge(facts).findings(); }

} // namespace rdpmedic::interference
