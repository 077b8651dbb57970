// Has each alert its name and the error that Windows clients show for it?
#include "probes/formats/tls_alert.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("an alert is reported by Windows as its documented Schannel error") {
    const auto [alert, name, error] = GENERATE(table<int, std::string, std::string>({
        {0, "close_notify", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {10, "unexpected_message", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {20, "bad_record_mac", "SEC_E_MESSAGE_ALTERED (0x8009030F)"},
        {21, "decryption_failed", "SEC_E_DECRYPT_FAILURE (0x80090330)"},
        {22, "record_overflow", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {30, "decompression_failure", "SEC_E_MESSAGE_ALTERED (0x8009030F)"},
        {40, "handshake_failure", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {42, "bad_certificate", "SEC_E_CERT_UNKNOWN (0x80090327)"},
        {43, "unsupported_certificate", "SEC_E_CERT_UNKNOWN (0x80090327)"},
        {44, "certificate_revoked", "CRYPT_E_REVOKED (0x80092010)"},
        {45, "certificate_expired", "SEC_E_CERT_EXPIRED (0x80090328)"},
        {46, "certificate_unknown", "SEC_E_CERT_UNKNOWN (0x80090327)"},
        {47, "illegal_parameter", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {48, "unknown_ca", "SEC_E_UNTRUSTED_ROOT (0x80090325)"},
        {49, "access_denied", "SEC_E_LOGON_DENIED (0x8009030C)"},
        {50, "decode_error", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {51, "decrypt_error", "SEC_E_DECRYPT_FAILURE (0x80090330)"},
        {60, "export_restriction", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {70, "protocol_version", "SEC_E_UNSUPPORTED_FUNCTION (0x80090302)"},
        {71, "insufficient_security", "SEC_E_ALGORITHM_MISMATCH (0x80090331)"},
        {80, "internal_error", "SEC_E_INTERNAL_ERROR (0x80090304)"},
        {90, "user_canceled", "SEC_E_UNFINISHED_CONTEXT_DELETED (0x80090333)"},
        {100, "no_renegotiation", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {110, "unsupported_extension", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {112, "unrecognized_name", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {116, "certificate_required", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
        {200, "unknown alert 200", "SEC_E_ILLEGAL_MESSAGE (0x80090326)"},
    }));
    CHECK(alert_name(static_cast<std::uint8_t>(alert)) == name);
    CHECK(describe(schannel_error(static_cast<std::uint8_t>(alert))) == error);
}
