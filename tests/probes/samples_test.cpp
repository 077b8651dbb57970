// Do the firewall and Winsock probes say of real hosts what these hosts are?
//
// The registry exports stand beside the project and are described in their INDEX.md; without them these tests say so.
#include "probes/firewall.hpp"
#include "probes/winsock.hpp"

#include "tests/support/sample_host.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const RegistryPath firewall_policy{R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)"};

// The folder of the samples, or a warning and nothing.
std::optional<std::string> samples() {
    auto folder = samples_folder();
    if (!folder)
        WARN("no samples beside the project: 0 registry exports read");
    return folder;
}

RegImport import(FakeHost& host, const std::string& file) {
    const auto counts = import_reg_file(*samples_folder() + "/" + file, host);
    if (!counts)
        FAIL(describe(counts.error()));
    return *counts;
}

FakeHost real_host(const std::string& name) { return sample_host(name).host; }

std::vector<std::string> codes(const Probe& probe, const FakeHost& host) {
    std::vector<std::string> result;
    const auto findings = probe.run(host, JudgeContext{});
    if (!findings)
        FAIL(describe(findings.error()));
    for (const Finding& finding : *findings)
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

using Codes = std::vector<std::string>;

struct RuleCounts {
    std::size_t rules = 0, refused = 0, not_understood = 0, ports_first = 0;
    std::map<std::string, std::size_t> versions;
};

// Every value of every key below `root`, under both grammars.
void count_rules(const FakeHost& host, const RegistryPath& root, firewall::Grammar grammar, RuleCounts& counts) {
    const auto values = host.registry_values(root);
    for (const auto& [name, value] : *values) {
        const auto* text = std::get_if<std::string>(&value.data);
        if (!text)
            continue;
        const auto rule = firewall::parse_firewall_rule(name, *text, grammar);
        ++counts.rules;
        if (!rule) {
            ++counts.refused;
            WARN(name << ": " << rule.error().token << ": " << rule.error().reason);
            continue;
        }
        if (rule->not_understood) {
            ++counts.not_understood;
            WARN(name << ": " << rule->not_understood->token << ": " << rule->not_understood->reason);
        }
        ++counts.versions[std::to_string(rule->major) + "." + std::to_string(rule->minor)];
        const auto strict = firewall::parse_firewall_rule(name, *text);
        if (!strict) {
            ++counts.ports_first;
            CHECK(strict.error().reason.find("before them") != std::string::npos);
        }
    }
    const auto subkeys = host.registry_subkeys(root);
    for (const std::string& subkey : *subkeys)
        count_rules(host, {root.key + "\\" + subkey}, grammar, counts);
}

} // namespace

TEST_CASE("every registry export of a real host is read") {
    const auto folder = samples();
    if (!folder)
        return;
    std::size_t files = 0, keys = 0, values = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
        if (entry.path().extension() != ".reg")
            continue;
        FakeHost host;
        const auto counts = import_reg_file(entry.path().string(), host);
        if (!counts)
            FAIL(describe(counts.error()));
        CHECK(counts->ignored == 0);
        ++files;
        keys += counts->keys;
        values += counts->values;
    }
    CHECK(files == 42);
    WARN(files << " registry exports read: " << keys << " keys, " << values << " values");
}

TEST_CASE("every rule of the real firewalls is understood") {
    if (!samples())
        return;
    struct Expected {
        std::string file;
        std::size_t rules;
        std::map<std::string, std::size_t> versions;
        std::size_t ports_first;        // rules that name ports before the protocol
        std::size_t not_understood = 0; // .NET writes two rules of a "V4.0" that is not documented
    };
    std::size_t total = 0;
    for (const Expected& expected : std::vector<Expected>{
             {"win7sp1-a-firewallrules", 323, {{"2.10", 323}}, 0},
             {"win7sp1-b-firewallrules", 311, {{"2.10", 311}}, 0},
             {"win81-firewallrules", 400, {{"2.22", 395}, {"2.0", 5}}, 0},
             {"win10-1709-firewallrules", 443, {{"2.27", 438}, {"2.0", 5}}, 0},
             {"win7sp1-a-restrictedservices", 0, {}, 22, 2},
             {"win7sp1-b-restrictedservices", 0, {}, 22},
             {"win81-restrictedservices", 0, {}, 30},
             {"win10-1709-restrictedservices", 0, {}, 32},
         }) {
        FakeHost host;
        import(host, "firewall/" + expected.file + ".reg");
        RuleCounts counts;
        const bool hardening = expected.file.find("restricted") != std::string::npos;
        count_rules(host, {firewall_policy.key + (hardening ? R"(\RestrictedServices)" : R"(\FirewallRules)")},
                    hardening ? firewall::Grammar::service_hardening : firewall::Grammar::policy, counts);
        CHECK(counts.refused == 0);
        CHECK(counts.not_understood == expected.not_understood);
        CHECK(counts.ports_first == expected.ports_first);
        if (!hardening)
            CHECK(counts.versions == expected.versions);
        if (!hardening)
            CHECK(counts.rules == expected.rules);
        CHECK(counts.rules > 0);
        total += counts.rules;
        WARN(expected.file << ": " << counts.rules << " rules read, " << counts.refused << " refused, "
                           << counts.ports_first << " with ports before the protocol");
    }
    WARN(total << " firewall rules read");
}

TEST_CASE("the Windows 7 host with RDP on is open on Domain and Private, and not on Public") {
    if (!samples())
        return;
    const FakeHost host = real_host("win7sp1-a");
    CHECK(codes(firewall::probe({}), host) == Codes{"firewall.rules_disabled critical Public"});
    CHECK(
        codes(winsock::probe({}), host) ==
        Codes{
            "winsock.catalog_unreadable unknown the Winsock catalogue",
            R"(winsock.foreign_provider info C:\Program Files\VMware\VMware Tools\VSock SDK\bin\win32\vsocklib.dll)"});
}

TEST_CASE("the other Windows 7 host has RDP and two firewall profiles off") {
    if (!samples())
        return;
    const FakeHost host = real_host("win7sp1-b");
    CHECK(codes(firewall::probe({}), host) == Codes{"firewall.rules_disabled info Domain"});
    CHECK(codes(winsock::probe({}), host) ==
          Codes{"winsock.catalog_unreadable unknown the Winsock catalogue",
                R"(winsock.foreign_provider info %SystemRoot%\system32\vsocklib.dll)"});
}

TEST_CASE("Windows 8.1 and 10 as installed have RDP off and its rules inactive") {
    if (!samples())
        return;
    FakeHost host = real_host(GENERATE("win81", "win10-1709"));
    const auto off = [](const char* severity) {
        Codes result;
        for (const char* profile : {"Domain", "Private", "Public"})
            result.push_back(std::string("firewall.rules_disabled ") + severity + " " + profile);
        return result;
    };
    CHECK(codes(firewall::probe({}), host) == off("info"));
    CHECK(codes(winsock::probe({}), host) == Codes{"winsock.catalog_unreadable unknown the Winsock catalogue"});
    // Were RDP switched on without its rules, every profile would keep clients out.
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    CHECK(codes(firewall::probe({}), host) == off("critical"));
}

TEST_CASE("the DoD firewall policy ignores the host's rules on Public alone") {
    if (!samples())
        return;
    const std::string log_of_policy = R"(file_ends %systemroot%\system32\LogFiles\Firewall\pfirewall.log)";
    const Error nothing_dropped{Errc::not_found, 2, "CreateFileW"};
    FakeHost host = real_host("win7sp1-a");
    import(host, "gpo/simeonon-dod-windows-firewall.reg");
    auto findings = firewall::probe({}).run(host, JudgeContext{}).value();
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].code == "firewall.unknown"); // its log of dropped packets is in no export
    host.give(log_of_policy, nothing_dropped);
    findings = firewall::probe({}).run(host, JudgeContext{}).value();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == "firewall.local_rules_ignored");
    CHECK(findings[0].subject == "Public");
    CHECK(findings[0].severity == Severity::critical);
    CHECK(findings[0].policy ==
          R"(HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile: AllowLocalPolicyMerge)");
    // On the other Windows 7 host the policy switches the firewall on where the host has it off.
    FakeHost other = real_host("win7sp1-b");
    import(other, "gpo/simeonon-dod-windows-firewall.reg");
    other.give(log_of_policy, nothing_dropped);
    CHECK(codes(firewall::probe({}), other) == Codes{"firewall.rules_disabled info Domain",
                                                     "firewall.rules_disabled info Private",
                                                     "firewall.local_rules_ignored info Public"});
}

TEST_CASE("a policy that switches RDP off makes a closed firewall an info") {
    if (!samples())
        return;
    const std::string policy = GENERATE("simeonon-dod-windows-8-computer", "yossidoc-lgpo-machine");
    FakeHost host = real_host("win7sp1-a");
    import(host, "gpo/" + policy + ".reg");
    const auto denied =
        effective_dword(host, keys::terminal_services_policy, keys::terminal_server, "fDenyTSConnections");
    REQUIRE(denied.has_value());
    CHECK(denied->value == 1);
    CHECK(denied->from_policy);
    CHECK(codes(firewall::probe({}), host) == Codes{"firewall.rules_disabled info Public"});
}

TEST_CASE("policies without firewall settings do not move the verdict") {
    const auto folder = samples();
    if (!folder)
        return;
    std::size_t policies = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder + "/gpo")) {
        FakeHost host = real_host("win7sp1-a");
        const std::string file = "gpo/" + entry.path().filename().string();
        import(host, file);
        ++policies;
        if (file.find("firewall") != file.npos || file.find("windows-8") != file.npos ||
            file.find("yossidoc") != file.npos)
            continue;
        INFO(file);
        CHECK(codes(firewall::probe({}), host) == Codes{"firewall.rules_disabled critical Public"});
    }
    CHECK(policies == 10);
}
