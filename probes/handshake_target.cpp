// At which address and port should the listener of this host be tried?
#include "probes/handshake_target.hpp"

#include "probes/formats/ip_address.hpp"
#include "probes/handshake.hpp"
#include "probes/listener.hpp"
#include "probes/network/handshake_findings.hpp"

#include <algorithm>

namespace rdpmedic::handshake {
namespace {

// Of several, loopback needs no network and IPv4 no zone. Link-local ones are the last resort.
int rank_of(const std::string& text) {
    const std::optional<IpAddress> address = parse_ip_address(text);
    if (!address)
        return 7;
    const int six = address->is_v4() ? 0 : 1;
    if (address->is_unspecified())
        return six;
    if (address->is_loopback())
        return 2 + six;
    return address->is_link_local() ? 6 : 4 + six;
}

// DERIVED: a listener that LanAdapter binds has a row for each of its addresses, and none for 0.0.0.0 or ::.
bool is_everywhere(const TcpListener& row) { return row.address == "0.0.0.0"; }

// What another program holds of the port is not the listener: a tunnel on 127.0.0.2 would answer in its place. Rows
// without an owner, and all of them where the process of TermService is not known, may be its own.
std::vector<TcpListener> rows_of_listener(const Host& host, std::vector<TcpListener> rows, std::uint16_t port) {
    std::erase_if(rows, [port](const TcpListener& row) { return row.port != port; });
    if (rows.empty())
        return rows;
    const Result<ServiceFacts> service = host.service("TermService");
    if (is_unreadable(service))
        return rows;
    listener::Holders holders = listener::holders_of(rows, service);
    return holders.own.empty() ? holders.unowned : holders.own;
}

std::string bound_to(const std::vector<TcpListener>& rows) {
    std::string text;
    for (const TcpListener& row : rows)
        text += (text.empty() ? "" : ", ") + text_of({row.address, row.port});
    return "the listener is bound to " + text;
}

} // namespace

std::string address_to_try(const std::vector<TcpListener>& rows) {
    const auto best = std::min_element(rows.begin(), rows.end(), [](const TcpListener& one, const TcpListener& other) {
        return rank_of(one.address) < rank_of(other.address);
    });
    if (best == rows.end() || rank_of(best->address) == 0)
        return default_rdp_address;
    return rank_of(best->address) == 1 ? "::1" : best->address;
}

Result<Target> target_of(const Host& host, const std::string& configured) {
    const Result<std::uint16_t> port = listener_port(host);
    if (!port)
        return port.error();
    if (configured != default_rdp_address)
        return Target{{configured, *port}, "rdp.address of the configuration = " + configured};
    const Result<std::vector<TcpListener>> table = host.tcp_listeners();
    if (!table)
        return Target{{default_rdp_address, *port},
                      "where the listener is bound is not known, so 127.0.0.1 was tried: " + describe(table.error())};
    const std::vector<TcpListener> rows = rows_of_listener(host, *table, *port);
    if (rows.empty() || std::any_of(rows.begin(), rows.end(), is_everywhere))
        return Target{{default_rdp_address, *port}, {}};
    return Target{{address_to_try(rows), *port}, bound_to(rows)};
}

} // namespace rdpmedic::handshake
