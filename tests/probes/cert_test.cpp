// Which certificate does the listener use, and does every fault of it have its finding and no other?
#include "tests/probes/cert_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::certificates;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

namespace {

ServiceFacts disabled(const char* name) {
    ServiceFacts service;
    service.name = name;
    service.start = StartType::disabled;
    return service;
}

} // namespace

TEST_CASE("a healthy host of each build has no finding") {
    const auto build = GENERATE(9600U, 14393U, 17763U, 20348U, 26100U);
    CertificateHost host{build};
    INFO(build);
    CHECK(codes(host).empty());
    const cert::CertFacts facts = facts_of(host);
    CHECK(facts.source == cert::Source::self_signed);
    REQUIRE(facts.in_use() != nullptr);
    CHECK(facts.in_use()->key_file.value() == own_key_file);
    CHECK(facts.windows_build.value() == build);
    host.pin(until(now + days{300}));
    CHECK(codes(host).empty());
}

TEST_CASE("a certificate that has expired is a note while Remote Desktop is switched off, and nothing to repair") {
    CertificateHost host;
    host.set_own(until(now - days{200}));
    CHECK(codes(host) == "cert.expired critical cert, cert.renewal_broken critical cert");
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(codes(host) == "cert.expired info, cert.renewal_broken info");
    SECTION("not where a policy switches it on") {
        host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 0);
        CHECK(codes(host) == "cert.expired critical cert, cert.renewal_broken critical cert");
    }
    SECTION("not where that cannot be read") {
        host.fail("registry_value HKLM\\" + keys::terminal_services_policy.key + ": fDenyTSConnections", denied);
        CHECK(codes(host) == "cert.expired critical cert, cert.renewal_broken critical cert");
    }
    SECTION("what could not be read stays unknown") {
        host.fail("certificates Remote Desktop", denied);
        CHECK(codes(host).find("cert.unknown unknown") != std::string::npos);
    }
}

TEST_CASE("what Windows sets on the key file of each build is what the repair restores") {
    for (const std::uint32_t build : {9600U, 14393U, 17763U, 20348U, 26100U}) {
        const SecurityDescriptor healthy = parse_sddl(key_sddl(build)).value();
        const auto grants = cert::expected_key_grants(build);
        CHECK(to_sddl(with_grants(healthy, grants, file_rights)) == to_sddl(healthy));
        const SecurityDescriptor empty = parse_sddl("O:SYG:SYD:PAI").value();
        CHECK(to_sddl(with_grants(empty, grants, file_rights)) == to_sddl(healthy));
    }
    CHECK(cert::expected_key_grants(14393) != cert::expected_key_grants(17763));
}

TEST_CASE("the listener's certificate is found in the order of Windows") {
    CertificateHost host;
    const std::string own = sha1_thumbprint(host.own().der);
    SECTION("its own where nothing is chosen") {
        const cert::CertFacts facts = facts_of(host);
        CHECK(facts.source == cert::Source::self_signed);
        CHECK(facts.in_use()->thumbprint == own);
        CHECK(facts.in_use()->store == "Remote Desktop");
    }
    SECTION("the chosen one before its own") {
        const std::string pinned = sha1_thumbprint(host.pin(until(now + days{300})).der);
        const cert::CertFacts facts = facts_of(host);
        CHECK(facts.source == cert::Source::pinned);
        CHECK(facts.in_use()->thumbprint == pinned);
        CHECK(facts.in_use()->key_file.value() == pinned_key_file);
        CHECK(facts.certificates.size() == 2);
    }
    SECTION("the one of a template where a policy names it") {
        host.pin(until(now + days{300}));
        host.set_text(keys::terminal_services_policy, "CertTemplateName", "RdpServer");
        CHECK(facts_of(host).source == cert::Source::template_);
    }
    SECTION("its own where the chosen one is gone") {
        host.pin_to("00112233445566778899aabbccddeeff00112233");
        CHECK(facts_of(host).source == cert::Source::self_signed);
        CHECK(facts_of(host).pin_dangles());
    }
    SECTION("its own where Windows chose it by its thumbprint") {
        host.pin_to(own);
        CHECK(facts_of(host).in_use()->thumbprint == own);
        CHECK(codes(host).empty());
    }
    SECTION("not known where the choice cannot be read") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": SSLCertificateSHA1Hash", denied);
        CHECK(facts_of(host).source == cert::Source::unknown);
        CHECK(codes(host) == "cert.unknown unknown");
    }
    SECTION("not known where the chosen one's store cannot be read") {
        host.pin(until(now + days{300}));
        host.fail("certificates My", denied);
        CHECK(facts_of(host).source == cert::Source::unknown);
        CHECK(codes(host) == "cert.unknown unknown");
    }
    SECTION("not known where its own store cannot be read") {
        host.fail("certificates Remote Desktop", denied);
        CHECK(facts_of(host).source == cert::Source::unknown);
        CHECK(codes(host) == "cert.unknown unknown");
    }
}

TEST_CASE("of several certificates the one that Windows noted counts, otherwise the newest") {
    CertificateHost host;
    CertificateOrder older = until(now - days{3});
    older.not_before = now - days{200};
    host.stores["Remote Desktop"].insert(host.stores["Remote Desktop"].begin(), host.own_certificate(older));
    const std::string old_one = sha1_thumbprint(host.stores["Remote Desktop"][0].der);
    const std::string new_one = sha1_thumbprint(host.stores["Remote Desktop"][1].der);
    CHECK(facts_of(host).in_use()->thumbprint == new_one);
    const Finding finding = only(host);
    CHECK(finding.code == "cert.several_self_signed");
    CHECK(finding.severity == Severity::warning);
    CHECK(mentions(finding, old_one));
    host.set(keys::win_stations, "SelfSignedCertificate", {3, from_hex(old_one).value()});
    CHECK(facts_of(host).in_use()->thumbprint == old_one);
}

TEST_CASE("an expired certificate of Windows is a fault once renewal has had its hour") {
    CertificateHost host;
    host.set_own(until(now));
    CHECK(codes(host) == "cert.expires_soon info");
    host.set_own(until(now - 1s));
    CHECK(codes(host) == "cert.expired warning cert");
    host.set_own(until(now - 60min));
    CHECK(codes(host) == "cert.expired warning cert");
    host.set_own(until(now - 61min));
    CHECK(codes(host) == "cert.expired critical cert, cert.renewal_broken critical cert");
    CHECK(findings(host)[0].text.find("2026-01-14T22:59:00Z") != std::string::npos);
}

TEST_CASE("an expired certificate that Windows cannot replace is not promised a cure") {
    CertificateHost host;
    host.set_own(until(now - days{10}));
    SECTION("SessionEnv is disabled") {
        host.services["sessionenv"] = disabled("SessionEnv");
        CHECK(codes(host) == "cert.expired critical, cert.renewal_broken critical");
        CHECK(mentions(findings(host)[1], "the service SessionEnv is disabled"));
    }
    SECTION("SessionEnv does not exist") {
        host.services.erase("sessionenv");
        CHECK(codes(host) == "cert.expired critical, cert.renewal_broken critical");
    }
    SECTION("a connection broker hands out certificates") {
        host.services["tssdis"] = ServiceFacts{};
        CHECK(codes(host) == "cert.expired critical, cert.renewal_broken critical");
    }
    SECTION("SessionEnv cannot be read: unknown beside it") {
        host.fail("service SessionEnv", denied);
        CHECK(codes(host) == "cert.unknown unknown, cert.expired critical cert, cert.renewal_broken critical cert");
    }
}

TEST_CASE("an expired certificate that an administrator chose has no renewal and no repair") {
    CertificateHost host;
    host.pin(until(now - 1s));
    CHECK(codes(host) == "cert.expired critical");
    CHECK(only(host).policy.empty());
    host.set_text(keys::terminal_services_policy, "CertTemplateName", "RdpServer");
    CHECK(only(host).policy ==
          R"(HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services: CertTemplateName = RdpServer)");
}

TEST_CASE("a certificate that is not valid yet points at the clock") {
    CertificateHost host;
    CertificateOrder order;
    order.not_before = now;
    host.set_own(order);
    CHECK(codes(host).empty());
    order.not_before = now + 1s;
    host.set_own(order);
    const Finding finding = only(host);
    CHECK(finding.code == "cert.not_yet_valid");
    CHECK(finding.severity == Severity::critical);
    CHECK(finding.repair.empty());
    CHECK(mentions(finding, "the clock of this machine says 2026-01-15T00:00:00Z"));
    CHECK(mentions(finding, "the Windows Time service does not exist"));
}

TEST_CASE("the service that keeps the clock is evidence of a certificate from the future, and read for that alone") {
    CertificateHost host;
    host.set_dword(keys::time_service, "Start", 4);
    CHECK_FALSE(facts_of(host).time_service_start.has_value());
    CertificateOrder order;
    order.not_before = now + 1s;
    host.set_own(order);
    const std::string start = R"(HKLM\SYSTEM\CurrentControlSet\Services\W32Time: Start = )";
    CHECK(mentions(only(host), start + "4: the Windows Time service is disabled"));
    host.set_dword(keys::time_service, "Start", 3);
    CHECK(only(host).evidence.back() == start + "3");
    host.fail(R"(registry_value HKLM\SYSTEM\CurrentControlSet\Services\W32Time: Start)", denied);
    CHECK(mentions(only(host), "the start type of the Windows Time service is not known: access denied"));
}

TEST_CASE("the days that are left count by who renews") {
    struct Row {
        const char* who;
        int days_left;
        const char* answer;
    };
    const auto row = GENERATE(values<Row>({
        {"Windows", 14, ""},
        {"Windows", 13, "cert.expires_soon info"},
        {"Windows", 1, "cert.expires_soon info"},
        {"nobody", 30, ""},
        {"nobody", 29, "cert.expires_soon warning"},
        {"nobody", 7, "cert.expires_soon warning"},
        {"nobody", 6, "cert.expires_soon critical"},
        {"template", 30, ""},
        {"template", 29, "cert.expires_soon info"},
        {"template", 6, "cert.expires_soon warning"},
    }));
    CertificateHost host;
    const std::string who = row.who;
    if (who == "Windows")
        host.set_own(until(now + days{row.days_left}));
    else
        host.pin(until(now + days{row.days_left}));
    if (who == "template")
        host.set_text(keys::terminal_services_policy, "CertTemplateName", "RdpServer");
    INFO(who << ", " << row.days_left << " days");
    CHECK(codes(host) == row.answer);
}

TEST_CASE("the own certificate's last days are a warning where renewal is in doubt") {
    CertificateHost host;
    host.set_own(until(now + days{10}));
    host.services["keyiso"] = disabled("KeyIso");
    const Finding finding = only(host);
    CHECK(finding.code == "cert.expires_soon");
    CHECK(finding.severity == Severity::warning);
    CHECK(mentions(finding, "the service KeyIso is disabled"));
}

TEST_CASE("a chosen certificate that is gone is a warning, because Windows has its own") {
    CertificateHost host;
    host.pin_to("00112233445566778899aabbccddeeff00112233");
    const Finding finding = only(host);
    CHECK(finding.code == "cert.pin_dangling");
    CHECK(finding.severity == Severity::warning);
    CHECK(mentions(finding, "RDP-Tcp: SSLCertificateSHA1Hash = 00112233445566778899aabbccddeeff00112233"));
    CHECK(finding.policy.empty());
    host.set_text(keys::terminal_services_policy, "CertTemplateName", "RdpServer");
    CHECK(only(host).policy.find("CertTemplateName = RdpServer") != std::string::npos);
}

TEST_CASE("a thumbprint of the wrong type or size chooses nothing and is named") {
    CertificateHost host;
    host.set_text(keys::rdp_tcp, "SSLCertificateSHA1Hash",
                  "\xE2\x80\x8E"
                  "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 00 11 22 33");
    const Finding finding = only(host);
    CHECK(finding.code == "cert.pin_malformed");
    CHECK(finding.severity == Severity::warning);
    CHECK(mentions(finding, "registry type 1"));
    CHECK(mentions(finding, "'00112233445566778899aabbccddeeff00112233'"));
    CHECK(facts_of(host).source == cert::Source::self_signed);
    host.set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, Bytes(19)});
    CHECK(only(host).code == "cert.pin_malformed");
}

TEST_CASE("a certificate for another purpose is refused by clients") {
    struct Row {
        std::vector<std::string> usages;
        const char* answer;
    };
    const auto row = GENERATE(values<Row>({
        {{}, ""},
        {{"1.3.6.1.5.5.7.3.1"}, ""},
        {{"1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.54.1.2"}, ""},
        {{"2.5.29.37.0"}, ""},
        {{"1.3.6.1.5.5.7.3.2"}, "cert.wrong_eku critical"},
    }));
    CertificateOrder order = until(now + days{300});
    order.usages = row.usages;
    CertificateHost host;
    host.pin(order);
    CHECK(codes(host) == row.answer);
}

TEST_CASE("weak keys and signatures are named, and a self-signature is only a note") {
    CertificateHost host;
    CertificateOrder order = until(now + days{300});
    order.key = "RSA-1024";
    host.pin(order);
    CHECK(codes(host) == "cert.weak_key warning");
    order.key = "EC-P-256";
    host.pin(order);
    CHECK(codes(host).empty());
    order = until(now + days{300});
    order.digest = "SHA1";
    host.pin(order);
    CHECK(codes(host) == "cert.weak_signature warning");
    CertificateHost own;
    own.set_own(order);
    CHECK(codes(own) == "cert.weak_signature info");
}

TEST_CASE("a host without a certificate waits for Windows to make one") {
    CertificateHost host;
    host.stores.erase("Remote Desktop");
    CHECK(facts_of(host).source == cert::Source::none);
    CHECK(codes(host) == "cert.none info");
    SECTION("in vain, where SessionEnv is disabled") {
        host.services["sessionenv"] = disabled("SessionEnv");
        CHECK(codes(host) == "cert.none critical");
    }
    SECTION("perhaps in vain, where a service is disabled that it needs") {
        host.services["cryptsvc"] = disabled("CryptSvc");
        CHECK(codes(host) == "cert.none warning");
    }
}

TEST_CASE("value names that Windows does not read are noted") {
    CertificateHost host;
    host.set_text(keys::rdp_tcp, "sslcertificatesha1hashvalue", "ab");
    CHECK(only(host).code == "cert.misnamed_value");
    CHECK(only(host).severity == Severity::info);
    CHECK(only(host).subject.find("sslcertificatesha1hashvalue") != std::string::npos);
    host.set_text(keys::rdp_tcp, "'SSLCertificateSHA1Hash'", "ab");
    host.set_text(keys::terminal_services_policy, " CertTemplateName", "ab");
    CHECK(findings(host).size() == 3);
    host.set_dword(keys::rdp_tcp, "'SecurityLayer'", 1); // the probe listener reports this one
    CHECK(findings(host).size() == 3);
}

TEST_CASE("a certificate that cannot be parsed is unknown, its key is judged all the same") {
    CertificateHost host;
    host.own().der.resize(100);
    CHECK(codes(host) == "cert.unknown unknown");
    host.set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)");
    CHECK(codes(host) == "cert.key_unreadable critical cert, cert.unknown unknown");
}

TEST_CASE("every read that fails leaves a finding or does not matter, and never a fault") {
    const char* harmless[] = {"CurrentBuildNumber", "MachineGuid", "SelfSignedCertificate",
                              "registry_values",    "service",     "certificates My"};
    const std::string hklm = "HKLM\\";
    const std::vector<std::string> reads{
        "registry_value " + hklm + keys::windows_version.key + ": CurrentBuildNumber",
        "registry_value " + hklm + keys::rdp_tcp.key + ": SSLCertificateSHA1Hash",
        "registry_value " + hklm + keys::terminal_services_policy.key + ": CertTemplateName",
        "registry_value " + hklm + keys::win_stations.key + ": SelfSignedCertStore",
        "registry_value " + hklm + keys::win_stations.key + ": SelfSignedCertificate",
        "registry_values " + hklm + keys::rdp_tcp.key,
        "registry_security " + hklm + keys::remote_desktop_store.key,
        "certificates My",
        "certificates Remote Desktop",
        "file " + own_key_file,
        "file_security " + own_key_file,
        "file_security " + machine_keys,
        "service SessionEnv",
        "service Tssdis",
    };
    std::size_t unknowns = 0;
    for (const std::string& read : reads)
        for (const Errc code : {Errc::access_denied, Errc::timed_out, Errc::unsupported, Errc::malformed, Errc::io}) {
            CertificateHost host;
            host.fail(read, {code, 1, "test"});
            const std::string answer = codes(host);
            INFO(read << " -> " << answer);
            REQUIRE((answer.empty() || answer == "cert.unknown unknown"));
            unknowns += answer.empty() ? 0U : 1U;
            const bool may_be_silent =
                std::any_of(std::begin(harmless), std::end(harmless),
                            [&](const char* name) { return read.find(name) != std::string::npos; }) ||
                read == "file " + own_key_file;
            REQUIRE(answer.empty() == may_be_silent);
        }
    CHECK(unknowns == 7 * 5);
}

TEST_CASE("the probe runs both halves") {
    CertificateHost host;
    host.set_own(until(now - days{3}));
    const Probe probe = cert::probe({});
    CHECK(probe.id == "cert");
    JudgeContext context;
    context.now = now;
    const auto result = probe.run(host, context);
    REQUIRE(result.has_value());
    CHECK(result->size() == 2);
}
