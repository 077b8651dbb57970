// Does the Winsock catalogue lose what it is to lose, and come back whole?
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const RegistryPath parameters{"SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters"};
constexpr const wchar_t* variable = L"RDPMEDIC_STANDIN_NETSH";

Bytes entry_of(const std::string& dll) {
    Bytes item(888);
    std::copy(dll.begin(), dll.end(), item.begin());
    return item;
}

RegistryTree catalogue() {
    RegistryTree entries;
    entries.keys["000000000001"].values["PackedCatalogItem"] = {3, entry_of("%SystemRoot%\\system32\\mswsock.dll")};
    entries.keys["000000000002"].values["PackedCatalogItem"] = {3, entry_of("C:\\vpn\\filter.dll")};
    RegistryTree protocols;
    protocols.values["Num_Catalog_Entries64"] = {4, std::uint32_t{2}};
    protocols.keys["Catalog_Entries64"] = entries;
    RegistryTree all;
    all.values["WinSock_Registry_Version"] = {1, std::string("2.0")};
    all.keys["Protocol_Catalog9"] = protocols;
    return all;
}

// Puts such a catalogue into the registry, and what was there back at the end.
class Catalogue {
  public:
    Catalogue() {
        apply(SetRegistryKey{{"SYSTEM\\CurrentControlSet\\Services\\WinSock2"}, true});
        if (const auto before = make_windows_control()->capture(SetRegistryTree{parameters, {}}))
            before_ = *before;
        apply(SetRegistryTree{parameters, catalogue()});
    }
    ~Catalogue() {
        if (before_)
            (void)make_windows_control()->apply(*before_);
        else
            ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters");
    }
    Catalogue(const Catalogue&) = delete;
    Catalogue& operator=(const Catalogue&) = delete;

    RegistryTree now() const { return std::get<SetRegistryTree>(captured(SetRegistryTree{parameters, {}})).tree; }

  private:
    std::optional<Change> before_;
};

bool skipped() {
    if (!runs_under_wine())
        WARN("not under Wine: the Winsock catalogue of a real host is not reset");
    return !runs_under_wine();
}

} // namespace

TEST_CASE("the Winsock catalogue is reset by netsh and comes back as it was, foreign entries included") {
    if (skipped())
        return;
    const SystemStandin netsh = SystemStandin::of_program(L"netsh");
    const Catalogue catalogue_in_registry;
    const Change inverse = make(ResetWinsock{});
    RegistryTree expected = catalogue();
    expected.keys["Protocol_Catalog9"].keys["Catalog_Entries64"].keys.erase("000000000002");
    CHECK(catalogue_in_registry.now() == expected);
    apply(ResetWinsock{}); // already so
    CHECK(std::get<RestoreWinsock>(inverse).parameters == catalogue());
    CHECK(contains(std::get<RestoreWinsock>(inverse).dump, "000000000002 C:\\vpn\\filter.dll"));
    apply(inverse);
    CHECK(catalogue_in_registry.now() == catalogue());
}

TEST_CASE("a netsh that fails is an error with its status, and the catalogue stays") {
    if (skipped())
        return;
    const SystemStandin netsh = SystemStandin::of_program(L"netsh");
    const Catalogue catalogue_in_registry;
    const ScopedVariable fails(variable, L"fail");
    CHECK(refused(ResetWinsock{}).native == 1); // no copy for people, so no reset
    const Error error = failed(ResetWinsock{});
    CHECK(error.native == 1);
    CHECK(contains(text_of(error), "system32\\netsh.exe winsock reset"));
    CHECK(catalogue_in_registry.now() == catalogue());
}

TEST_CASE("only the provider that the plan names is removed, and a netsh that did not do it is an error") {
    if (skipped())
        return;
    const SystemStandin netsh = SystemStandin::of_program(L"netsh");
    const Catalogue catalogue_in_registry;
    const WinsockCatalog wine = windows::winsock_catalog().value();
    REQUIRE_FALSE(wine.protocols.empty());
    const WinsockEntry& entry = wine.protocols.front();
    CHECK(contains(text_of(refused(RemoveWinsockProvider{entry.id, "another"})), "by now; look at the plan again"));
    CHECK(contains(text_of(failed(RemoveWinsockProvider{entry.id, "another"})), "by now; look at the plan again"));
    apply(RemoveWinsockProvider{4'000'000'000, "gone"}); // already so
    CHECK(catalogue_in_registry.now() == catalogue());

    // What Wine lists is built into it: netsh takes the entry out of the registry, and Winsock goes on listing it.
    std::string name = std::to_string(entry.id);
    name.insert(0, 12 - name.size(), '0');
    RegistryTree with_entry = catalogue();
    with_entry.keys["Protocol_Catalog9"].keys["Catalog_Entries64"].keys[name];
    apply(SetRegistryTree{parameters, with_entry});
    const Change inverse = captured(RemoveWinsockProvider{entry.id, entry.name});
    CHECK(contains(text_of(failed(RemoveWinsockProvider{entry.id, entry.name})), "says it is done, but"));
    CHECK(catalogue_in_registry.now() == catalogue());
    apply(inverse);
    CHECK(catalogue_in_registry.now() == with_entry);
}
