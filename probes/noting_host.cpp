// Which handshakes with a host were made through it?
#include "probes/noting_host.hpp"

namespace rdpmedic {
namespace {

class PassingHost : public Host {
  public:
    explicit PassingHost(std::shared_ptr<const Host> inner) : inner_(std::move(inner)) {}

    Result<Time> now() const override { return inner_->now(); }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return inner_->registry_value(key, name);
    }
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override { return inner_->name(); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override { return inner_->name(about); }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

  private:
    std::shared_ptr<const Host> inner_;
};

class NotingHost final : public PassingHost {
  public:
    NotingHost(std::shared_ptr<const Host> inner, std::shared_ptr<OwnHandshakes> own)
        : PassingHost(std::move(inner)), own_(std::move(own)) {}

    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        const Result<Time> from = now();
        Result<HandshakeFacts> facts = PassingHost::rdp_handshake(target);
        const Result<Time> until = now();
        if (facts && from && until)
            own_->add({*from, *until, facts->local_address, facts->stage == HandshakeStage::complete});
        return facts;
    }

  private:
    std::shared_ptr<OwnHandshakes> own_;
};

} // namespace

std::shared_ptr<const Host> make_noting_host(std::shared_ptr<const Host> inner, std::shared_ptr<OwnHandshakes> own) {
    return std::make_shared<NotingHost>(std::move(inner), std::move(own));
}

} // namespace rdpmedic
