// Does the RDP listener accept connections as configured?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::listener {

// A DWORD of the listener: what counts, or why that is not known.
struct Number {
    std::string name;
    RegistryPath key; // the local one
    Result<Setting> value = Error{Errc::unsupported, 0, "not read"};
};

// What a process that holds the port is.
struct Owner {
    std::uint32_t process_id = 0;
    std::string image;                 // full path, empty where it could not be read
    std::vector<std::string> services; // that run in it
};

struct Facts {
    std::vector<Number> numbers;          // every DWORD below, by name
    std::vector<Setting> drains;          // every TSServerDrainMode that is set and not 0
    std::vector<std::string> odd_names;   // value names that Windows does not read, in the form of label()
    std::vector<std::string> lost_values; // that Windows itself writes into RDP-Tcp and that are gone
    Result<void> key = Error{Errc::unsupported, 0, "not read"};        // RDP-Tcp; not_found: it does not exist
    Result<void> policy_key = Error{Errc::unsupported, 0, "not read"}; // of the policies; not_found: there are none
    // fDenyTSConnections of both places, since together they can be a fault.
    Result<std::uint32_t> deny_by_policy = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> deny_by_host = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> build = Error{Errc::unsupported, 0, "not read"};
    // CLSID of what speaks the protocol; Citrix keeps the one of Windows in a value of its own.
    Result<std::string> protocol_object = Error{Errc::unsupported, 0, "not read"};
    Result<std::string> citrix_backup = Error{Errc::unsupported, 0, "not read"};

    Result<ServiceFacts> term_service = Error{Errc::unsupported, 0, "not read"};
    // Of the port; where PortNumber has a type that names none, of TermService's process below the dynamic ports.
    Result<std::vector<TcpListener>> tcp = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<UdpEndpoint>> udp = Error{Errc::unsupported, 0, "not read"}; // of the port
    std::vector<TcpListener> elsewhere; // where TermService listens instead, see still_elsewhere()
    std::vector<Owner> owners;          // processes other than TermService that hold the port
    Result<std::string> system_root = Error{Errc::unsupported, 0, "not read"}; // "C:\\Windows"; where there are owners

    // Read only where nobody is known to hold the port, and TermService is not known to hold another.
    Result<std::vector<Session>> sessions = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<PortRange>> excluded = Error{Errc::unsupported, 0, "not read"};
    Result<std::string> edition = Error{Errc::unsupported, 0, "not read"}; // EditionID

    // The number of that name in that key; of RDP-Tcp or Terminal Server where it is in one of them only.
    const Number& number(std::string_view name) const;
    // Its value, where it is set and could be read.
    std::optional<std::uint32_t> value(std::string_view name) const;
    // fDenyTSConnections, policy over local:
    // https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-error-general-troubleshooting
    bool rdp_on() const;
    bool rdp_off() const; // also where it is not set, which is the default of Windows
    // Of PortNumber, 3389 where it is not set; nothing where the value is no port.
    std::optional<std::uint16_t> port() const;
    // Could the port be bound: nothing in the settings keeps the listener from it, and TermService runs? Where the
    // switch is unreadable or means nothing, only a listener that holds the port tells.
    bool should_listen() const;
};

// What the addresses of the port say of who holds it. Pure.
struct Holders {
    std::vector<TcpListener> own, foreign, unowned; // of TermService, of others, of nobody who is named
};
Holders holders_of(const std::vector<TcpListener>& rows, const Result<ServiceFacts>& term_service);

inline constexpr std::uint16_t first_dynamic_port = 49152;

// Where TermService still listens though another port is set: it takes up PortNumber when it is started. Empty where it
// listens on the port, or nowhere, or where that is not known. Pure.
std::vector<TcpListener> still_elsewhere(const std::vector<TcpListener>& rows, const Result<ServiceFacts>& term_service,
                                         std::uint16_t port);
std::string ports_text(const std::vector<TcpListener>& rows); // "3389, 3390": each once. Pure.

// PortNumber as it stands. In place of one that has another type than REG_DWORD, the one port on which TermService
// listens, as far as the table of listeners shows it. Blocks as Host does.
Result<std::uint32_t> read_port_number(const Host& host);

// Which services could be stopped, so that the TCP port is free? All or none: each foreign process that holds it must
// run one service, and not one of Windows' own. Pure.
struct Freeing {
    std::vector<std::string> services;
    std::string why_not; // for people, where there are none
};
Freeing freeing_of(const Facts& facts);

// Reads every fact; what could not be read is an error inside. Blocks as Host does; runs a program only where the port
// should be bound and is not. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section listener. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);
// The part of it that is about the port. Pure.
std::vector<Finding> judge_port(const Facts& facts);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::listener
