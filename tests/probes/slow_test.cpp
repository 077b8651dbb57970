// Is every probe that makes a read which can block for tens of seconds marked as slow?
#include "probes/probe.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Reads = std::set<std::string>;

// Notes which reads are made of a recorded host.
class AskedHost final : public Host {
  public:
    explicit AskedHost(const std::string& name) {
        auto host = load_recorded_host(recorded_hosts_folder() / (name + ".json"));
        if (!host)
            FAIL(describe(host.error()));
        inner_ = *std::move(host);
    }

    Reads taken() const { return std::exchange(reads_, {}); }

    Result<Time> now() const override { return inner_->now(); }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return inner_->registry_value(key, name);
    }
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override {                                                                        \
        reads_.insert(#name);                                                                                          \
        return inner_->name();                                                                                         \
    }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override {                                                          \
        reads_.insert(#name);                                                                                          \
        return inner_->name(about);                                                                                    \
    }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

  private:
    std::unique_ptr<Host> inner_;
    mutable Reads reads_;
};

// Other machines, WMI, event logs, programs, and peers that may say nothing. A domain that is away makes its members'
// names and rights slow, too.
const Reads slow_reads{"dns",
                       "echo",
                       "full_echo",
                       "events",
                       "secure_channel",
                       "clock_offset",
                       "local_group",
                       "accounts_with_right",
                       "licensing",
                       "license_server_status",
                       "gateway",
                       "security_products",
                       "dynamic_ports",
                       "rdp_handshake",
                       "tls_handshake"};

} // namespace

TEST_CASE("a read that can block for tens of seconds is made by slow probes alone") {
    Reads seen;
    for (const char* name : {"healthy-server-2019", "healthy-windows-11-24h2", "s04-no-licence-server",
                             "s16-gateway-certificate", "case-k-ports-exhausted"}) {
        const AskedHost host(name);
        JudgeContext context;
        context.now = host.now().value();
        for (const Probe& probe : all_probes()) {
            static_cast<void>(host.taken());
            static_cast<void>(probe.run(host, context));
            for (const std::string& read : host.taken())
                if (slow_reads.count(read) != 0) {
                    INFO(name << ": " << probe.id << " reads " << read);
                    CHECK(probe.slow);
                    seen.insert(read);
                }
        }
    }
    // Each was made, but for the question to a licence server: the recorded host has none.
    for (const std::string& read : slow_reads) {
        INFO(read);
        CHECK((seen.count(read) == 1 || read == "license_server_status"));
    }
}
