// What can a host say when it ends a connection, and which numbers do clients show that nobody documents?
#include "probes/diagnosis/codes.hpp"

#include <array>

namespace rdpmedic::diagnosis {
namespace {

constexpr CodeRow row(std::uint32_t code, std::string_view symbol, std::string_view meaning) {
    return {code, code, symbol, meaning};
}

constexpr std::array wire{
    row(0x1, "ERRINFO_RPC_INITIATED_DISCONNECT", "an administrative tool in another session disconnected the client"),
    row(0x2, "ERRINFO_RPC_INITIATED_LOGOFF", "an administrative tool in another session logged the user off"),
    row(0x3, "ERRINFO_IDLE_TIMEOUT", "the limit for idle sessions"),
    row(0x4, "ERRINFO_LOGON_TIMEOUT", "the limit for active sessions"),
    row(0x5, "ERRINFO_DISCONNECTED_BY_OTHERCONNECTION", "another connection took the session"),
    row(0x6, "ERRINFO_OUT_OF_MEMORY", "the host is out of memory"),
    row(0x7, "ERRINFO_SERVER_DENIED_CONNECTION", "the host denied the connection"),
    row(0x9, "ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES", "the user may not log on through Remote Desktop"),
    row(0xA, "ERRINFO_SERVER_FRESH_CREDENTIALS_REQUIRED", "the host does not accept saved credentials"),
    row(0xB, "ERRINFO_RPC_INITIATED_DISCONNECT_BYUSER", "the user disconnected with an administrative tool"),
    row(0xC, "ERRINFO_LOGOFF_BY_USER", "the user logged off"),
    row(0xF, "ERRINFO_CLOSE_STACK_ON_DRIVER_NOT_READY", "the display driver of the host was not ready in time"),
    row(0x10, "ERRINFO_SERVER_DWM_CRASH", "the desktop window manager of the session ended"),
    row(0x11, "ERRINFO_CLOSE_STACK_ON_DRIVER_FAILURE", "the display driver of the host failed"),
    row(0x12, "ERRINFO_CLOSE_STACK_ON_DRIVER_IFACE_FAILURE", "the display driver of the host failed"),
    row(0x17, "ERRINFO_SERVER_WINLOGON_CRASH", "winlogon of the session ended"),
    row(0x18, "ERRINFO_SERVER_CSRSS_CRASH", "csrss of the session ended"),
    CodeRow{0x100, 0x10A, "ERRINFO_LICENSE_*", "licensing; the extended code of the same number says which step"},
    row(0x400, "ERRINFO_CB_DESTINATION_NOT_FOUND", "the connection broker found no host for the session"),
    row(0x402, "ERRINFO_CB_LOADING_DESTINATION", "the connection broker could not load the host's settings"),
    row(0x404, "ERRINFO_CB_REDIRECTING_TO_DESTINATION", "the connection broker could not redirect the client"),
    row(0x405, "ERRINFO_CB_SESSION_ONLINE_VM_WAKE", "the virtual machine of the session could not be woken"),
    row(0x406, "ERRINFO_CB_SESSION_ONLINE_VM_BOOT", "the virtual machine of the session could not be started"),
    row(0x407, "ERRINFO_CB_SESSION_ONLINE_VM_NO_DNS", "the virtual machine of the session has no address by its name"),
    row(0x408, "ERRINFO_CB_DESTINATION_POOL_NOT_FREE", "no virtual machine of the pool is free"),
    row(0x409, "ERRINFO_CB_CONNECTION_CANCELLED", "the connection was cancelled at the broker"),
    row(0x410, "ERRINFO_CB_CONNECTION_ERROR_INVALID_SETTINGS", "the settings of the connection do not suit the broker"),
    row(0x411, "ERRINFO_CB_SESSION_ONLINE_VM_BOOT_TIMEOUT", "the virtual machine took too long to start"),
    row(0x412, "ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED", "the session monitor of the virtual machine failed"),
    CodeRow{0x10C9, 0x10D2, "protocol error", "a message of the client that the host does not accept"},
    row(0x10D3, "ERRINFO_CONNECTFAILED", "the channels of the connection could not be set up"),
    CodeRow{0x10D4, 0x10E9, "protocol error", "a message of the client that the host does not accept"},
    row(0x10EA, "ERRINFO_BADCAPABILITIES", "client and host did not agree on capabilities"),
    CodeRow{0x10EC, 0x10F0, "protocol error", "a virtual channel that the host does not accept"},
    row(0x10F3, "ERRINFO_REMOTEAPPSNOTENABLED", "RemoteApp is not enabled on the host"),
    CodeRow{0x10F4, 0x10F8, "protocol error", "a cache of the client that the host does not accept"},
    CodeRow{0x1111, 0x1126, "ERRINFO_SECURITYDATATOOSHORT2 to 23", "client information that is too short"},
    CodeRow{0x1129, 0x112C, "protocol error", "monitor or channel data that the host does not accept"},
    row(0x112D, "ERRINFO_GRAPHICSMODENOTSUPPORTED", "the host does not support the graphics mode of the client"),
    row(0x112E, "ERRINFO_GRAPHICSSUBSYSTEMRESETFAILED", "the graphics of the host could not be reset"),
    row(0x112F, "ERRINFO_GRAPHICSSUBSYSTEMFAILED", "the graphics of the host failed"),
    CodeRow{0x1130, 0x1136, "protocol error", "time zone or monitor data that the host does not accept"},
    row(0x1191, "ERRINFO_UPDATESESSIONKEYFAILED", "the session key could not be renewed"),
    row(0x1192, "ERRINFO_DECRYPTFAILED", "the host could not decrypt"),
    row(0x1193, "ERRINFO_ENCRYPTFAILED", "the host could not encrypt"),
    row(0x1194, "ERRINFO_ENCPKGMISMATCH", "client and host encrypt in different ways"),
    row(0x1195, "ERRINFO_DECRYPTFAILED2", "the host could not decrypt"),
};

// Reported by users of clients; the last row is MEM: from memory.
constexpr std::array observed{
    row(0x4, "", "a general failure that mobile clients show"),
    row(0x708, "", "another console session is in progress: the client was pointed at the computer that it runs on"),
    row(0xB09, "", "the host requires Network Level Authentication"),
    row(0x1104, "", "a protocol error was detected at the client"),
    CodeRow{0x3000000, 0x3FFFFFF, "", "an error of the RD Gateway in front of the host"},
};

} // namespace

std::span<const CodeRow> wire_codes() noexcept { return wire; }
std::span<const CodeRow> observed_reasons() noexcept { return observed; }

} // namespace rdpmedic::diagnosis
