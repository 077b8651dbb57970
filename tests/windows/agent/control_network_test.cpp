// Are names and leases renewed by the calls that are meant for it, and errors those of the call?
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const RegistryPath standin_key{"SOFTWARE\\rdpmedic-standin"};
constexpr const wchar_t* variable = L"RDPMEDIC_STANDIN_IPCONFIG";
constexpr char no_adapter[] = "{00000000-0000-0000-0000-000000000000}";

std::uint32_t registrations() {
    const auto value = windows::registry_value(standin_key, "RegisterDns");
    return value ? std::get<std::uint32_t>(value->data) : 0;
}

// Any adapter with an IPv4 address.
std::optional<AdapterFacts> some_adapter() {
    for (AdapterFacts& adapter : windows::adapters().value())
        for (const std::string& address : adapter.addresses)
            if (address.find(':') == std::string::npos)
                return adapter;
    return std::nullopt;
}

} // namespace

TEST_CASE("the cache of the DNS client is emptied, which nothing has to undo") {
    const Change inverse = make(FlushDns{});
    CHECK(std::holds_alternative<CannotUndo>(inverse));
    apply(inverse);
}

TEST_CASE("names are registered by ipconfig, and one that fails is an error with its status") {
    if (!runs_under_wine()) {
        WARN("not under Wine: no name is registered from a test");
        return;
    }
    const SystemStandin ipconfig = SystemStandin::of_program(L"ipconfig");
    const std::uint32_t before = registrations();
    CHECK(std::holds_alternative<CannotUndo>(make(RegisterDns{})));
    CHECK(registrations() == before + 1);
    const ScopedVariable fails(variable, L"fail");
    const Error error = failed(RegisterDns{});
    CHECK(error.native == 1);
    CHECK(contains(text_of(error), "system32\\ipconfig.exe /registerdns"));
    CHECK(registrations() == before + 1);
}

TEST_CASE("a lease is renewed only where DHCP gave the address, and its way back names the addresses") {
    CHECK(refused(RenewLease{no_adapter, "none"}).code == Errc::not_found);
    CHECK(failed(RenewLease{no_adapter, "none"}).code == Errc::not_found);
    const auto adapter = some_adapter();
    if (!adapter) {
        WARN("no adapter with an IPv4 address on this machine");
        return;
    }
    const RenewLease change{adapter->id, adapter->name};
    if (!adapter->dhcp) {
        CHECK(contains(text_of(refused(change)), "has a fixed address"));
        return;
    }
    const auto inverse = make_windows_control()->capture(change);
    REQUIRE(inverse.has_value());
    const auto& keep = std::get<KeepAddress>(*inverse);
    CHECK(keep.adapter == adapter->id);
    REQUIRE_FALSE(keep.addresses.empty());
    CHECK(keep.addresses.front().find('/') != std::string::npos);
}

TEST_CASE("an address that an adapter has is not given to it again") {
    const auto adapter = some_adapter();
    if (!adapter) {
        WARN("no adapter with an IPv4 address on this machine");
        return;
    }
    KeepAddress change{adapter->id, {}};
    for (const std::string& address : adapter->addresses)
        if (address.find(':') == std::string::npos)
            change.addresses.push_back(address + "/24");
    CHECK(std::holds_alternative<CannotUndo>(make(change)));
    for (const char* wrong : {"192.0.2.1", "192.0.2.1/33", "192.0.2.1/0", "192.0.2.1/24x", "::1/64", "/24"}) {
        CAPTURE(wrong);
        CHECK(failed(KeepAddress{adapter->id, {wrong}}).code == Errc::malformed);
    }
    CHECK(refused(KeepAddress{no_adapter, {}}).code == Errc::not_found);
    CHECK(failed(KeepAddress{no_adapter, {"192.0.2.1/24"}}).code == Errc::not_found);
}

TEST_CASE("an address that is missing is added, or the error names the call") {
    const auto adapter = some_adapter();
    if (!adapter || !runs_under_wine()) {
        WARN("no address is added to a real adapter by a test");
        return;
    }
    // Wine cannot add addresses.
    CHECK(contains(text_of(failed(KeepAddress{adapter->id, {"192.0.2.77/24"}})), "AddIPAddress(192.0.2.77/24)"));
}
