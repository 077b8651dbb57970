// What does the probe access find on a host, in one line a finding?
#pragma once

#include "probes/access.hpp"
#include "probes/access_rights.hpp"
#include "probes/formats/sddl.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::logons {

using Lines = std::vector<std::string>;
using access::Accounts;

inline constexpr const char* administrators = "S-1-5-32-544";
inline constexpr const char* everyone = "S-1-1-0";
inline constexpr const char* domain_users = "S-1-5-21-1004336348-1177238915-682003330-513";
inline constexpr const char* domain_admins = "S-1-5-21-1004336348-1177238915-682003330-512";
inline constexpr const char* alice = "S-1-5-21-1004336348-1177238915-682003330-1105";
inline const RegistryPath product{R"(SYSTEM\CurrentControlSet\Control\ProductOptions)"};
inline const Error failed{Errc::access_denied, 5, "the read"};

inline void allow(FakeHost& host, const char* right, Accounts accounts) {
    host.give(std::string("accounts_with_right ") + right, std::move(accounts));
}

// A member server as Windows and the security baseline set it up.
inline FakeHost healthy() {
    FakeHost host;
    host.set_text(product, "ProductType", "ServerNT");
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 1);
    host.set(keys::win_stations, "DefaultSecurity",
             {3, to_bytes(parse_sddl("O:SYG:SYD:(A;;0xf03bf;;;SY)(A;;0xf03bf;;;BA)(A;;0x1a1;;;RD)").value()).value()});
    allow(host, access::right_remote, {administrators, access::remote_desktop_users});
    allow(host, access::right_deny_remote, {"S-1-5-113"});
    allow(host, access::right_network, {administrators, access::authenticated_users});
    allow(host, access::right_deny_network, {"S-1-5-114", "S-1-5-32-546", domain_admins});
    host.give("local_group S-1-5-32-555", std::vector<GroupMember>{});
    host.give("domain_membership", DomainMembership{true, "EXAMPLE"});
    host.set_dword(keys::time_service, "Start", 2);
    host.set_dword(keys::netlogon, "Start", 2);
    host.give("secure_channel EXAMPLE", SecureChannel{R"(\\DC01.example.local)", 0});
    host.give("clock_offset DC01.example.local",
              ClockOffset{"DC01.example.local", std::chrono::milliseconds{-40}, std::chrono::milliseconds{2}, 3});
    return host;
}

// A server in no domain, with nobody denied.
inline FakeHost workgroup() {
    FakeHost host = healthy();
    allow(host, access::right_deny_remote, {});
    allow(host, access::right_deny_network, {});
    host.give("domain_membership", DomainMembership{false, "WORKGROUP"});
    return host;
}

inline std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    return access::judge(access::collect(host).value(), context);
}

// "code severity subject", a line a finding.
inline Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host)) {
        CHECK(finding.repair.empty());
        if (finding.severity != Severity::unknown)
            CHECK_FALSE(finding.evidence.empty());
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    }
    return result;
}

} // namespace rdpmedic::testing::logons
