// Is a session host without licenses told from one whose licenses cannot be seen?
#include "probes/licensing.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::licensing;
using testing::FakeHost;

namespace {

const RegistryPath product{R"(SYSTEM\CurrentControlSet\Control\ProductOptions)"};
const RegistryPath core{R"(SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\Licensing Core)"};
const Error failed{Errc::timed_out, 0, "the read"};
using Lines = std::vector<std::string>;

LicensingFacts setting(std::uint32_t type, std::vector<std::string> servers, std::uint32_t grace) {
    LicensingFacts facts;
    facts.mode = 1;
    facts.type = type;
    facts.type_name = "Per User";
    facts.grace_days = grace;
    facts.servers = std::move(servers);
    return facts;
}

FakeHost session_host() {
    FakeHost host;
    host.set_text(product, "ProductType", "ServerNT");
    host.set_text(keys::windows_version, "EditionID", "ServerStandard");
    host.set_dword(keys::terminal_server, "TSAppCompat", 1);
    host.set_dword(core, "LicensingMode", 4);
    host.give("licensing", setting(4, {"ls01"}, 0)); // the days have run out long ago, which is no fault
    host.give("license_server_status ls01", std::uint32_t{11});
    return host;
}

std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    return judge(collect(host).value(), context);
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host)) {
        CHECK(finding.repair.empty());
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    }
    return result;
}

} // namespace

TEST_CASE("a host without the role is never asked about licenses") {
    FakeHost host = session_host();
    host.give("licensing", failed); // whoever asks finds out
    SECTION("a client edition, whatever else was written into its registry") {
        host.set_text(product, "ProductType", "WinNT");
    }
    SECTION("a server that Remote Desktop only administers") {
        host.set_dword(keys::terminal_server, "TSAppCompat", 0);
    }
    SECTION("multi-session Windows, whose licenses come with its subscription") {
        host.set_text(keys::windows_version, "EditionID", "ServerRdsh");
    }
    SECTION("a server whose registry does not say, and WMI knows of no role") {
        host.registry[FakeHost::lower(keys::terminal_server.key)].erase("TSAppCompat");
        host.give("licensing", Error{Errc::not_found, 0, "TerminalServerMode is 0"});
    }
    CHECK(lines(host).empty());
}

TEST_CASE("a licensed session host has no finding") {
    FakeHost host = session_host();
    SECTION("per user") {}
    SECTION("per device") { host.give("licensing", setting(2, {"ls01"}, 0)); }
    SECTION("per user by the number that one page gives it, where the registry does not say") {
        host.registry.erase(FakeHost::lower(core.key));
        host.give("licensing", setting(GENERATE(3U, 4U), {"ls01"}, 0));
    }
    SECTION("not configured by the number of WMI alone, while the registry says per user") {
        host.give("licensing", setting(5, {"ls01"}, 0));
    }
    SECTION("by policy") {
        host.set_dword(keys::terminal_services_policy, "LicensingMode", 2);
        host.set_dword(core, "LicensingMode", 5);
    }
    SECTION("servers by policy, where WMI lists none") {
        host.give("licensing", setting(4, {}, 0));
        host.set_text(keys::terminal_services_policy, "LicenseServers", "ls01, ls02");
        host.give("license_server_status ls02", std::uint32_t{11});
    }
    SECTION("a server that answers and shows this computer no more") {
        host.give("license_server_status ls01", std::uint32_t{GENERATE(7U, 8U, 10U)});
    }
    SECTION("one that could not be asked beside one that is valid") {
        host.give("licensing", setting(4, {"ls01", "ls02"}, 0));
        host.give("license_server_status ls02", failed);
    }
    SECTION("more servers than are asked") {
        host.give("licensing", setting(4, {"ls01", "ls01", "ls01", "ls04"}, 0));
        host.give("license_server_status ls01", std::uint32_t{8});
    }
    CHECK(lines(host).empty());
}

TEST_CASE("what keeps a session host from licenses is a warning until the grace period is over") {
    FakeHost host = session_host();
    const auto [grace, last] = GENERATE(table<std::uint32_t, Lines>({
        {120, {}},
        {14, {}},
        {13, {"licensing.grace_ends warning"}},
        {1, {"licensing.grace_ends warning"}},
        {0, {"licensing.grace_over critical"}},
    }));
    Lines expected;
    SECTION("no mode") {
        host.registry.erase(FakeHost::lower(core.key));
        host.give("licensing", setting(5, {"ls01"}, grace));
        expected = {"licensing.not_configured warning"};
    }
    SECTION("no mode, by a number that also means per user") {
        host.set_dword(core, "LicensingMode", 5);
        host.give("licensing", setting(4, {"ls01"}, grace));
        expected = {"licensing.not_configured warning"};
    }
    SECTION("no server") {
        host.give("licensing", setting(4, {}, grace));
        expected = {"licensing.no_server warning"};
    }
    SECTION("no usable server") {
        host.give("licensing", setting(4, {"ls01", "ls02"}, grace));
        host.give("license_server_status ls01", std::uint32_t{6});
        host.give("license_server_status ls02", std::uint32_t{GENERATE(3U, 4U, 5U)});
        expected = {"licensing.server_unusable warning ls01", "licensing.server_unusable warning ls02"};
    }
    expected.insert(expected.end(), last.begin(), last.end());
    CHECK(lines(host) == expected);
}

TEST_CASE("an unusable server beside a usable one is a warning, whatever the days say") {
    FakeHost host = session_host();
    host.give("licensing", setting(4, {"ls01", "ls02"}, 0));
    host.give("license_server_status ls02", std::uint32_t{6});
    CHECK(lines(host) == Lines{"licensing.server_unusable warning ls02"});
    CHECK(findings(host)[0].text.find("cannot be reached (status 6)") != std::string::npos);
}

TEST_CASE("a mode that Group Policy leaves open names the policy") {
    FakeHost host = session_host();
    host.set_dword(keys::terminal_services_policy, "LicensingMode", 5);
    host.give("licensing", setting(5, {"ls01"}, 100));
    REQUIRE(lines(host) == Lines{"licensing.not_configured warning"});
    CHECK(findings(host)[0].policy == label(keys::terminal_services_policy, "LicensingMode"));
}

TEST_CASE("what could not be read is unknown, neither licensed nor unlicensed") {
    FakeHost host = session_host();
    SECTION("the settings") {
        host.give("licensing", failed);
        CHECK(lines(host) == Lines{"licensing.unknown unknown license settings"});
    }
    SECTION("the role that the registry names and WMI does not know") {
        host.give("licensing", Error{Errc::not_found, 0, "no such class"});
        CHECK(lines(host) == Lines{"licensing.unknown unknown license settings"});
    }
    SECTION("the mode, where the registry contradicts WMI or cannot be read") {
        host.fail("registry_value HKLM\\" + core.key + ": LicensingMode", failed);
        host.give("licensing", setting(5, {"ls01"}, 0));
        CHECK(lines(host) == Lines{"licensing.unknown unknown licensing mode"});
    }
    SECTION("a number of WMI that nobody has documented") {
        host.registry.erase(FakeHost::lower(core.key));
        host.give("licensing", setting(9, {"ls01"}, 0));
        CHECK(lines(host) == Lines{"licensing.unknown unknown licensing mode"});
    }
    SECTION("the list of servers") {
        LicensingFacts facts = setting(4, {}, 0);
        facts.servers = failed;
        host.give("licensing", facts);
        CHECK(lines(host) == Lines{"licensing.unknown unknown license servers"});
    }
    SECTION("the servers that Group Policy may name, where WMI lists none") {
        host.give("licensing", setting(4, {}, 0));
        host.fail("registry_value HKLM\\" + keys::terminal_services_policy.key + ": LicenseServers", failed);
        CHECK(lines(host) == Lines{"licensing.unknown unknown license servers"});
    }
    SECTION("the state of the only server: asked in vain, undetermined, or a number nobody has documented") {
        if (const std::uint32_t status = GENERATE(0U, 12U, 99U); status == 99)
            host.give("license_server_status ls01", failed);
        else
            host.give("license_server_status ls01", status);
        CHECK(lines(host) == Lines{"licensing.unknown unknown ls01"});
    }
    SECTION("the days that are left, where they count") {
        LicensingFacts facts = setting(4, {}, 0);
        facts.grace_days = failed;
        host.give("licensing", facts);
        CHECK(lines(host) == Lines{"licensing.no_server warning", "licensing.unknown unknown grace period"});
    }
}
