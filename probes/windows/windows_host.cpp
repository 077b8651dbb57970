// Where does the real machine answer?
#include "probes/windows/windows_host.hpp"

#include "probes/network/rdp_handshake.hpp"
#include "probes/network/sntp.hpp"
#include "probes/network/tls_handshake.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/service_manager.hpp"

namespace rdpmedic {
namespace windows {
namespace {

// The handshake is portable; it takes part in the list of reads like all others.
Result<HandshakeFacts> rdp_handshake(const Endpoint& target) { return rdpmedic::rdp_handshake(target); }

} // namespace

// Portable, too.
Result<ClockOffset> clock_offset(std::string_view server) { return sntp_clock_offset(std::string(server)); }
Result<TlsFacts> tls_handshake(const TlsTarget& target) { return rdpmedic::tls_handshake(target); }

} // namespace windows

namespace {

class PlainReads : public Host {
  public:
    Result<Time> now() const override {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return windows::registry_value(key, name);
    }
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override { return windows::name(); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override { return windows::name(about); }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF
};

// Most probes ask about services: they share one connection to the manager.
class WindowsHost final : public PlainReads {
  public:
    Result<ServiceFacts> service(std::string_view name) const override { return manager_.service(name); }
    Result<Bytes> service_security(std::string_view name) const override { return manager_.service_security(name); }
    Result<std::vector<ServiceSummary>> services() const override { return manager_.services(); }

  private:
    windows::ServiceManager manager_;
};

} // namespace

std::unique_ptr<Host> make_windows_host() { return std::make_unique<WindowsHost>(); }

} // namespace rdpmedic
