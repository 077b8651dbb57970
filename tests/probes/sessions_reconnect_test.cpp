// Is it said what keeps users from their sessions, and how clients that are gone would be noticed?
#include "probes/sessions.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::sessions;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
const RegistryPath& policy = keys::terminal_services_policy;
const Error denied{Errc::access_denied, 5, "RegEnumValueW"};

std::vector<Finding> findings(const FakeHost& host) {
    Facts facts;
    facts.reconnecting = reconnecting_of(read_lists(host));
    return judge_reconnecting(facts);
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

Lines keep_alive(const FakeHost& host) { return keep_alive_evidence(reconnecting_of(read_lists(host))); }

// As untouched hosts have it.
FakeHost untouched() {
    FakeHost host;
    host.set_dword(keys::rdp_tcp, "fInheritReconnectSame", 1);
    host.set_dword(keys::rdp_tcp, "fReconnectSame", 0);
    host.set_dword(keys::rdp_tcp, "KeepAliveTimeout", 0);
    return host;
}

} // namespace

TEST_CASE("settings that let users back into their sessions are no finding") {
    CHECK(lines(FakeHost{}).empty()); // neither key exists
    FakeHost host = untouched();
    SECTION("as installed") {}
    SECTION("the policy allows it") { host.set_dword(policy, "fDisableAutoReconnect", 0); }
    SECTION("each user's own setting counts") { host.set_dword(keys::rdp_tcp, "fReconnectSame", 1); }
    SECTION("which of the two counts is not set") {
        host.registry[FakeHost::lower(keys::rdp_tcp.key)].erase("fInheritReconnectSame");
        host.set_dword(keys::rdp_tcp, "fReconnectSame", 1);
    }
    SECTION("the listener's own lets any client back") { host.set_dword(keys::rdp_tcp, "fInheritReconnectSame", 0); }
    SECTION("keep-alive settings of any kind") {
        host.set_dword(policy, "KeepAliveEnable", 1);
        host.set_dword(policy, "KeepAliveInterval", 5);
        host.set_dword(keys::rdp_tcp, "KeepAliveTimeout", 1);
    }
    SECTION("a value that is no switch, which the probe listener reports") {
        host.set_dword(policy, "fDisableAutoReconnect", 2);
        host.set_dword(keys::rdp_tcp, "fReconnectSame", 2);
    }
    SECTION("a value of another type, which the probe listener reports") {
        host.set_text(policy, "fDisableAutoReconnect", "1");
        host.set_text(keys::rdp_tcp, "fReconnectSame", "1");
    }
    CHECK(lines(host) == Lines{});
}

TEST_CASE("a policy that keeps clients from reconnecting is named") {
    FakeHost host = untouched();
    host.set_dword(policy, "fdisableautoreconnect", 1);
    REQUIRE(lines(host) == Lines{"sessions.auto_reconnect_disabled info "});
    CHECK(findings(host)[0].evidence == Lines{label(policy, "fDisableAutoReconnect") + " = 1"});
    CHECK(findings(host)[0].policy == label(policy, "fDisableAutoReconnect"));
}

TEST_CASE("a listener that wants the same client back is named with the value that makes it count") {
    FakeHost host = untouched();
    host.set_dword(keys::rdp_tcp, "fInheritReconnectSame", 0);
    host.set_dword(keys::rdp_tcp, "fReconnectSame", 1);
    REQUIRE(lines(host) == Lines{"sessions.reconnect_same_client info "});
    CHECK(findings(host)[0].evidence == Lines{label(keys::rdp_tcp, "fReconnectSame") + " = 1",
                                              label(keys::rdp_tcp, "fInheritReconnectSame") + " = 0"});
    CHECK(findings(host)[0].policy.empty());
}

TEST_CASE("settings of reconnection that cannot be read are unknown") {
    FakeHost host = untouched();
    SECTION("by policy") {
        host.fail("registry_values HKLM\\" + policy.key, denied);
        CHECK(lines(host) == Lines{"sessions.unknown unknown fDisableAutoReconnect"});
    }
    SECTION("of the listener") {
        host.fail("registry_values HKLM\\" + keys::rdp_tcp.key, denied);
        CHECK(lines(host) == Lines{"sessions.unknown unknown fReconnectSame"});
    }
    SECTION("whether the listener's own counts") {
        host.set_dword(keys::rdp_tcp, "fReconnectSame", 1);
        host.set_text(keys::rdp_tcp, "fInheritReconnectSame", "0");
        CHECK(lines(host) == Lines{"sessions.unknown unknown whether fReconnectSame counts"});
    }
}

TEST_CASE("the whole probe asks for them") {
    FakeHost host = untouched();
    host.set_dword(policy, "fDisableAutoReconnect", 1);
    Session services;
    services.state = SessionState::disconnected;
    services.station = "Services";
    host.session_list = std::vector<Session>{services};
    JudgeContext context;
    context.now = host.time;
    const auto all = judge(collect(host).value(), context);
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "sessions.auto_reconnect_disabled");
}

TEST_CASE("the keep-alive settings read as they count") {
    FakeHost host;
    const std::string enable = label(policy, "KeepAliveEnable");
    CHECK(keep_alive(host) == Lines{enable + " is not set"});
    host = untouched();
    const std::string timeout = label(keys::rdp_tcp, "KeepAliveTimeout") + " = 0";
    CHECK(keep_alive(host) == Lines{enable + " is not set", timeout});
    host.set_dword(policy, "KeepAliveEnable", 0);
    CHECK(keep_alive(host) == Lines{enable + " = 0", timeout});
    host.set_dword(policy, "KeepAliveEnable", 1);
    CHECK(keep_alive(host)[0].find(enable + " is 1, and KeepAliveInterval: not found") == 0);
    host.set_dword(policy, "KeepAliveInterval", 5);
    CHECK(keep_alive(host) == Lines{enable + " is 1, every 5 minutes", timeout});
    host.fail("registry_values HKLM\\" + policy.key, denied);
    CHECK(keep_alive(host) == Lines{enable + ": " + describe(denied), timeout});
}
