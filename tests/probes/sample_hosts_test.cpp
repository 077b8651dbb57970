// Do all probes together leave healthy real hosts alone, with and without the policies of others?
//
// The exports and event traces stand beside the project and are described in their INDEX.md; without them these tests
// say so.
#include "probes/probe.hpp"

#include "tests/support/sample_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Codes = std::vector<std::string>;

// An export holds a part of a host: a probe that needs another part says that it cannot judge.
std::vector<Finding> judge(const Host& host) {
    JudgeContext context;
    context.now = host.now().value();
    std::vector<Finding> all;
    for (const Probe& probe : all_probes()) {
        const auto findings = probe.run(host, context);
        if (findings)
            all.insert(all.end(), findings->begin(), findings->end());
        else
            all.push_back(unknown(probe.id, "the whole probe", findings.error()));
    }
    return all;
}

// What is said beside faults: the choices of a host.
Codes choices(const std::vector<Finding>& findings) {
    Codes codes;
    for (const Finding& finding : findings)
        if (finding.severity == Severity::info)
            codes.push_back(finding.code + (finding.subject.empty() ? "" : " " + finding.subject));
    return codes;
}

// The probes that could not judge, or not all.
std::set<std::string> left_open(const std::vector<Finding>& findings) {
    std::set<std::string> probes;
    for (const Finding& finding : findings)
        if (finding.severity == Severity::unknown)
            probes.insert(finding.code.substr(0, finding.code.find('.')));
    return probes;
}

struct Said {
    Codes choices;
    std::set<std::string> left_open;
};

// What an export holds nothing of: certificates, sessions, the network, memory, event logs, filters, a handshake.
const std::map<std::string, Said>& expected() {
    static const std::set<std::string> everywhere{"cert",      "dns",     "events",    "handshake", "interference",
                                                  "licensing", "network", "resources", "sessions",  "winsock"};
    const auto with = [](std::set<std::string> more) {
        more.insert(everywhere.begin(), everywhere.end());
        return more;
    };
    static const Codes off{"termservice.rdp_off", "firewall.rules_disabled Domain", "firewall.rules_disabled Private"};
    static const std::map<std::string, Said> hosts{
        {"win7sp1-a",
         {{R"(winsock.foreign_provider C:\Program Files\VMware\VMware Tools\VSock SDK\bin\win32\vsocklib.dll)"},
          with({"access", "listener"})}},
        {"win7sp1-b",
         {{"termservice.rdp_off", R"(winsock.foreign_provider %SystemRoot%\system32\vsocklib.dll)",
           "firewall.rules_disabled Domain"},
          with({"listener"})}},
        {"win81", {off, everywhere}},
        {"win10-1709", {off, everywhere}},
    };
    return hosts;
}

// What the probes say is wrong: not what a choice of the host is, and not what an export does not hold.
Codes faults(const std::vector<Finding>& findings) {
    Codes codes;
    for (const Finding& finding : findings)
        if (finding.severity == Severity::warning || finding.severity == Severity::critical)
            codes.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return codes;
}

bool any_repair(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return !finding.repair.empty(); });
}

} // namespace

TEST_CASE("healthy real hosts have no fault and call for no repair") {
    if (!samples_folder()) {
        WARN("no samples beside the project: 0 registry exports read");
        return;
    }
    std::size_t files = 0;
    for (const std::string& name : sample_hosts()) {
        INFO(name);
        const SampleHost sample = connected_sample_host(name);
        const auto findings = judge(sample.host);
        CHECK(faults(findings) == Codes{});
        CHECK_FALSE(any_repair(findings));
        CHECK(choices(findings) == expected().at(name).choices);
        CHECK(left_open(findings) == expected().at(name).left_open);
        files += sample.files;
    }
    WARN(files << " registry exports of " << sample_hosts().size() << " real hosts read and judged");
}

TEST_CASE("policies of others over a healthy real host bring no fault and call for no repair") {
    const auto folder = samples_folder();
    if (!folder) {
        WARN("no samples beside the project: 0 policies read");
        return;
    }
    std::size_t policies = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder + "/gpo")) {
        const std::string policy = entry.path().stem().string();
        for (const std::string& name : sample_hosts()) {
            INFO(policy << " over " << name);
            SampleHost sample = connected_sample_host(name);
            lay_policies_over(sample, "gpo/" + policy + ".reg");
            const auto findings = judge(sample.host);
            CHECK(faults(findings) == Codes{});
            CHECK_FALSE(any_repair(findings));
        }
        ++policies;
    }
    CHECK(policies == 10);
    WARN(policies << " policies laid over " << sample_hosts().size() << " real hosts");
}
