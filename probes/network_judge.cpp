// Which part of this host's network keeps RDP from its clients?
#include "probes/network.hpp"
#include "probes/registry.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::network {
namespace {

// "3.4 %", rounded down.
std::string share(std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t tenths = whole == 0 ? 0 : part * 1000 / whole;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

bool is_over(std::uint64_t part, std::uint64_t whole, std::uint32_t percent) { return part * 100 > whole * percent; }

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

std::string describe_adapter(const AdapterFacts& adapter) {
    std::string text = adapter.name + " (" + adapter.description + ", type " + std::to_string(adapter.type) +
                       "): " + (adapter.up ? "up" : "down") + (adapter.connected ? "" : ", medium not connected") +
                       (adapter.dhcp ? ", DHCP" : "");
    for (const std::string& address : adapter.addresses)
        text += ", " + address;
    return text;
}

// Counters grow; where one has not, the adapter or the machine was started anew.
std::optional<std::uint64_t> growth(std::uint64_t before, std::uint64_t now) {
    return now < before ? std::nullopt : std::optional<std::uint64_t>(now - before);
}

class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> run() {
        if (facts_.adapters)
            judge_adapters();
        else
            add_unknown("the network adapters", facts_.adapters.error());
        judge_retransmission();
        judge_traffic();
        judge_ports();
        for (const Gateway& gateway : facts_.gateways)
            judge_gateway(gateway);
        judge_client_paths();
        judge_category();
        judge_power();
        for (Finding& finding : judge_settings(facts_))
            findings_.push_back(std::move(finding));
        return std::move(findings_);
    }

  private:
    Finding& add(std::string code, Severity severity, std::string text, std::string subject = {}) {
        findings_.push_back({std::move(code), severity, std::move(text), std::move(subject)});
        return findings_.back();
    }
    void add_unknown(std::string subject, const Error& error) {
        findings_.push_back(unknown("network", std::move(subject), error));
    }

    void judge_adapters() {
        std::vector<std::string> all;
        bool up = false, reachable = false;
        for (const AdapterFacts& adapter : *facts_.adapters) {
            if (!is_real(adapter))
                continue;
            all.push_back(describe_adapter(adapter));
            up = up || adapter.up;
            reachable = reachable || (adapter.up && has_address(adapter));
            judge_mtu(adapter);
        }
        if (!up)
            add("network.disconnected", Severity::critical, "no network adapter of this host is up");
        else if (!reachable)
            add("network.no_address", Severity::critical,
                "no network adapter that is up has an address that clients could reach; 169.254.x.x is what Windows "
                "takes when no DHCP server answers");
        else
            return;
        findings_.back().evidence = all;
        if (up && without_lease(*facts_.adapters).size() == 1) // which of several, somebody has to say
            findings_.back().repair = "network";
    }

    void judge_mtu(const AdapterFacts& adapter) {
        if (!adapter.up || !has_address(adapter) || adapter.mtu == 0 || adapter.mtu >= least_mtu)
            return;
        const bool vpn = adapter.type == type_ppp || adapter.type == type_virtual;
        add("network.mtu_low", Severity::warning,
            "the adapter " + adapter.name + " sends packets of at most " + std::to_string(adapter.mtu) +
                " bytes: the TLS handshake, whose packets are full, gets lost where it is not cut up right",
            adapter.name)
            .evidence = {"MTU " + std::to_string(adapter.mtu) + ", every link of IPv6 carries " +
                             std::to_string(least_mtu) + (vpn ? "; this looks like a VPN" : ""),
                         describe_adapter(adapter)};
    }

    // Whether the last look is near enough to speak for the present.
    bool comparable() const {
        return facts_.before && facts_.before->at < context_.now &&
               context_.now - facts_.before->at <= context_.limits.evidence_window;
    }

    std::string interval() const { return "between " + to_iso(facts_.before->at) + " and " + to_iso(context_.now); }

    void judge_retransmission() {
        if (!facts_.tcp)
            return add_unknown("the TCP statistics", facts_.tcp.error());
        if (!comparable() || !facts_.before->has_segments)
            return;
        const auto sent =
            growth(facts_.before->segments_sent, facts_.tcp->v4.segments_sent + facts_.tcp->v6.segments_sent);
        const auto again = growth(facts_.before->segments_retransmitted,
                                  facts_.tcp->v4.segments_retransmitted + facts_.tcp->v6.segments_retransmitted);
        if (!sent || !again || *sent < few_segments)
            return;
        const auto& limits = context_.limits;
        tcp_ = is_over(*again, *sent, limits.retransmission_warn_percent) ? Tcp::loses : Tcp::gets_through;
        if (tcp_ == Tcp::gets_through)
            return;
        const bool fails = is_over(*again, *sent, limits.retransmission_fail_percent);
        add("network.retransmissions", fails ? Severity::critical : Severity::warning,
            share(*again, *sent) + " of the TCP segments that this host sent had to be sent again: packets get lost on "
                                   "the way, and RDP connections stall or break")
            .evidence = {std::to_string(*sent) + " segments sent and " + std::to_string(*again) + " sent again " +
                         interval() + ", of all connections"};
    }

    void judge_traffic() {
        if (!facts_.adapters || !comparable())
            return;
        for (const AdapterFacts& adapter : *facts_.adapters) {
            const auto before = facts_.before->traffic.find(adapter.id);
            if (before == facts_.before->traffic.end() || !is_real(adapter))
                continue;
            const Traffic now = traffic_of(adapter);
            const auto packets = growth(before->second.packets, now.packets);
            const auto errors = growth(before->second.errors, now.errors);
            const auto discards = growth(before->second.discards, now.discards);
            if (!packets || !errors || !discards || *packets + *errors + *discards < few_packets)
                continue;
            const std::uint64_t all = *packets + *errors + *discards;
            judge_share("network.interface_errors", adapter, *errors, all,
                        " were damaged or could not be sent: look at the cable, the switch port and the driver");
            judge_share("network.interface_discards", adapter, *discards, all,
                        " were thrown away although they were sound: this host or the adapter does not keep up");
        }
    }

    void judge_share(const char* code, const AdapterFacts& adapter, std::uint64_t part, std::uint64_t all,
                     const char* meaning) {
        if (is_over(part, all, context_.limits.interface_errors_warn_percent))
            add(code, Severity::warning, share(part, all) + " of the packets of the adapter " + adapter.name + meaning,
                adapter.name)
                .evidence = {std::to_string(part) + " of " + std::to_string(all) + " packets " + interval(),
                             describe_adapter(adapter)};
    }

    void judge_ports() {
        if (!facts_.connections)
            return add_unknown("the TCP connections", facts_.connections.error());
        if (!facts_.dynamic_ports)
            return;
        if (!*facts_.dynamic_ports)
            return add_unknown("the range of dynamic ports", facts_.dynamic_ports->error());
        const PortRange range = **facts_.dynamic_ports;
        const PortUse use = port_use(*facts_.connections, range);
        const auto& limits = context_.limits;
        if (use.available == 0 || use.used * 100ULL < std::uint64_t{use.available} * limits.dynamic_ports_warn_percent)
            return;
        const bool fails = use.used * 100ULL >= std::uint64_t{use.available} * limits.dynamic_ports_fail_percent;
        Finding& finding =
            add(fails ? "network.ports_exhausted" : "network.ports_low", fails ? Severity::critical : Severity::warning,
                share(use.used, use.available) + " of the ports for outgoing connections are in use" + most_of(use) +
                    ": clients still reach RDP, but this host will not reach domain controllers (logons of domain "
                    "users), licence servers and connection brokers");
        finding.evidence = {std::to_string(use.used) + " of the ports " + std::to_string(range.first) + " to " +
                                std::to_string(range.last),
                            std::to_string(use.waiting) + " connections in TIME_WAIT, which end by themselves"};
        if (facts_.top_process && !*facts_.top_process)
            finding.evidence.push_back("the name of process " + std::to_string(use.top_process) + ": " +
                                       describe(facts_.top_process->error()));
    }

    std::string most_of(const PortUse& use) const {
        if (use.top_process == 0)
            return {};
        std::string name = "process " + std::to_string(use.top_process);
        if (facts_.top_process && *facts_.top_process && !(*facts_.top_process)->image.empty())
            name = (*facts_.top_process)->image + " (" + name + ")";
        return ", " + std::to_string(use.top_connections) + " connections of them by " + name;
    }

    // Many routers drop echo requests, some always and some when they are busy: what echo alone loses is no fault. TCP
    // that gets through speaks against it; a gateway that never answered says nothing.
    void judge_gateway(const Gateway& gateway) {
        const std::string who = "the gateway " + gateway.address + " of the adapter " + gateway.adapter;
        if (!gateway.now)
            return add_unknown("the echo of " + who, gateway.now.error());
        if (gateway.now->answered == 0)
            return judge_silence(gateway, who);
        judge_round_trip(gateway, who);
        judge_loss(gateway, who);
        judge_full_size(gateway, who);
    }

    // A router that says "too big" is heard, and TCP sends smaller packets. One that says nothing is the black hole of
    // RFC 2923, section 2.1. A system that cannot ask (unsupported) leaves out an aside, no judgement.
    void judge_full_size(const Gateway& gateway, const std::string& who) {
        if (!gateway.full_size)
            return;
        const Result<FullEchoFacts>& full = *gateway.full_size;
        if (!full && full.error().code != Errc::unsupported)
            return add_unknown("the full-size echo of " + who, full.error());
        if (!full || full->sent < 3 || full->answered > 0 || full->too_big > 0 || gateway.now->answered < 2)
            return;
        add("network.large_packets_lost", tcp_ == Tcp::loses ? Severity::warning : Severity::info,
            who + " answers small echo requests and none that fill a packet" + words_of_full_size(), gateway.address)
            .evidence = {"none of " + std::to_string(full->sent) + " requests in packets of " +
                             std::to_string(gateway.packet) + " bytes was answered, nor called too big",
                         std::to_string(gateway.now->answered) + " of " + std::to_string(gateway.now->sent) +
                             " small ones were answered"};
    }

    const char* words_of_full_size() const {
        switch (tcp_) {
        case Tcp::gets_through:
            return "; TCP segments get through, so it may limit the size of echo requests";
        case Tcp::loses:
            return ": full packets get lost, and connections stall or close when TLS begins; some routers limit the "
                   "size of echo requests";
        case Tcp::not_measured:
            break;
        }
        return ": many routers limit the size of echo requests. If connections stall or close when TLS begins, full "
               "packets get lost there";
    }

    // Where an adapter itself sends no larger packets, network.mtu_low says so.
    void judge_client_paths() {
        if (!facts_.rdp_port)
            add_unknown("the port of Remote Desktop", facts_.rdp_port.error());
        std::vector<std::string> low;
        std::optional<Error> unread;
        for (const ClientPath& path : facts_.client_paths) {
            const auto is_of_adapter = [&](const AdapterFacts& adapter) { return adapter.mtu == *path.mtu; };
            if (is_unreadable(path.mtu) && path.mtu.error().code != Errc::unsupported)
                unread = path.mtu.error();
            if (path.mtu && *path.mtu < least_mtu &&
                !(facts_.adapters && std::any_of(facts_.adapters->begin(), facts_.adapters->end(), is_of_adapter)))
                low.push_back("to " + path.address + ": " + std::to_string(*path.mtu) + " bytes");
        }
        if (unread)
            add_unknown("the path MTU of connected clients", *unread);
        if (low.empty())
            return;
        add("network.path_mtu_low", Severity::warning,
            "on the way to clients that are connected now no packet of more than " + std::to_string(least_mtu - 1) +
                " bytes gets through: a tunnel lies on it, and where routers do not say so full packets get lost")
            .evidence = low;
    }

    void judge_silence(const Gateway& gateway, const std::string& who) {
        const auto& last = gateway.memory.last_answer;
        if (!last || *last > context_.now || context_.now - *last > silence_speaks_for || gateway.now->sent == 0)
            return;
        add("network.gateway_silent", tcp_ == Tcp::gets_through ? Severity::info : Severity::warning,
            who + " no longer answers echo requests: it is down, or was told to drop them", gateway.address)
            .evidence = {"none of " + std::to_string(gateway.now->sent) + " requests was answered",
                         "last answer at " + to_iso(*last)};
    }

    void judge_round_trip(const Gateway& gateway, const std::string& who) {
        const auto& limits = context_.limits;
        if (gateway.now->answered < 2 || gateway.now->average < limits.round_trip_warn)
            return;
        const bool poor = gateway.now->average >= limits.round_trip_fail;
        add("network.slow_round_trip", Severity::warning,
            who + " needs " + milliseconds(gateway.now->average) + " for an answer, and clients behind it wait longer" +
                (poor ? ": sessions bear that poorly" : ""),
            gateway.address)
            .evidence = {std::to_string(gateway.now->answered) + " of " + std::to_string(gateway.now->sent) +
                         " requests answered, on average in " + milliseconds(gateway.now->average) + ", at most in " +
                         milliseconds(gateway.now->longest)};
    }

    void judge_loss(const Gateway& gateway, const std::string& who) {
        std::uint64_t sent = 0, answered = 0;
        for (const EchoLook& look : gateway.memory.looks) {
            sent += look.sent;
            answered += std::min(look.answered, look.sent);
        }
        const auto& limits = context_.limits;
        const std::uint64_t lost = sent - answered;
        if (sent < few_requests || lost < 2 || !is_over(lost, sent, limits.loss_warn_percent))
            return;
        const bool fails = tcp_ == Tcp::loses && is_over(lost, sent, limits.loss_fail_percent);
        add("network.packet_loss",
            tcp_ == Tcp::gets_through ? Severity::info
            : fails                   ? Severity::critical
                                      : Severity::warning,
            who + " left " + share(lost, sent) + " of the echo requests without an answer" +
                (tcp_ == Tcp::gets_through ? "; TCP segments get through, so it may be too busy to answer them" : ""),
            gateway.address)
            .evidence = {std::to_string(lost) + " of " + std::to_string(sent) + " requests lost since " +
                         to_iso(gateway.memory.looks.front().at)};
    }

    // A member of a domain has other networks too. None of the domain at all is what goes wrong at boot: then rules for
    // the domain alone let nobody in.
    // https://learn.microsoft.com/windows/win32/api/netlistmgr/ne-netlistmgr-nlm_network_category
    void judge_category() {
        if (facts_.domain && !facts_.domain->joined)
            return;
        if (!facts_.networks)
            return add_unknown("the networks and their categories", facts_.networks.error());
        if (has_category(*facts_.networks, NetworkCategory::domain) ||
            !has_category(*facts_.networks, NetworkCategory::public_))
            return;
        if (!facts_.domain)
            return add_unknown("whether this host is in a domain", facts_.domain.error());
        Finding& finding =
            add("network.category_public", Severity::warning,
                "this host is in the domain " + facts_.domain->name +
                    " and Windows takes none of its networks for the domain's: the firewall applies the rules for "
                    "public networks, which often let no RDP in");
        for (const NetworkProfile& network : *facts_.networks)
            finding.evidence.push_back("network '" + network.name + "' of adapter " + network.adapter +
                                       (network.category == NetworkCategory::public_ ? ": public" : ": not public"));
        if (facts_.firewall && *facts_.firewall)
            finding.evidence.push_back((*facts_.firewall)->public_ ? "the firewall applies its public profile"
                                                                   : "the firewall does not apply its public profile");
    }

    // Windows does not turn an adapter off because it is idle, but when the machine sleeps. DERIVED: the values that
    // the page lists (0x118, 0x110, 0x100) make 0x10 "may not wake the machine" and 0x08 "may not be turned off".
    // https://learn.microsoft.com/troubleshoot/windows-client/networking/power-management-on-network-adapter
    void judge_power() {
        if (!facts_.power)
            return add_unknown("whether this machine can sleep", facts_.power.error());
        for (const PowerSaving& adapter : facts_.power_saving) {
            if (is_unreadable(adapter.capabilities))
                add_unknown("the power management of " + adapter.adapter, adapter.capabilities.error());
            if (!adapter.capabilities || (*adapter.capabilities & 0x18U) != 0x10U)
                continue;
            add("network.power_saving", Severity::info,
                "this machine can sleep, the adapter " + adapter.adapter +
                    " is turned off then and may not wake it: no client reaches it while it sleeps. While it is awake "
                    "this setting does nothing",
                adapter.adapter)
                .evidence = {evidence_of(adapter.key, "PnPCapabilities", *adapter.capabilities)};
        }
    }

    const Facts& facts_;
    const JudgeContext& context_;
    // Since the last look: too few segments to tell, few of them sent again, or more than the limit.
    enum class Tcp { not_measured, gets_through, loses };
    Tcp tcp_ = Tcp::not_measured;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).run(); }

} // namespace rdpmedic::network
