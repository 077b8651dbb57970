// Does another product serve remote connections in place of RDP-Tcp?
#include "probes/listener_stack.hpp"

namespace rdpmedic::listener {
namespace {

// The protocols that Windows itself puts into LoadableProtocol_Object of RDP-Tcp, as untouched hosts have them: Windows
// 7, and 8.1 to 10. DERIVED: that later ones keep it.
bool is_of_windows(std::string_view object) {
    return object == "{18b726bb-6fe6-4fb9-9276-ed57ce7c7cb2}" || object == "{5828227c-20cf-4408-b73f-73ab70b8849f}";
}

} // namespace

std::string third_party(const Stack& stack) {
    if (stack.citrix_backup)
        return label(keys::rdp_tcp, "CitrixBackupRdpTcpLoadableProtocolObject") + " = " + *stack.citrix_backup;
    if (stack.reverse_connect && *stack.reverse_connect != 0)
        return evidence_of(keys::rdp_tcp, "fReverseConnectMode", *stack.reverse_connect);
    if (stack.protocol_object && !is_of_windows(lower(*stack.protocol_object)))
        return label(keys::rdp_tcp, "LoadableProtocol_Object") + " = " + *stack.protocol_object;
    if (stack.sessions)
        for (const Session& session : *stack.sessions)
            // Azure Virtual Desktop: https://learn.microsoft.com/azure/virtual-desktop/troubleshoot-agent
            if (begins_ignoring_case(session.station, "rdp-sxs") && session.state == SessionState::listen)
                return "listener " + session.station + " of Azure Virtual Desktop listens";
    return {};
}

Stack collect_stack(const Host& host) {
    Stack stack;
    stack.protocol_object = read_text(host, keys::rdp_tcp, "LoadableProtocol_Object");
    stack.citrix_backup = read_text(host, keys::rdp_tcp, "CitrixBackupRdpTcpLoadableProtocolObject");
    stack.reverse_connect = read_dword(host, keys::rdp_tcp, "fReverseConnectMode");
    if (third_party(stack).empty())
        stack.sessions = host.sessions();
    return stack;
}

} // namespace rdpmedic::listener
