// Is a limit that ends sessions in use named where it counts, with who has set it?
#include "probes/sessions.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
const RegistryPath& policy = keys::terminal_services_policy;

std::vector<Finding> findings(const FakeHost& host) {
    sessions::Facts facts;
    facts.time_limits = sessions::time_limits_of(sessions::read_lists(host));
    return sessions::judge_time_limits(facts);
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

} // namespace

TEST_CASE("a host without time limits says nothing of them") {
    FakeHost host;
    CHECK(lines(host).empty()); // neither key exists
    host.set_dword(keys::rdp_tcp, "MaxIdleTime", 0);
    host.set_dword(keys::rdp_tcp, "fInheritMaxIdleTime", 0);
    CHECK(lines(host).empty());
    SECTION("nor where each user's own count") {
        host.set_dword(keys::rdp_tcp, "MaxIdleTime", 600'000);
        host.set_dword(keys::rdp_tcp, "fInheritMaxIdleTime", 1);
        CHECK(lines(host).empty());
        host.set_dword(keys::rdp_tcp, "MaxConnectionTime", 600'000); // fInheritMaxSessionTime is not set
        CHECK(lines(host).empty());
    }
    SECTION("nor where a policy lifts the listener's") {
        host.set_dword(keys::rdp_tcp, "MaxIdleTime", 600'000);
        host.set_dword(policy, "MaxIdleTime", 0);
        CHECK(lines(host).empty());
    }
}

TEST_CASE("a time limit that counts is named, by policy before the listener's own") {
    FakeHost host;
    host.set_dword(keys::rdp_tcp, "maxidletime", 1'800'000);
    host.set_dword(keys::rdp_tcp, "fInheritMaxIdleTime", 0);
    const auto own = findings(host);
    REQUIRE(own.size() == 1);
    CHECK(own[0].code == "sessions.time_limit");
    CHECK(own[0].severity == Severity::info);
    CHECK(own[0].text.find("after 30 minutes without input") != std::string::npos);
    CHECK(own[0].evidence == Lines{label(keys::rdp_tcp, "MaxIdleTime") + " = 1800000",
                                   label(keys::rdp_tcp, "fInheritMaxIdleTime") + " = 0"});
    CHECK(own[0].policy.empty());

    host.set_dword(policy, "MaxIdleTime", 900'000);
    host.set_dword(policy, "MaxConnectionTime", 28'800'000);
    CHECK(lines(host) == Lines{"sessions.time_limit info MaxIdleTime", "sessions.time_limit info MaxConnectionTime"});
    const auto by_policy = findings(host);
    CHECK(by_policy[0].evidence == Lines{label(policy, "MaxIdleTime") + " = 900000"});
    CHECK(by_policy[0].policy == label(policy, "MaxIdleTime"));
    CHECK(by_policy[1].text.find("after 8 hours, used or not") != std::string::npos);
}

TEST_CASE("a time limit that cannot be read is unknown") {
    FakeHost host;
    host.set_dword(keys::rdp_tcp, "MaxIdleTime", 600'000);
    host.set_dword(keys::rdp_tcp, "fInheritMaxIdleTime", 0);
    const Error denied{Errc::access_denied, 5, "RegEnumValueW"};
    SECTION("by policy, whatever the listener's own is") {
        host.fail("registry_values HKLM\\" + policy.key, denied);
        CHECK(lines(host) ==
              Lines{"sessions.unknown unknown MaxIdleTime", "sessions.unknown unknown MaxConnectionTime"});
    }
    SECTION("of the listener") {
        host.fail("registry_values HKLM\\" + keys::rdp_tcp.key, denied);
        CHECK(lines(host) ==
              Lines{"sessions.unknown unknown MaxIdleTime", "sessions.unknown unknown MaxConnectionTime"});
    }
    SECTION("of the listener, where policies have both") {
        host.set_dword(policy, "MaxIdleTime", 0);
        host.set_dword(policy, "MaxConnectionTime", 0);
        host.fail("registry_values HKLM\\" + keys::rdp_tcp.key, denied);
        CHECK(lines(host).empty());
    }
    SECTION("of another type") {
        host.set_text(policy, "MaxIdleTime", "600000");
        CHECK(lines(host) == Lines{"sessions.unknown unknown MaxIdleTime"});
    }
    SECTION("whether the listener's counts") {
        host.set_text(keys::rdp_tcp, "fInheritMaxIdleTime", "0");
        CHECK(lines(host) == Lines{"sessions.unknown unknown whether MaxIdleTime counts"});
    }
}
