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
Result<std::vector<SecurityProduct>> security_products() {
    return Error{Errc::unsupported, 0, "security_products is not read yet"};
}
Result<std::vector<FilterProvider>> filter_providers() {
    return Error{Errc::unsupported, 0, "filter_providers is not read yet"};
}

} // namespace rdpmedic::windows
