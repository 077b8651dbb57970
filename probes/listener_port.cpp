// Who holds the port of the RDP listener?
#include "probes/formats/ip_address.hpp"
#include "probes/listener.hpp"
#include "probes/listener_edition.hpp"
#include "probes/listener_stack.hpp"
#include "probes/sessions.hpp"

#include <algorithm>

namespace rdpmedic::listener {
namespace {

constexpr std::string_view id = "listener";

bool is_everywhere(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

std::string text_of(const std::string& address, std::uint16_t port) {
    return (address.find(':') == address.npos ? address : "[" + address + "]") + ":" + std::to_string(port);
}

// Why another product may serve RDP-Tcp, empty where none does.
std::string other_stack(const Facts& facts) {
    Stack stack{facts.protocol_object, facts.citrix_backup};
    if (const auto reverse_connect = facts.value("fReverseConnectMode"))
        stack.reverse_connect = *reverse_connect;
    stack.sessions = facts.sessions;
    return third_party(stack);
}

class PortJudge {
  public:
    explicit PortJudge(const Facts& facts) : facts_(facts), port_(*facts.port()) {}

    std::vector<Finding> findings() {
        if (!facts_.tcp)
            judge_unread();
        else
            judge_tcp(holders_of(*facts_.tcp, facts_.term_service));
        judge_udp();
        return std::move(findings_);
    }

  private:
    std::string tcp_port() const { return "TCP port " + std::to_string(port_); }

    std::string running_evidence() const {
        return "service TermService: running, process " + std::to_string(facts_.term_service->process_id);
    }

    const Session* entry() const {
        if (facts_.sessions)
            for (const Session& session : *facts_.sessions)
                if (same_ignoring_case(session.station, "RDP-Tcp"))
                    return &session;
        return nullptr;
    }

    void judge_unread() {
        findings_.push_back(unknown(id, "who listens on " + tcp_port(), facts_.tcp.error()));
        // An empty list is a system that does not really answer: session 0 is always there.
        if (!facts_.should_listen() || !facts_.sessions || facts_.sessions->empty() || entry())
            return;
        if (const std::string other = other_stack(facts_); !other.empty())
            return add_third_party(other);
        if (cannot_host(facts_.edition))
            return add_edition();
        findings_.push_back({"listener.absent",
                             Severity::critical,
                             "the session manager has no listener RDP-Tcp although TermService runs",
                             {},
                             {"no session entry RDP-Tcp", running_evidence()}});
    }

    void judge_tcp(const Holders& holders) {
        if (holders.own.empty() && !holders.foreign.empty())
            return add_stolen(facts_.rdp_on() ? Severity::critical : Severity::warning, "TCP", holders.foreign,
                              "so that the RDP listener cannot have it: stop that program or give RDP another port");
        if (!facts_.should_listen())
            return;
        if (holders.own.empty() && !holders.unowned.empty())
            return findings_.push_back(unknown(id, "owner of " + tcp_port(),
                                               {Errc::unsupported, 0, "the table of TCP listeners, which names none"}));
        if (holders.own.empty())
            return judge_not_bound();
        std::vector<TcpListener> others;
        std::copy_if(holders.foreign.begin(), holders.foreign.end(), std::back_inserter(others),
                     [](const TcpListener& row) { return !is_loopback(row.address); });
        if (!others.empty())
            add_stolen(Severity::warning, "TCP", others, "on some of the addresses: clients that use those reach it");
        if (std::all_of(holders.own.begin(), holders.own.end(),
                        [](const TcpListener& row) { return is_loopback(row.address); }))
            findings_.push_back({"listener.loopback_only",
                                 Severity::critical,
                                 "the RDP listener is bound to the loopback address alone: nobody reaches it over the "
                                 "network",
                                 {},
                                 rows_of(holders.own)});
        else if (std::none_of(holders.own.begin(), holders.own.end(),
                              [](const TcpListener& row) { return is_everywhere(row.address); }))
            add_bound(holders.own);
    }

    // LanAdapter binds the listener to the addresses of one adapter: a choice, but one that clients must know of.
    void add_bound(const std::vector<TcpListener>& rows) {
        std::string addresses;
        for (const TcpListener& row : rows)
            if (!is_loopback(row.address))
                addresses += (addresses.empty() ? "" : ", ") + row.address;
        Finding finding{"listener.bound_to_address", Severity::info,
                        "the RDP listener listens on " + addresses +
                            " alone: clients that use another address of this host are refused"};
        finding.evidence = rows_of(rows);
        if (const auto adapter = facts_.value("LanAdapter"); adapter.value_or(0) != 0)
            finding.evidence.push_back(evidence_of(keys::rdp_tcp, "LanAdapter", *adapter));
        findings_.push_back(std::move(finding));
    }

    template <class Row>
    static std::vector<std::string> rows_of(const std::vector<Row>& rows) {
        std::vector<std::string> lines;
        for (const Row& row : rows)
            lines.push_back(text_of(row.address, row.port) + " belongs to " +
                            (row.process.empty() ? "a process" : row.process) + " (process id " +
                            std::to_string(row.process_id) + ")");
        return lines;
    }

    template <class Row>
    void add_stolen(Severity severity, const char* protocol, const std::vector<Row>& rows, const char* consequence) {
        Finding finding{"listener.port_stolen", severity, "", protocol, rows_of(rows)};
        std::string who =
            rows.front().process.empty() ? "process " + std::to_string(rows.front().process_id) : rows.front().process;
        for (const Owner& owner : facts_.owners) {
            const auto holds = [&owner](const Row& row) { return row.process_id == owner.process_id; };
            if (std::none_of(rows.begin(), rows.end(), holds))
                continue;
            std::string line = "process " + std::to_string(owner.process_id);
            if (!owner.image.empty())
                line += ": " + owner.image;
            for (const std::string& service : owner.services)
                line += ", service " + service;
            finding.evidence.push_back(line);
            if (owner.process_id == rows.front().process_id && owner.services.size() == 1)
                who += " (service " + owner.services.front() + ")";
        }
        finding.text = who + " holds " + protocol + " port " + std::to_string(port_) + ", " + consequence;
        if (finding.subject == "TCP" && !freeing_of(facts_).services.empty())
            finding.repair = "listener";
        findings_.push_back(std::move(finding));
    }

    void add_third_party(const std::string& evidence) {
        findings_.push_back({"listener.third_party_stack",
                             Severity::info,
                             "another product serves remote connections here, and RDP-Tcp does not listen on " +
                                 tcp_port() + ": that may be meant",
                             {},
                             {evidence}});
    }

    // Neither a restart nor a setting makes it listen.
    void add_edition() {
        findings_.push_back({"listener.edition",
                             Severity::critical,
                             "this edition of Windows cannot host Remote Desktop, and nothing listens on " +
                                 tcp_port() + ". Windows Pro, Enterprise and Education can",
                             {},
                             {evidence_of_edition(facts_.edition), running_evidence()}});
    }

    void add_not_taken_up() {
        const std::string ports = ports_text(facts_.elsewhere);
        Finding finding{"listener.port_not_taken_up", Severity::warning,
                        "TermService still listens on TCP port " + ports + ": it takes up PortNumber " +
                            std::to_string(port_) + " when it is restarted. Until then clients that use " +
                            std::to_string(port_) + " are refused, from then on those that use " + ports};
        finding.evidence = rows_of(facts_.elsewhere);
        finding.evidence.push_back(label(keys::rdp_tcp, "PortNumber") + " = " + std::to_string(port_));
        findings_.push_back(std::move(finding));
    }

    void judge_not_bound() {
        const std::string other = other_stack(facts_);
        if (!other.empty())
            return add_third_party(other);
        if (!facts_.elsewhere.empty())
            return add_not_taken_up();
        if (cannot_host(facts_.edition))
            return add_edition();
        Finding finding{"listener.not_bound", Severity::critical,
                        "TermService runs, and nothing listens on " + tcp_port()};
        finding.evidence = {running_evidence()};
        if (const Session* listener = entry())
            finding.evidence.push_back(std::string("session entry RDP-Tcp: ") + sessions::name_of(listener->state));
        else if (facts_.sessions && !facts_.sessions->empty())
            finding.evidence.push_back("no session entry RDP-Tcp");
        if (is_unreadable(facts_.edition))
            finding.evidence.push_back(evidence_of_edition(facts_.edition));
        if (facts_.excluded) {
            const auto range =
                std::find_if(facts_.excluded->begin(), facts_.excluded->end(),
                             [this](const PortRange& row) { return row.first <= port_ && port_ <= row.last; });
            if (range != facts_.excluded->end())
                return add_excluded(*range, std::move(finding));
        } else {
            finding.evidence.push_back("excluded port ranges: " + describe(facts_.excluded.error()));
        }
        if (const auto adapter = facts_.value("LanAdapter"); adapter.value_or(0) != 0) {
            finding.code = "listener.adapter_bound";
            finding.text += ": the listener is bound to one network adapter, which may be gone. Set LanAdapter to 0 to "
                            "listen on all of them";
            finding.evidence.push_back(evidence_of(keys::rdp_tcp, "LanAdapter", *adapter));
        }
        findings_.push_back(std::move(finding));
    }

    // https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-interface-ipv4
    void add_excluded(const PortRange& range, Finding finding) {
        finding.code = "listener.port_excluded";
        finding.text +=
            ": Windows keeps the port from every program, as part of a range that a product such as Hyper-V or "
            "an administrator has reserved. Move RDP or the range";
        finding.evidence.push_back("excluded TCP ports " + std::to_string(range.first) + " to " +
                                   std::to_string(range.last));
        findings_.push_back(std::move(finding));
    }

    // Without UDP clients stay on TCP, and a host may be told not to use it: only a thief is worth a word.
    void judge_udp() {
        if (!facts_.should_listen())
            return;
        if (!facts_.udp)
            return findings_.push_back(unknown(id, "who holds UDP port " + std::to_string(port_), facts_.udp.error()));
        std::vector<UdpEndpoint> foreign;
        for (const UdpEndpoint& row : *facts_.udp) {
            if (row.process_id == facts_.term_service->process_id)
                return;
            if (row.process_id != 0 && !is_loopback(row.address))
                foreign.push_back(row);
        }
        if (!foreign.empty())
            add_stolen(Severity::warning, "UDP", foreign,
                       "so that clients stay on TCP, which is slower on lossy networks");
    }

    const Facts& facts_;
    std::uint16_t port_;
    std::vector<Finding> findings_;
};

} // namespace

Holders holders_of(const std::vector<TcpListener>& rows, const Result<ServiceFacts>& term_service) {
    Holders holders;
    for (const TcpListener& row : rows) {
        if (row.process_id == 0)
            holders.unowned.push_back(row);
        else if (term_service && term_service->process_id == row.process_id)
            holders.own.push_back(row);
        else
            holders.foreign.push_back(row);
    }
    return holders;
}

// https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/change-listening-port
// DERIVED: what the process of TermService listens on below the dynamic ports (49152 and up, where its RPC may be) is
// RDP. Where it shares its process, or that is not known, only 3389 surely is.
// https://learn.microsoft.com/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements
std::vector<TcpListener> still_elsewhere(const std::vector<TcpListener>& rows, const Result<ServiceFacts>& term_service,
                                         std::uint16_t port) {
    constexpr std::uint16_t usual = 3389;
    if (!term_service || term_service->process_id == 0)
        return {};
    const bool alone = term_service->services_in_process == 1; // 0: not known
    std::vector<TcpListener> found;
    for (const TcpListener& row : rows) {
        if (row.process_id != term_service->process_id)
            continue;
        if (row.port == port)
            return {};
        if (row.port == usual || (alone && row.port < first_dynamic_port))
            found.push_back(row);
    }
    return found;
}

std::string ports_text(const std::vector<TcpListener>& rows) {
    std::string ports;
    for (const TcpListener& row : rows)
        if (const std::string port = std::to_string(row.port);
            (", " + ports + ",").find(" " + port + ",") == std::string::npos)
            ports += (ports.empty() ? "" : ", ") + port;
    return ports;
}

Freeing freeing_of(const Facts& facts) {
    Freeing freeing;
    const auto no = [](std::string why) { return Freeing{{}, std::move(why)}; };
    if (!facts.tcp)
        return no("who holds the port could not be read: " + describe(facts.tcp.error()));
    for (const TcpListener& row : holders_of(*facts.tcp, facts.term_service).foreign) {
        const auto owner = std::find_if(facts.owners.begin(), facts.owners.end(),
                                        [&row](const Owner& one) { return one.process_id == row.process_id; });
        const std::string who = "process " + std::to_string(row.process_id) +
                                (row.process.empty() ? std::string() : " (" + row.process + ")");
        if (owner == facts.owners.end() || owner->services.empty())
            return no(who + " holds the port and is no service that could be stopped: end it by hand");
        if (owner->services.size() > 1)
            return no(who + " holds the port and runs several services: which of them holds it is not known");
        const std::string& service = owner->services.front();
        if (!facts.system_root)
            return no("whether the service " + service +
                      " is one of Windows' own is not known: " + describe(facts.system_root.error()));
        const std::string root = *facts.system_root + "\\";
        if (owner->image.find('\\') == owner->image.npos || begins_ignoring_case(owner->image, root))
            return no("the service " + service +
                      " holds the port and may be one of Windows' own: move it to another port "
                      "by hand");
        if (std::find(freeing.services.begin(), freeing.services.end(), service) == freeing.services.end())
            freeing.services.push_back(service);
    }
    if (freeing.services.empty())
        freeing.why_not = "no other process holds the port";
    return freeing;
}

std::vector<Finding> judge_port(const Facts& facts) {
    // Whose the port is cannot be told without the process of TermService; the probe termservice reports that one.
    if (facts.rdp_off() || !facts.port() || !facts.term_service)
        return {};
    return PortJudge(facts).findings();
}

} // namespace rdpmedic::listener
