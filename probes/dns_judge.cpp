// Where does this host's name lead, and can it find its domain?
#include "probes/dns.hpp"
#include "probes/formats/dns_name.hpp"
#include "probes/formats/hosts_file.hpp"

#include <algorithm>

namespace rdpmedic::dns {
namespace {

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const std::string& one : list)
        text += (text.empty() ? "" : ", ") + one;
    return text.empty() ? "none" : text;
}

std::vector<IpAddress> parsed(const std::vector<std::string>& texts) {
    std::vector<IpAddress> result;
    for (const std::string& text : texts)
        if (auto address = parse_ip_address(text))
            result.push_back(std::move(*address));
    return result;
}

bool has(const std::vector<IpAddress>& list, const IpAddress& address) {
    return std::find(list.begin(), list.end(), address) != list.end();
}

// The values hold blanks or commas between the addresses, in any order of the two.
std::vector<std::string> servers_of(const std::string& value) {
    std::vector<std::string> list;
    for (std::size_t at = value.find_first_not_of(" ,"); at != value.npos; at = value.find_first_not_of(" ,", at)) {
        const std::size_t end = std::min(value.find_first_of(" ,", at), value.size());
        list.push_back(value.substr(at, end - at));
        at = end;
    }
    return list;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return list;
}

// "Ethernet: set by hand: 10.0.0.2; DHCP offers 10.0.0.3". Empty where nobody set them, or to what DHCP gives anyway.
std::string describe_setting(const SetServers& set) {
    const auto unread = [&](const char* what, const Error& error) {
        return set.adapter + ": the servers " + what + " could not be read: " + describe(error);
    };
    if (is_unreadable(set.by_hand))
        return unread("that were set by hand", set.by_hand.error());
    if (is_unreadable(set.by_dhcp))
        return unread("that DHCP offers", set.by_dhcp.error());
    const auto by_hand = servers_of(set.by_hand ? *set.by_hand : std::string());
    const auto by_dhcp = servers_of(set.by_dhcp ? *set.by_dhcp : std::string());
    if (by_hand.empty() || sorted(by_hand) == sorted(by_dhcp))
        return {};
    return set.adapter + ": set by hand: " + joined(by_hand) +
           (set.dhcp ? "; DHCP offers " + joined(by_dhcp) : "; it does not use DHCP");
}

bool timed_out(const std::optional<Answers>& answer) {
    return answer && !*answer && (*answer).error().code == Errc::timed_out;
}

class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts) {}

    std::vector<Finding> run() {
        if (!facts_.names)
            add_unknown("the name of this host", facts_.names.error());
        if (!facts_.adapters)
            add_unknown("the network adapters", facts_.adapters.error());
        if (!facts_.domain)
            add_unknown("whether this host is in a domain", facts_.domain.error());
        member_ = facts_.domain && facts_.domain->joined;
        if (facts_.adapters) {
            own_ = parsed(own_addresses(*facts_.adapters));
            judge_servers();
            judge_own_name();
            judge_hosts_file();
            judge_system();
        }
        judge_reverse();
        return std::move(findings_);
    }

  private:
    Finding& add(std::string code, Severity severity, std::string text, std::string subject = {}) {
        findings_.push_back({std::move(code), severity, std::move(text), std::move(subject)});
        return findings_.back();
    }
    void add_unknown(std::string subject, const Error& error) {
        findings_.push_back(unknown("dns", std::move(subject), error));
    }
    // `evidence`, and who has set the servers.
    std::vector<std::string> with_setting(std::vector<std::string> evidence) const {
        for (const SetServers& set : facts_.set_servers)
            if (std::string setting = describe_setting(set); !setting.empty())
                evidence.push_back(std::move(setting));
        return evidence;
    }
    // Servers of somebody else can neither know a name of the domain nor take one.
    bool are_strangers() const { return facts_.locator && is_absent(*facts_.locator); }
    std::string servers() const { return "DNS servers: " + joined(configured_servers(*facts_.adapters)); }

    // A workgroup needs no name service. A member of a domain finds its domain controllers by it, and without them no
    // domain user is let in.
    // https://learn.microsoft.com/windows-server/identity/ad-ds/manage/dc-locator
    void judge_servers() {
        if (!member_)
            return;
        if (configured_servers(*facts_.adapters).empty()) {
            add("dns.no_servers", Severity::critical,
                "this host is in the domain " + facts_.domain->name +
                    " and no network adapter has a DNS server: it finds no domain controller to check users with")
                .evidence = with_setting({});
            return;
        }
        if (timed_out(facts_.locator) && timed_out(facts_.a)) {
            silent_ = true;
            add("dns.server_silent", Severity::warning,
                "the DNS servers of this host answer nothing: it is in the domain " + facts_.domain->name +
                    " and finds no domain controller to check users with")
                .evidence =
                with_setting({servers(), describe((*facts_.locator).error()), describe((*facts_.a).error())});
            return;
        }
        if (!facts_.locator || *facts_.locator)
            return;
        if (!is_absent(*facts_.locator))
            return add_unknown("the domain controllers of " + facts_.domain_name, (*facts_.locator).error());
        const bool sure = facts_.domain_source == DomainSource::controller;
        add("dns.domain_not_found", sure ? Severity::critical : Severity::warning,
            "the DNS servers of this host know no domain controller of " + facts_.domain_name +
                (sure ? ": they are not the servers of the domain"
                      : ": they are not the servers of the domain, or the domain has another name than the DNS suffix "
                        "of this host"),
            facts_.domain_name)
            .evidence = with_setting({servers(), describe((*facts_.locator).error())});
    }

    // What the servers say of the own name. Where only public addresses come back and this host has private ones alone,
    // something that translates addresses may stand between.
    void judge_own_name() {
        if (facts_.own_name.empty() || !facts_.a || silent_)
            return;
        std::vector<std::string> answers;
        for (const std::optional<Answers>* read : {&facts_.a, &facts_.aaaa}) {
            if (*read && **read)
                answers.insert(answers.end(), (**read)->begin(), (**read)->end());
            else if (*read && !is_absent(**read))
                return judge_not_told((**read).error());
        }
        if (answers.empty())
            return judge_not_registered();
        const std::vector<IpAddress> told = parsed(answers);
        const auto is_own = [&](const IpAddress& address) { return has(own_, address); };
        const bool some = std::any_of(told.begin(), told.end(), is_own);
        if (std::all_of(told.begin(), told.end(), is_own) || (!some && may_be_translated(told)))
            return;
        if (!some)
            add("dns.wrong_address", member_ ? Severity::critical : Severity::warning,
                "the name " + facts_.own_name +
                    " leads to addresses that this host does not have: who connects by "
                    "name reaches another machine or none",
                facts_.own_name);
        else if (member_)
            add("dns.stale_address", Severity::warning,
                "the name " + facts_.own_name +
                    " also leads to addresses that this host does not have: clients that "
                    "take one of them wait or reach another machine",
                facts_.own_name);
        else
            return;
        findings_.back().evidence = compared(answers);
        findings_.back().repair = registers();
    }

    // Registering puts the addresses of this host where the servers keep those of its name. MEM: Windows takes its old
    // addresses out as it does so; those that another machine or a person has entered may stay.
    // https://learn.microsoft.com/troubleshoot/windows-server/networking/configure-dns-dynamic-updates-windows-server-2003
    std::string registers() const { return member_ && registration(facts_) == Registration::on ? "dns" : ""; }

    // A suffix that came with the address, from a router at home, promises nothing.
    void judge_not_told(const Error& error) {
        not_told_ = true;
        if (member_ || !facts_.names->domain.empty())
            add_unknown("what the DNS servers say of " + facts_.own_name, error);
    }

    std::vector<std::string> compared(const std::vector<std::string>& answers) const {
        return {facts_.own_name + " = " + joined(answers),
                "addresses of this host: " + joined(own_addresses(*facts_.adapters)), servers()};
    }

    bool may_be_translated(const std::vector<IpAddress>& told) const {
        const auto is_public = [](const IpAddress& address) {
            return !address.is_private() && !address.is_link_local() && !address.is_loopback() &&
                   !address.is_unspecified();
        };
        return std::all_of(told.begin(), told.end(), is_public) &&
               std::none_of(own_.begin(), own_.end(),
                            [&](const IpAddress& own) { return is_public(own) && own.is_v4(); });
    }

    // Healthy in a workgroup. In a domain clients ask for this name, and Kerberos goes by it.
    void judge_not_registered() {
        if (!member_)
            return;
        const std::string what = "the DNS servers do not know the name " + facts_.own_name;
        const std::vector<std::string> evidence{servers(), "no A and no AAAA record"};
        const bool differs =
            facts_.domain_source == DomainSource::controller && plain_name(facts_.names->domain) != facts_.domain_name;
        const Registration set = registration(facts_);
        const auto& policy = facts_.registration_policy;
        if (differs) {
            add("dns.suffix_differs", Severity::warning,
                what + ", whose suffix is not the domain's, " + facts_.domain_name, facts_.own_name)
                .evidence = evidence;
        } else if (set == Registration::off || set == Registration::off_by_policy) {
            Finding& finding = add("dns.registration_off", Severity::warning,
                                   what + ", and this host is set not to register it", facts_.own_name);
            finding.evidence = evidence;
            if (set == Registration::off_by_policy)
                finding.policy = label(policy->key, policy->name);
        } else {
            Finding& finding = add("dns.own_name_not_found", are_strangers() ? Severity::info : Severity::warning,
                                   what + ", although this host registers it", facts_.own_name);
            finding.evidence = with_setting(evidence);
            finding.repair = are_strangers() ? "" : registers();
        }
    }

    void judge_hosts_file() {
        if (is_absent(facts_.hosts_file))
            return; // Windows does without
        if (!facts_.hosts_file)
            return add_unknown("the hosts file", facts_.hosts_file.error());
        for (const HostsEntry& entry : parse_hosts_file(*facts_.hosts_file)) {
            const bool own = is_own_name(entry.name);
            const bool own_fails = own && !entry.address.is_loopback() && !has(own_, entry.address);
            const auto controller = facts_.controllers.find(entry.name);
            if (own_fails)
                misled_.push_back(entry.address);
            if (own_fails)
                add_hosts("the hosts file sends this host's own name to another machine", entry);
            else if (!own && controller != facts_.controllers.end())
                judge_controller(entry, controller->second);
        }
    }

    bool is_own_name(const std::string& name) const {
        return facts_.names && !name.empty() &&
               (name == facts_.own_name || name == plain_name(facts_.names->host) ||
                name == plain_name(facts_.names->computer));
    }

    void judge_controller(const HostsEntry& entry, const Answers& truth) {
        if (!truth)
            return add_unknown("whether the hosts file is right about " + entry.name, truth.error());
        if (!has(parsed(*truth), entry.address) && entry.address.is_v4())
            add_hosts("the hosts file sends the domain to an address that the DNS servers do not give", entry)
                .evidence.push_back(entry.name + " = " + joined(*truth) + " at the DNS servers");
    }

    Finding& add_hosts(const std::string& what, const HostsEntry& entry) {
        Finding& finding = add("dns.hosts_file", Severity::warning, what + ": " + entry.name, entry.name);
        finding.evidence = {R"(%SystemRoot%\System32\drivers\etc\hosts, line )" + std::to_string(entry.line) + ": " +
                            entry.address_text + " " + entry.name};
        return finding;
    }

    // Windows answers for its own name by itself. Anything else than its own addresses comes from the hosts file, which
    // is named already, or from a name resolution policy.
    void judge_system() {
        if (silent_)
            return;
        std::vector<std::string> answers;
        for (const std::optional<Answers>* read : {&facts_.system_a, &facts_.system_aaaa})
            if (*read && **read)
                answers.insert(answers.end(), (**read)->begin(), (**read)->end());
        // Only where nothing came is the error the answer: a type that failed may hold no address at all.
        for (const std::optional<Answers>* read : {&facts_.system_a, &facts_.system_aaaa})
            if (member_ && !not_told_ && answers.empty() && *read && is_unreadable(**read))
                return add_unknown("what this host itself gets for " + facts_.own_name, (**read).error());
        const std::vector<IpAddress> told = parsed(answers);
        const auto is_fine = [&](const IpAddress& address) {
            return has(own_, address) || address.is_loopback() || address.is_link_local() || has(misled_, address);
        };
        if (told.empty() || std::any_of(told.begin(), told.end(), is_fine) || may_be_translated(told) || is_told())
            return;
        add("dns.resolver_differs", Severity::warning,
            "asked for its own name " + facts_.own_name + ", this host itself gets addresses that it does not have",
            facts_.own_name);
        findings_.back().evidence = compared(answers);
        findings_.back().repair = "dns"; // what stands in the cache is asked for anew
    }

    bool is_told() const { // by the servers, whose finding says the same
        return std::any_of(findings_.begin(), findings_.end(),
                           [](const Finding& finding) { return finding.code == "dns.wrong_address"; });
    }

    // A name of somebody else's zone (a provider's) is usual, and none at all too, as servers say that cannot find the
    // zone. Another name of the own domain is a record that was left behind.
    void judge_reverse() {
        const std::size_t dot = facts_.own_name.find('.');
        if (dot == std::string::npos)
            return;
        for (const auto& [address, names] : facts_.reverse) {
            if (member_ && !silent_ && !not_told_ && !names && names.error().code == Errc::timed_out)
                add_unknown("the name that the DNS servers give for " + address, names.error());
            if (!names)
                continue;
            const auto is = [&](const std::string& name) { return plain_name(name) == facts_.own_name; };
            const auto is_near = [&](const std::string& name) {
                return is_below(name, facts_.own_name.substr(dot + 1));
            };
            if (std::none_of(names->begin(), names->end(), is) && std::any_of(names->begin(), names->end(), is_near))
                add("dns.reverse_differs", Severity::info,
                    "the address " + address + " of this host has the name of another one: " + joined(*names), address)
                    .evidence = {address + " = " + joined(*names) + ", this host is " + facts_.own_name};
        }
    }

    const Facts& facts_;
    bool member_ = false, silent_ = false;
    bool not_told_ = false; // the servers' answer about the own name did not come, and that has been said
    std::vector<IpAddress> own_, misled_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext&) { return Judge(facts).run(); }

} // namespace rdpmedic::dns
