// Does a plan hold what the facts call for, and nothing else?
#include "agent/repair/desk_json.hpp"
#include "agent/repair/guards.hpp"
#include "agent/repair/plan_cert.hpp"
#include "agent/repair/plan_termservice.hpp"
#include "agent/repair/verify.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/registry.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {

const Time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
const std::string key_file = R"(%ProgramData%\Microsoft\Crypto\RSA\MachineKeys\f686_guid)";

ServiceFacts running(const std::string& name) {
    ServiceFacts service;
    service.name = name;
    service.state = ServiceState::running;
    service.start = StartType::manual;
    service.accepted = 1;
    service.services_in_process = 1;
    return service;
}

Bytes descriptor(const char* sddl) { return to_bytes(parse_sddl(sddl).value()).value(); }

// A host whose own certificate has expired and is fine otherwise.
struct CertBench {
    cert::CertFacts facts;
    std::vector<Finding> findings{{"cert.expired", Severity::critical, "expired", "", {}, "cert", ""}};
    Result<std::vector<Session>> sessions = std::vector<Session>{};
    Result<ServiceFacts> term_service = running("TermService"), redirector = running("UmRdpService");

    CertBench() {
        facts.windows_build = 17763u;
        facts.source = cert::Source::self_signed;
        facts.listener = 0;
        facts.connection_broker = false;
        facts.services.emplace("SessionEnv", running("SessionEnv"));
        cert::CertificateFacts certificate;
        certificate.store = "Remote Desktop";
        certificate.thumbprint = std::string(40, 'a');
        X509Facts x509;
        x509.not_after = now - 24h;
        certificate.x509 = x509;
        certificate.key = KeyLocation{};
        certificate.key_usable = Result<void>{};
        certificate.key_kind = cert::KeyKind::legacy;
        certificate.key_file = key_file;
        certificate.file = FileFacts{};
        set_rights(certificate, "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x120089;;;NS)");
        facts.certificates.push_back(certificate);
    }
    cert::CertificateFacts& certificate() { return facts.certificates[0]; }
    static void set_rights(cert::CertificateFacts& certificate, const char* sddl) {
        certificate.key_security = descriptor(sddl);
        certificate.network_service =
            access_of(parse_security_descriptor(*certificate.key_security).value(), term_service_sids(), file_rights);
    }
    Plan plan() const {
        return plan_cert({facts, findings, sessions, term_service, redirector, now, key_file + ".bak-20260115"});
    }
};

std::string rungs(const Plan& plan) {
    std::string result;
    for (const Rung& rung : plan.rungs)
        result += (result.empty() ? "" : " ") + rung.id;
    return result;
}

} // namespace

TEST_CASE("an expired certificate is renewed, then its key file put aside, then TermService restarted") {
    const Plan plan = CertBench().plan();
    REQUIRE(rungs(plan) == "renew key-file restart");
    CHECK(plan.rungs[0].changes.size() == 3);
    CHECK(std::get<DeleteCertificate>(plan.rungs[0].changes[1]).key_file == key_file);
    CHECK(plan.rungs[1].only_without_new_certificate);
    CHECK(plan.rungs[2].disconnects_sessions);
    CHECK(describe(plan.rungs[2].changes[0]) == "stop service UmRdpService");
}

TEST_CASE("nothing is planned for a host without findings that the repair cures") {
    CertBench bench;
    bench.findings[0].repair.clear();
    CHECK(bench.plan().cures.empty());
    CHECK(bench.plan().rungs.empty());
}

TEST_CASE("a certificate in date is never taken out; its key's list is edited by the entries that are missing") {
    CertBench bench;
    X509Facts x509;
    x509.not_after = now + 24h;
    bench.certificate().x509 = x509;
    CertBench::set_rights(bench.certificate(), "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)");
    const Plan plan = bench.plan();
    REQUIRE(rungs(plan) == "key-acl restart");
    const auto& change = std::get<SetFileAccess>(plan.rungs[0].changes[0]);
    CHECK(change.path == key_file);
    const auto written = parse_security_descriptor(change.descriptor).value();
    CHECK(access_of(written, term_service_sids(), file_rights).grants(cert::key_read));
    CHECK(written.entries.size() == 4); // SYSTEM and Administrators stay, NETWORK SERVICE and SessionEnv come
}

TEST_CASE("a key that this process may not open is no reason to take out its certificate; a foreign key is") {
    CertBench bench;
    X509Facts x509;
    x509.not_after = now + 24h;
    bench.certificate().x509 = x509;
    bench.certificate().key_usable = Error{Errc::not_found, 0x80090016, "CryptAcquireCertificatePrivateKey"};
    CHECK(bench.plan().rungs.empty());
    bench.certificate().key_usable = Error{Errc::malformed, 0x80090015, "CryptAcquireCertificatePrivateKey"};
    CHECK(rungs(bench.plan()) == "renew key-file restart");
}

TEST_CASE("pinned certificates, brokers and a disabled SessionEnv are not renewed, and the plan says why") {
    CertBench bench;
    SECTION("pinned") { bench.facts.source = cert::Source::pinned; }
    SECTION("of a policy") { bench.facts.source = cert::Source::template_; }
    SECTION("broker") { bench.facts.connection_broker = true; }
    SECTION("broker not known") { bench.facts.connection_broker = Error{Errc::access_denied, 5, "service"}; }
    SECTION("SessionEnv disabled") { bench.facts.services.at("SessionEnv")->start = StartType::disabled; }
    const Plan plan = bench.plan();
    CHECK(plan.rungs.empty());
    CHECK_FALSE(plan.obstacles.empty());
    CHECK(plan.blocked_by_policy.empty() == (bench.facts.source != cert::Source::template_));
}

TEST_CASE("explicit denies for SYSTEM on the store are taken away, inherited ones stay") {
    CertBench bench;
    X509Facts x509;
    x509.not_after = now + 24h;
    bench.certificate().x509 = x509;
    bench.facts.store_security = descriptor("D:(D;;0x4;;;SY)(A;CI;KA;;;SY)");
    bench.facts.store_certificates_security = descriptor("D:(D;ID;0x4;;;SY)(A;CIID;KA;;;SY)");
    const Plan plan = bench.plan();
    REQUIRE(rungs(plan) == "store-deny");
    CHECK(plan.rungs[0].changes.size() == 1);
}

TEST_CASE("sessions that a restart would cut are named, and unreadable ones are not nobody") {
    CertBench bench;
    Session session;
    session.id = 3;
    session.state = SessionState::active;
    session.user = "user07";
    session.station = "RDP-Tcp#3";
    Session console = session;
    console.station = "Console";
    bench.sessions = std::vector<Session>{session, console};
    CHECK(bench.plan().sessions == std::vector<std::string>{"user07 (session 3, RDP-Tcp#3, active)"});
    bench.sessions = Error{Errc::unsupported, 0, "WTSEnumerateSessionsExW"};
    CHECK(bench.plan().sessions.size() == 1);
}

TEST_CASE("the hash of a plan depends on what it does, not on words or sessions") {
    const Plan plan = CertBench().plan();
    Plan other = plan;
    other.cures[0].text = "another wording";
    other.sessions = {"somebody"};
    CHECK(other.hash() == plan.hash());
    CHECK(plan.hash().size() == 64);
    other.rungs.pop_back();
    CHECK(other.hash() != plan.hash());
}

TEST_CASE("termservice enables and starts, and restarts only what hangs and can be stopped alone") {
    termservice::Facts facts;
    facts.term_service = running("TermService");
    facts.session_env = running("SessionEnv");
    facts.um_rdp_service = running("UmRdpService");
    facts.deny_connections = Setting{0, false, keys::terminal_server, "fDenyTSConnections"};
    std::vector<Finding> findings{
        {"termservice.disabled", Severity::critical, "", "TermService", {}, "termservice", ""}};
    const Result<std::vector<Session>> sessions = std::vector<Session>{};
    const auto plan_termservice = [&] {
        const TermServices services{facts.term_service, {{"UmRdpService", facts.um_rdp_service}}};
        return rdpmedic::plan_termservice({facts, findings, sessions, services});
    };
    SECTION("disabled and stopped") {
        facts.term_service->start = StartType::disabled;
        facts.term_service->state = ServiceState::stopped;
        const Plan plan = plan_termservice();
        REQUIRE(rungs(plan) == "start");
        CHECK(plan.rungs[0].changes.size() == 2);
    }
    SECTION("starting is not hanging") {
        facts.term_service->state = ServiceState::start_pending;
        CHECK(plan_termservice().rungs.empty());
    }
    SECTION("hung") {
        findings = {{"termservice.hung", Severity::critical, "", "TermService stop_pending", {}, "", ""}};
        facts.term_service->state = ServiceState::stop_pending;
        CHECK(rungs(plan_termservice()) == "restart");
        facts.term_service->services_in_process = 4;
        CHECK(plan_termservice().rungs.empty());
    }
    SECTION("switched off by policy") {
        facts.deny_connections = Setting{1, true, keys::terminal_services_policy, "fDenyTSConnections"};
        facts.term_service->start = StartType::disabled;
        const Plan plan = plan_termservice();
        CHECK(plan.rungs.empty());
        CHECK(plan.blocked_by_policy.find("fDenyTSConnections") != std::string::npos);
    }
}

TEST_CASE("a plan of nothing but disconnecting rungs needs consent; one with others does not") {
    Plan plan;
    plan.repair = "cert";
    plan.rungs.resize(1);
    plan.cures = {{"cert.expired", Severity::critical, "expired"}};
    plan.rungs[0].disconnects_sessions = true;
    plan.sessions = {"user07"};
    RepairRequest request{"cert", false, "", {}};
    const auto refusal = refusal_of(plan, request, {}, {}, now);
    REQUIRE(refusal.has_value());
    CHECK(refusal->kind == Refusal::Kind::sessions);
    CHECK(refusal->details == plan.sessions);
    request.disconnect_sessions = true;
    CHECK_FALSE(refusal_of(plan, request, {}, {}, now).has_value());
    request.disconnect_sessions = false;
    plan.rungs.emplace_back();
    CHECK_FALSE(refusal_of(plan, request, {}, {}, now).has_value());
    const std::vector<Attempt> attempts{{"cert", "", now, now, true}};
    CHECK(refusal_of(plan, request, attempts, {}, now)->kind == Refusal::Kind::cool_down);
    request.disconnect_sessions = true;
    CHECK_FALSE(refusal_of(plan, request, attempts, {}, now).has_value());
}

TEST_CASE("cured means gone, nothing critical new, and not blinder than before") {
    const Finding expired{"cert.expired", Severity::critical, "", "a"},
        next{"cert.expired", Severity::critical, "", "b"};
    const Finding blind{"cert.unknown", Severity::unknown, "", "key of a"},
        other{"cert.unknown", Severity::unknown, "", "key of b"};
    const Finding key{"cert.key_unreadable", Severity::critical, ""};
    CHECK(still_wrong({expired}, {expired}, {}).empty());
    CHECK(still_wrong({expired}, {expired, blind}, {other}).empty());
    CHECK_FALSE(still_wrong({expired}, {expired}, {next}).empty());
    CHECK_FALSE(still_wrong({expired}, {expired}, {key}).empty());
    CHECK_FALSE(still_wrong({expired}, {expired}, {blind}).empty());
}

TEST_CASE("what only some inverses carry is kept with them and read back") {
    const Change change = GENERATE(Change{RenameFile{"a", "b", true, true, {1}, {2}}},
                                   Change{AddCertificate{"My", "aa", {1}, "f", {2}, {3}}});
    const auto back = change_from_json(to_json(change));
    REQUIRE(back.has_value());
    CHECK(to_json(*back) == to_json(change));
    CHECK(to_json(Change{RenameFile{"a", "b", true}}).size() == 4); // as journals of before had it
    CHECK(to_json(Change{AddCertificate{"My", "aa", {1}, "f", {2}}}).size() == 6);
}

TEST_CASE("every change is read back as it was written, and what is not known is refused") {
    const Change change = GENERATE(
        Change{SetFileAccess{"p", {1, 255}}}, Change{SetRegistryAccess{{"k"}, {}}},
        Change{SetRegistryValue{{"k"}, "n", std::nullopt}},
        Change{SetRegistryValue{{"k"}, "n", RegistryValue{11, std::uint64_t{1} << 63}}},
        Change{SetRegistryValue{{"k"}, "n", RegistryValue{7, std::vector<std::string>{"a", "b"}}}},
        Change{SetServiceState{"s", ServiceState::stopped}}, Change{SetServiceStart{"s", StartType::automatic}},
        Change{DeleteCertificate{"My", "aa", "f"}}, Change{AddCertificate{"My", "aa", {1}, "f", {2}}},
        Change{RenameFile{"a", "b", true}}, Change{SetRegistryKey{{"k"}, false}},
        Change{SetRegistryTree{{"k"}, {{{"n", {4, 1u}}}, {{"sub", {{{"m", {3, Bytes{9}}}}, {}}}}}}},
        Change{SetServiceAccount{"s", "LocalSystem"}}, Change{SetServiceType{"s", 0x20}},
        Change{EndServiceProcess{"s", 7, now}}, Change{EndServiceProcess{"s", 7, std::nullopt}},
        Change{LinkCertificateKey{"My", "aa"}}, Change{MakeFolder{"p", {1}}}, Change{RemoveFolder{"p"}},
        Change{LogOffSession{3, "u"}}, Change{DisconnectSession{3, "u"}}, Change{TellSession{3, "u", "t", 60}},
        Change{SetFirewallRule{"i", "v2.30|", true}}, Change{AddFirewallRule{"n", 17, 3390, 3, "LocalSubnet"}},
        Change{RemoveFirewallRule{{"n", 6, 3390, 7, ""}}}, Change{RemoveWinsockProvider{1001, "n"}},
        Change{RestoreWinsock{{{{"n", {4, 1u}}}, {}}, "pushd winsock"}}, Change{RenewLease{"{1}", "Ethernet"}},
        Change{KeepAddress{"{1}", {"192.0.2.1/24"}}}, Change{ScheduleRestart{60, "t"}}, Change{CannotUndo{"w"}});
    const nlohmann::json json = to_json(change);
    const auto back = change_from_json(json);
    REQUIRE(back.has_value());
    CHECK(to_json(*back) == json);
    CHECK_FALSE(describe(change).empty());
    for (const auto& [name, value] : json.items()) {
        nlohmann::json without = json, wrong = json;
        without.erase(name);
        wrong[name] = nlohmann::json::array({1});
        CHECK(change_from_json(without).has_error());
        CHECK(change_from_json(wrong).has_error());
    }
    nlohmann::json more = json;
    more["surprise"] = 1;
    CHECK(change_from_json(more).error().code == Errc::malformed);
    CHECK(change_from_json(nlohmann::json::array()).has_error());
}
