// What do the two numbers mean? The documented tables.
#include "probes/diagnosis/codes.hpp"

#include <array>

namespace rdpmedic::diagnosis {
namespace {

constexpr CodeRow row(std::uint32_t code, std::string_view symbol, std::string_view meaning) {
    return {code, code, symbol, meaning};
}

constexpr std::array reasons{
    row(0x0, "disconnectReasonNoInfo", "no information is available"),
    row(0x1, "disconnectReasonLocalNotError", "disconnected by the client itself; not an error"),
    row(0x2, "disconnectReasonRemoteByUser", "disconnected by the user at the host; not an error"),
    row(0x3, "disconnectReasonByServer", "disconnected by the host; not an error, the extended code says why"),
    row(0x104, "disconnectReasonDNSLookupFailed", "the name lookup failed"),
    row(0x106, "disconnectReasonOutOfMemory", "the client is out of memory"),
    row(0x108, "disconnectReasonConnectionTimedOut", "the connection timed out"),
    row(0x204, "disconnectReasonSocketConnectFailed", "the TCP connection could not be made"),
    row(0x206, "disconnectReasonOutOfMemory2", "the client is out of memory"),
    row(0x208, "disconnectReasonHostNotFound", "the host was not found"),
    row(0x304, "disconnectReasonWinsockSendFailed", "sending failed"),
    row(0x306, "disconnectReasonOutOfMemory3", "the client is out of memory"),
    row(0x308, "disconnectReasonInvalidIPAddr", "the IP address is not valid"),
    row(0x404, "disconnectReasonSocketRecvFailed", "receiving failed"),
    row(0x406, "disconnectReasonInvalidSecurityData", "the security data is not valid"),
    row(0x408, "disconnectReasonInternalError", "internal error of the client"),
    row(0x506, "disconnectReasonInvalidEncryption", "the encryption method is not valid"),
    row(0x508, "disconnectReasonDNSLookupFailed2", "the name lookup failed"),
    row(0x604, "disconnectReasonGetHostByNameFailed", "gethostbyname failed"),
    row(0x606, "disconnectReasonInvalidServerSecurityInfo", "the security data of the host is not valid"),
    row(0x608, "disconnectReasonTimerError", "internal timer error of the client"),
    row(0x704, "disconnectReasonTimeoutOccurred", "a time-out occurred"),
    row(0x706, "disconnectReasonServerCertificateUnpackErr", "the certificate of the host could not be unpacked"),
    row(0x804, "disconnectReasonInvalidIP", "the IP address is bad"),
    row(0x807, "SSL_ERR_LOGON_FAILURE", "the logon failed"),
    row(0x808, "disconnectReasonLicensingFailed", "the licence negotiation failed"),
    row(0x904, "disconnectReasonAtClientWinsockFDCLOSE", "the socket was closed: the other side hung up"),
    row(0x906, "disconnectReasonInternalSecurityError", "internal security error"),
    row(0x908, "disconnectReasonLicensingTimeout", "licensing took too long"),
    row(0xA06, "disconnectReasonInternalSecurityError2", "internal security error"),
    row(0xA07, "SSL_ERR_NO_SUCH_USER", "there is no such account"),
    row(0xB06, "disconnectReasonEncryptionError", "encryption error"),
    row(0xB07, "SSL_ERR_ACCOUNT_DISABLED", "the account is disabled"),
    row(0xC06, "disconnectReasonDecryptionError", "decryption error"),
    row(0xC07, "SSL_ERR_ACCOUNT_RESTRICTION", "the account is restricted"),
    row(0xC08, "disconnectReasonClientDecompressionError", "decompression error"),
    row(0xD07, "SSL_ERR_ACCOUNT_LOCKED_OUT", "the account is locked out"),
    row(0xE07, "SSL_ERR_ACCOUNT_EXPIRED", "the account has expired"),
    row(0xF07, "SSL_ERR_PASSWORD_EXPIRED", "the password has expired"),
    row(0x1207, "SSL_ERR_PASSWORD_MUST_CHANGE", "the password must be changed before the first logon"),
    row(0x1607, "SSL_ERR_DELEGATION_POLICY", "policy does not allow the credentials to be delegated to this host"),
    row(0x1707, "SSL_ERR_POLICY_NTLM_ONLY", "policy delegates only where client and host authenticate each other"),
    row(0x1807, "SSL_ERR_NO_AUTHENTICATING_AUTHORITY", "no authority for authentication can be reached"),
    row(0x1B07, "SSL_ERR_CERT_EXPIRED", "the certificate that was received has expired"),
    row(0x1C07, "SSL_ERR_SMARTCARD_WRONG_PIN", "the PIN of the smart card is wrong"),
    row(0x2107, "SSL_ERR_FRESH_CRED_REQUIRED_BY_SERVER", "the host does not accept saved credentials"),
    row(0x2207, "SSL_ERR_SMARTCARD_CARD_BLOCKED", "the smart card is blocked"),
};

constexpr std::array extended{
    row(0x0, "exDiscReasonNoInfo", "no further information"),
    row(0x1, "exDiscReasonAPIInitiatedDisconnect", "an application disconnected the client"),
    row(0x2, "exDiscReasonAPIInitiatedLogoff, exDiscReasonLogoffByUser", "an application or the user logged off"),
    row(0x3, "exDiscReasonServerIdleTimeout", "idle for longer than the host allows"),
    row(0x4, "exDiscReasonServerLogonTimeout", "connected for longer than the host allows"),
    row(0x5, "exDiscReasonReplacedByOtherConnection", "replaced by another connection"),
    row(0x6, "exDiscReasonOutOfMemory", "no memory is available"),
    row(0x7, "exDiscReasonServerDeniedConnection", "the host denied the connection"),
    row(0x8, "exDiscReasonServerDeniedConnectionFips", "the host denied the connection for security reasons (FIPS)"),
    row(0x9, "exDiscReasonServerInsufficientPrivileges",
        "the host denied the connection for security reasons (the user may not log on)"),
    row(0xA, "exDiscReasonServerFreshCredsRequired", "fresh credentials are required"),
    row(0xB, "exDiscReasonRpcInitiatedDisconnectByUser", "activity of the user ended the connection"),
    row(0x100, "exDiscReasonLicenseInternal", "internal licensing error"),
    row(0x101, "exDiscReasonLicenseNoLicenseServer", "no licence server was available"),
    row(0x102, "exDiscReasonLicenseNoLicense", "no valid licence was available"),
    row(0x103, "exDiscReasonLicenseErrClientMsg", "the host received a licensing message that is not valid"),
    row(0x104, "exDiscReasonLicenseHwidDoesntMatchLicense", "the licence is of another computer"),
    row(0x105, "exDiscReasonLicenseErrClientLicense", "the licence of the client is not valid"),
    row(0x106, "exDiscReasonLicenseCantFinishProtocol", "the network failed while licensing"),
    row(0x107, "exDiscReasonLicenseClientEndedProtocol", "the client ended licensing too early"),
    row(0x108, "exDiscReasonLicenseErrClientEncryption", "a licensing message was encrypted wrongly"),
    row(0x109, "exDiscReasonLicenseCantUpgradeLicense", "the licence of the client could not be upgraded or renewed"),
    row(0x10A, "exDiscReasonLicenseNoRemoteConnections", "the host is not licensed for remote connections"),
    row(0x10B, "exDiscReasonLicenseCreatingLicStoreAccDenied", "the client may not create its key for licences"),
    row(0x300, "exDiscReasonRdpEncInvalidCredentials", "the credentials are not valid"),
    CodeRow{0x1000, 0x7FFF, "exDiscReasonProtocolRangeStart to exDiscReasonProtocolRangeEnd",
            "internal protocol error; the event log of the host says more"},
};

} // namespace

std::span<const CodeRow> disconnect_reasons() noexcept { return reasons; }
std::span<const CodeRow> extended_reasons() noexcept { return extended; }

} // namespace rdpmedic::diagnosis
