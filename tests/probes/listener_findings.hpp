// What does the probe listener find on a host, in one line a finding?
#pragma once

#include "probes/listener.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace rdpmedic::testing::listeners {

inline constexpr std::uint32_t term_process = 1000;
inline const RegistryPath policy = keys::terminal_services_policy;
inline const RegistryPath lsa{R"(SYSTEM\CurrentControlSet\Control\Lsa)"};
inline const RegistryPath setup{R"(SYSTEM\Setup)"};

inline Session session(std::uint32_t id, const char* station, SessionState state) {
    Session result;
    result.id = id;
    result.station = station;
    result.state = state;
    return result;
}

inline FakeHost healthy() {
    FakeHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", "17763");
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{
             {"fDenyTSConnections", 0}, {"TSUserEnabled", 0}, {"TSServerDrainMode", 0}, {"fSingleSessionPerUser", 1}})
        host.set_dword(keys::terminal_server, name, value);
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{{"fEnableWinStation", 1},
                                                                          {"fLogonDisabled", 0},
                                                                          {"PortNumber", 3389},
                                                                          {"LanAdapter", 0},
                                                                          {"SecurityLayer", 2},
                                                                          {"UserAuthentication", 1},
                                                                          {"MinEncryptionLevel", 2},
                                                                          {"fAllowSecProtocolNegotiation", 1},
                                                                          {"MaxInstanceCount", 0xFFFFFFFF},
                                                                          {"KeepAliveTimeout", 0},
                                                                          {"fReconnectSame", 0},
                                                                          {"fInheritReconnectSame", 1}})
        host.set_dword(keys::rdp_tcp, name, value);
    host.set_text(keys::rdp_tcp, "LoadableProtocol_Object", "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    for (const char* name : {"PdDLL", "PdName", "WdName"})
        host.set_text(keys::rdp_tcp, name, "tdtcp");
    host.set_dword(lsa, "disabledomaincreds", 0);
    ServiceFacts service;
    service.name = "TermService";
    service.state = ServiceState::running;
    service.process_id = term_process;
    service.services_in_process = 1;
    host.services["termservice"] = service;
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, term_process, "svchost.exe"},
                                              {"::", 3389, term_process, "svchost.exe"},
                                              {"0.0.0.0", 135, 900, "svchost.exe"}};
    host.give("udp_endpoints", std::vector<UdpEndpoint>{{"0.0.0.0", 3389, term_process, "svchost.exe"}});
    host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected),
                                             session(65536, "RDP-Tcp", SessionState::listen)};
    return host;
}

inline void nobody_listens(FakeHost& host) {
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 135, 900, "svchost.exe"}};
    host.give("excluded_ports", std::vector<PortRange>{{5357, 5357}, {50000, 50059}});
}

inline std::vector<Finding> findings(const FakeHost& host) {
    return listener::judge(listener::collect(host).value(), JudgeContext{});
}

// "code severity subject", a line a finding.
inline std::vector<std::string> lines(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    return result;
}

using Lines = std::vector<std::string>;

struct Row {
    const char* name;
    std::function<void(FakeHost&)> change;
    Lines expected;
};

inline void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        FakeHost host = healthy();
        row.change(host);
        CHECK(lines(host) == row.expected);
    }
}

inline std::function<void(FakeHost&)> dword(const RegistryPath& key, const char* name, std::uint32_t value) {
    return [=](FakeHost& host) { host.set_dword(key, name, value); };
}

inline bool mentions(const Finding& finding, std::string_view text) {
    std::string all = finding.text;
    for (const std::string& line : finding.evidence)
        all += "\n" + line;
    return all.find(text) != all.npos;
}

} // namespace rdpmedic::testing::listeners
