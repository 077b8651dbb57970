// Does Windows's registry give back what real hosts had in theirs?
//
// Exports of real hosts are imported with regedit, each host below a key of its own: at their real places they would
// replace the service definitions that this prefix lives on (RpcSs among them). The product reads them there, and every
// value is compared with what the portable reader finds in the same file.
#include "probes/windows/text.hpp"
#include "tests/support/reg_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr std::string_view rooms[] = {"firewall", "services", "terminal-server", "winsock"};
const std::string firewall_rules =
    R"(system\currentcontrolset\services\sharedaccess\parameters\firewallpolicy\firewallrules)";

// The export with every key moved below `root`.
std::string moved_below(const std::string& root, const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::string from = "\n[HKEY_LOCAL_MACHINE\\", to = from + root + "\\";
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

// In UTF-16: Wine's regedit takes hex(2) and hex(7) data of any other file for ANSI text.
void import(const std::filesystem::path& file, const RegistryFixture& below) {
    const TemporaryFolder folder;
    const auto copy = folder.path() / "import.reg";
    const std::wstring text = L"\xFEFF" + windows::to_wide(moved_below(below.path().key, file));
    std::ofstream(copy, std::ios::binary)
        .write(reinterpret_cast<const char*>(text.data()), static_cast<std::streamsize>(text.size() * sizeof(wchar_t)));
    REQUIRE(run(L"regedit.exe /S \"" + copy.wstring() + L"\"") == 0);
}

// Compares every key of the file, value by value; returns how many values there were.
std::size_t compare(const FakeHost& expected, const Host& host, const RegistryFixture& below) {
    std::size_t values = 0;
    for (const auto& [key, wanted] : expected.registry) {
        CAPTURE(key);
        const auto read = host.registry_values(below.path(key));
        REQUIRE(read.has_value());
        CHECK(read->size() == wanted.size());
        for (const auto& [name, value] : wanted) {
            CAPTURE(name);
            const auto found = read->find(name);
            CHECK((found != read->end() && found->second == value));
        }
        values += wanted.size();
        auto subkeys = host.registry_subkeys(below.path(key)).value();
        auto wanted_subkeys = expected.registry_subkeys({key}).value();
        for (auto* names : {&subkeys, &wanted_subkeys}) {
            for (std::string& name : *names)
                name = FakeHost::lower(name);
            std::sort(names->begin(), names->end());
        }
        CHECK(subkeys == wanted_subkeys);
    }
    return values;
}

} // namespace

TEST_CASE("the registry of real hosts is read back as their exports say, down to the last firewall rule") {
    const auto samples = samples_folder();
    if (!samples) {
        WARN("no samples of real hosts: name their folder in RDPMEDIC_SAMPLES");
        return;
    }
    const auto host = make_windows_host();
    std::size_t files = 0, values = 0, rules = 0;
    for (const std::string_view room : rooms)
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(*samples) / room)) {
            if (entry.path().extension() != ".reg")
                continue;
            const std::string name = windows::to_utf8(entry.path().filename().wstring());
            CAPTURE(name);
            FakeHost expected;
            REQUIRE(import_reg_file(entry.path().string(), expected).has_value());
            const RegistryFixture below(L"sample");
            import(entry.path(), below);
            values += compare(expected, *host, below);
            ++files;
            if (const auto found = expected.registry.find(firewall_rules); found != expected.registry.end()) {
                CHECK(host->registry_values(below.path(firewall_rules)).value().size() == found->second.size());
                rules += found->second.size();
            }
        }
    CHECK(files > 0);
    CHECK(rules > 0);
    std::printf("samples: read %zu files of real hosts with %zu values, %zu of them firewall rules\n", files, values,
                rules);
}
