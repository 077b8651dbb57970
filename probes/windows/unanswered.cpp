// Which questions does Windows not answer yet?
#include "probes/windows/reads.hpp"

namespace rdpmedic::windows {

Result<Bytes> service_security(std::string_view) {
    return Error{Errc::unsupported, 0, "service_security is not read yet"};
}
Result<std::vector<ServiceSummary>> services() { return Error{Errc::unsupported, 0, "services is not read yet"}; }
Result<SignatureFacts> file_signature(std::string_view) {
    return Error{Errc::unsupported, 0, "file_signature is not read yet"};
}
Result<MemoryFacts> memory() { return Error{Errc::unsupported, 0, "memory is not read yet"}; }
Result<ProcessFacts> process(std::uint32_t) { return Error{Errc::unsupported, 0, "process is not read yet"}; }
Result<VolumeFacts> volume(std::string_view) { return Error{Errc::unsupported, 0, "volume is not read yet"}; }
Result<std::vector<std::string>> accounts_with_right(std::string_view) {
    return Error{Errc::unsupported, 0, "accounts_with_right is not read yet"};
}
Result<std::vector<GroupMember>> local_group(std::string_view) {
    return Error{Errc::unsupported, 0, "local_group is not read yet"};
}
Result<DomainMembership> domain_membership() {
    return Error{Errc::unsupported, 0, "domain_membership is not read yet"};
}
Result<SecureChannel> secure_channel(std::string_view) {
    return Error{Errc::unsupported, 0, "secure_channel is not read yet"};
}
Result<ClockOffset> clock_offset(std::string_view) {
    return Error{Errc::unsupported, 0, "clock_offset is not read yet"};
}
Result<LicensingFacts> licensing() { return Error{Errc::unsupported, 0, "licensing is not read yet"}; }
Result<std::uint32_t> license_server_status(std::string_view) {
    return Error{Errc::unsupported, 0, "license_server_status is not read yet"};
}
Result<GatewayFacts> gateway() { return Error{Errc::unsupported, 0, "gateway is not read yet"}; }
Result<std::vector<HttpsBinding>> https_bindings() {
    return Error{Errc::unsupported, 0, "https_bindings is not read yet"};
}
Result<std::vector<SecurityProduct>> security_products() {
    return Error{Errc::unsupported, 0, "security_products is not read yet"};
}
Result<std::vector<FilterProvider>> filter_providers() {
    return Error{Errc::unsupported, 0, "filter_providers is not read yet"};
}
Result<TlsFacts> tls_handshake(const TlsTarget&) {
    return Error{Errc::unsupported, 0, "tls_handshake is not read yet"};
}

} // namespace rdpmedic::windows
