// What does a host look like on which everything that RDP needs is in order? Tests take it and break one thing.
#include "tests/support/rdp_host.hpp"

#include "probes/registry.hpp"
#include "probes/termservice.hpp"
#include "probes/tls.hpp"

#include <map>

namespace rdpmedic::testing {

std::string rdp_rule(bool tcp, bool active, const std::string& more) {
    return std::string("v2.33|Action=Allow|Active=") + (active ? "TRUE" : "FALSE") +
           "|Dir=In|Protocol=" + (tcp ? "6" : "17") + "|" + more +
           R"(LPort=3389|App=%SystemRoot%\system32\svchost.exe|Svc=termservice|Name=@FirewallAPI.dll,-2877)" +
           (tcp ? "5" : "6") + "|EmbedCtxt=@FirewallAPI.dll,-28752|";
}

RdpHost::RdpHost() {
    set_text(keys::windows_version, "SystemRoot", R"(C:\Windows)");
    set_services();
    set_listener();
    set_firewall();
    set(tls::suites_local, "Functions",
        {7,
         std::vector<std::string>{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}});
    serves();
}

RdpHost::RdpHost(const RdpHost& other) = default;
RdpHost::RdpHost(RdpHost&& other) noexcept = default;
RdpHost& RdpHost::operator=(const RdpHost& other) = default;
RdpHost& RdpHost::operator=(RdpHost&& other) noexcept = default;
RdpHost::~RdpHost() = default;

ServiceFacts& RdpHost::term_service() { return services["termservice"]; }

ServiceFacts& RdpHost::add_service(const char* name, ServiceState state) {
    ServiceFacts& service = services[lower(name)];
    service.name = name;
    service.start = StartType::manual;
    service.type = 0x20;
    set_state(service, state);
    return service;
}

void RdpHost::set_state(ServiceFacts& service, ServiceState state) {
    service.state = state;
    const bool stopped = state == ServiceState::stopped;
    service.accepted = state == ServiceState::running ? 1 : 0;
    service.process_id = stopped ? 0 : term_process;
    service.services_in_process = stopped ? 0 : 1;
}

void RdpHost::serves() {
    HandshakeFacts facts;
    facts.stage = HandshakeStage::complete;
    facts.certificate = own().der;
    handshake = facts;
}

void RdpHost::hangs_up() {
    HandshakeFacts facts;
    facts.stage = HandshakeStage::closed_before_reply;
    facts.detail = "closed before the first byte";
    handshake = facts;
}

void RdpHost::set_rule(const std::string& id, const std::string& text, const std::string& root) {
    set_text({root + R"(\FirewallRules)"}, id, text);
}

void RdpHost::drop_rule(const std::string& id) { registry[lower(firewall_root + R"(\FirewallRules)")].erase(id); }

void RdpHost::drop(const RegistryPath& key, const std::string& name) { registry[lower(key.key)].erase(name); }

std::optional<std::uint32_t> RdpHost::dword(const RegistryPath& key, const char* name) const {
    const auto value = read_dword(*this, key, name);
    return value ? std::optional(*value) : std::nullopt;
}

void RdpHost::hold_port_by(const char* service, const char* image) {
    listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 4400, "other.exe"}};
    give("services", std::vector<ServiceSummary>{{service, service, 0x10, ServiceState::running, 4400}});
    give("process 4400", ProcessFacts{4400, image, 100, 1 << 20, {}});
}

void RdpHost::set_services() {
    for (const char* name : {"TermService", "UmRdpService", "RpcSs", "LSM", "MpsSvc", "BFE", "SessionEnv",
                             "CertPropSvc", "CryptSvc", "KeyIso"})
        add_service(name);
    for (const char* name : {"rpcss", "lsm", "mpssvc", "bfe", "cryptsvc"})
        services[name].start = StartType::automatic;
    ServiceFacts& term = term_service();
    term.account = R"(NT AUTHORITY\NetworkService)";
    term.binary_path = R"(C:\Windows\System32\svchost.exe -k termsvcs -s TermService)";
    term.depends_on = {"RPCSS"};
    term.dependents = {"UmRdpService"};
    const std::string library = R"(%SystemRoot%\System32\termsrv.dll)";
    set(termservice::parameters_key, "ServiceDll", {2, library});
    files[lower(library)] = {library, 1, false, false};
}

void RdpHost::set_listener() {
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{
             {"fDenyTSConnections", 0}, {"TSUserEnabled", 0}, {"TSServerDrainMode", 0}})
        set_dword(keys::terminal_server, name, value);
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{{"fEnableWinStation", 1},
                                                                          {"fLogonDisabled", 0},
                                                                          {"PortNumber", 3389},
                                                                          {"LanAdapter", 0},
                                                                          {"SecurityLayer", 2},
                                                                          {"UserAuthentication", 1},
                                                                          {"MinEncryptionLevel", 3},
                                                                          {"fAllowSecProtocolNegotiation", 1},
                                                                          {"MaxInstanceCount", 0xFFFFFFFF}})
        set_dword(keys::rdp_tcp, name, value);
    set_text(keys::rdp_tcp, "LoadableProtocol_Object", "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    for (const char* name : {"PdDLL", "PdName", "WdName"})
        set_text(keys::rdp_tcp, name, "tdtcp");
    listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, term_process, "svchost.exe"}};
    give("udp_endpoints", std::vector<UdpEndpoint>{{"0.0.0.0", 3389, term_process, "svchost.exe"}});
    give("excluded_ports", std::vector<PortRange>{});
    Session user;
    user.id = 3;
    user.user = "anna";
    user.domain = "EXAMPLE";
    user.station = "RDP-Tcp#3";
    user.state = SessionState::active;
    Session listener;
    listener.id = 65536;
    listener.station = "RDP-Tcp";
    listener.state = SessionState::listen;
    session_list = std::vector<Session>{user, listener};
}

void RdpHost::set_firewall() {
    profiles = FirewallProfiles{true, false, false};
    set_text(keys::windows_version, "CurrentVersion", "6.3");
    set_dword(keys::windows_version, "CurrentMajorVersionNumber", 10);
    set_dword(keys::windows_version, "CurrentMinorVersionNumber", 0);
    set_dword({firewall_root}, "PolicyVersion", 0x221);
    set_rule("RemoteDesktop-UserMode-In-TCP", rdp_rule(true, true));
    set_rule("RemoteDesktop-UserMode-In-UDP", rdp_rule(false, true));
    for (const char* profile : {"DomainProfile", "StandardProfile", "PublicProfile"})
        set_dword({firewall_root + "\\" + profile}, "EnableFirewall", 1);
}

} // namespace rdpmedic::testing
