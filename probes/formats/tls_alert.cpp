// What does the number of a TLS alert mean, and what do Windows clients make of it?
#include "probes/formats/tls_alert.hpp"

#include <cstdio>

namespace rdpmedic {

std::string alert_name(std::uint8_t alert) {
    switch (alert) {
    case 0:
        return "close_notify";
    case 10:
        return "unexpected_message";
    case 20:
        return "bad_record_mac";
    case 21:
        return "decryption_failed";
    case 22:
        return "record_overflow";
    case 30:
        return "decompression_failure";
    case 40:
        return "handshake_failure";
    case 41:
        return "no_certificate";
    case 42:
        return "bad_certificate";
    case 43:
        return "unsupported_certificate";
    case 44:
        return "certificate_revoked";
    case 45:
        return "certificate_expired";
    case 46:
        return "certificate_unknown";
    case 47:
        return "illegal_parameter";
    case 48:
        return "unknown_ca";
    case 49:
        return "access_denied";
    case 50:
        return "decode_error";
    case 51:
        return "decrypt_error";
    case 60:
        return "export_restriction";
    case 70:
        return "protocol_version";
    case 71:
        return "insufficient_security";
    case 80:
        return "internal_error";
    case 86:
        return "inappropriate_fallback";
    case 90:
        return "user_canceled";
    case 100:
        return "no_renegotiation";
    case 109:
        return "missing_extension";
    case 110:
        return "unsupported_extension";
    case 112:
        return "unrecognized_name";
    case 115:
        return "unknown_psk_identity";
    case 116:
        return "certificate_required";
    case 120:
        return "no_application_protocol";
    }
    return "unknown alert " + std::to_string(alert);
}

SchannelError schannel_error(std::uint8_t alert) {
    switch (alert) {
    case 20:
    case 30:
        return {"SEC_E_MESSAGE_ALTERED", 0x8009030F};
    case 21:
    case 51:
        return {"SEC_E_DECRYPT_FAILURE", 0x80090330};
    case 42:
    case 43:
    case 46:
        return {"SEC_E_CERT_UNKNOWN", 0x80090327};
    case 44:
        return {"CRYPT_E_REVOKED", 0x80092010};
    case 45:
        return {"SEC_E_CERT_EXPIRED", 0x80090328};
    case 48:
        return {"SEC_E_UNTRUSTED_ROOT", 0x80090325};
    case 49:
        return {"SEC_E_LOGON_DENIED", 0x8009030C};
    case 70:
        return {"SEC_E_UNSUPPORTED_FUNCTION", 0x80090302};
    case 71:
        return {"SEC_E_ALGORITHM_MISMATCH", 0x80090331};
    case 80:
        return {"SEC_E_INTERNAL_ERROR", 0x80090304};
    case 90:
        return {"SEC_E_UNFINISHED_CONTEXT_DELETED", 0x80090333};
    }
    return {"SEC_E_ILLEGAL_MESSAGE", 0x80090326};
}

std::string describe(const SchannelError& error) {
    char code[16];
    std::snprintf(code, sizeof code, " (0x%08X)", static_cast<unsigned>(error.code));
    return std::string(error.name) + code;
}

} // namespace rdpmedic
