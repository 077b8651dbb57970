// Does each form of a diagnosis say all of it, and nothing that the host could smuggle in?
#include "probes/diagnosis/render.hpp"
#include "probes/diagnosis/repair_options.hpp"
#include "tests/probes/diagnosis/answers.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

Diagnosis key_unreadable() {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::key_unreadable, 4, std::chrono::minutes{2}, {"36870 <at> 12:00"});
    Finding unreadable = finding("cert.key_unreadable", Severity::critical, "NETWORK SERVICE may not read \"it\"");
    unreadable.repair = "cert";
    unreadable.evidence = {"no entry for S-1-5-20"};
    answers.found(unreadable).found("handshake.tls_reset").unread("dns");
    answers.questions = {{"cert", "Will the certificate be accepted?"}};
    return diagnosis_of(answers);
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("the text says codes, verdict, first causes, repair and what was not read") {
    const std::string text = to_text(key_unreadable());
    INFO(text);
    for (const char* part :
         {"0x904 (2308): the socket was closed", "disconnectReasonAtClientWinsockFDCLOSE, documented: https://",
          "0x7 (7): the host denied the connection", "1. certain   key_unreadable",
          "for       finding cert.key_unreadable", "no entry for S-1-5-20", "repair    rdpmedic repair cert",
          "cuts off", "Could not be read:\n   dns: ", "contradicted: 0x904 belongs to licensing"})
        REQUIRE(holds(text, part));
    REQUIRE_FALSE(holds(text, "unlikely"));
}

TEST_CASE("the text lets no control character through") {
    MadeAnswers answers;
    answers.found(finding("cert.expired", Severity::critical, "red \x1b[31m and\nnext line"));
    const std::string text = to_text(diagnosis_of(answers));
    REQUIRE_FALSE(holds(text, "\x1b"));
    REQUIRE(holds(text, "red ?[31m and?next line"));
}

TEST_CASE("the JSON has its documented members") {
    const nlohmann::ordered_json json = to_json(key_unreadable());
    std::vector<std::string> members;
    for (const auto& [name, value] : json.items())
        members.push_back(name);
    REQUIRE(members == std::vector<std::string>{"time", "at", "code", "extended", "conclusion", "verdict", "next",
                                                "causes", "decisions", "checklist", "unread", "notes", "claims"});
    REQUIRE(json["code"]["hex"] == "0x904");
    REQUIRE(json["code"]["known"] == "documented");
    REQUIRE(json["conclusion"] == "found");
    const auto& first = json["causes"][0];
    REQUIRE(first["id"] == "key_unreadable");
    REQUIRE(first["guide"] == "S2");
    REQUIRE(first["confidence"] == "certain");
    REQUIRE(first["repair"] == "/repair/cert");
    REQUIRE(first["for"][0]["source"] == "finding cert.key_unreadable");
    REQUIRE(first["for"][0]["weight"] == "proof");
    REQUIRE(json["causes"].size() == causes().size());
    REQUIRE(json["decisions"].size() == 9);
    REQUIRE(json["checklist"].size() == 16);
    REQUIRE(json["checklist"][1]["question"] == "Will the certificate be accepted?");
    REQUIRE(json["unread"].size() == 1);
    REQUIRE(to_json(diagnosis_of(MadeAnswers{}, {}))["code"].is_null());
}

TEST_CASE("the page holds meaning, verdict, causes, checklist and the decision flow") {
    const std::string page = to_html(key_unreadable(), "HOST1", "1.2.3");
    for (const char* part :
         {"<h2>What the client shows</h2>", "class=\"verdict\"", "<h2>Causes, the likeliest first</h2>",
          "<h2>Checklist</h2>", "<h2>Where the connection ends: the decision aid</h2>", "rdpmedic repair cert",
          "Will the certificate be accepted?", "could not be read", "RDP diagnosis of HOST1", "nothing found"})
        REQUIRE(holds(page, part));
}

TEST_CASE("a repair is named with the option without which it leaves the finding alone") {
    MadeAnswers answers;
    Finding drained = finding("listener.drain_mode", Severity::warning);
    drained.repair = "listener";
    answers.found(drained);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "logons_refused");
    REQUIRE(diagnosis.causes.front().options == std::vector<std::string>{"end_drain=true"});
    const std::string command = "rdpmedic repair listener --option end_drain=true";
    REQUIRE(holds(to_text(diagnosis), command));
    REQUIRE(holds(to_html(diagnosis, "HOST1", "1.2.3"), command));
    const nlohmann::ordered_json cause = to_json(diagnosis)["causes"][0];
    REQUIRE(cause["repair"] == "/repair/listener");
    REQUIRE(cause["options"] == nlohmann::ordered_json{{"end_drain", "true"}});
    REQUIRE_FALSE(to_json(key_unreadable())["causes"][0].contains("options"));
}

TEST_CASE("whose decision a repair needs is known of each finding") {
    const auto option = [](const char* code, const char* repair, const char* policy = "", const char* subject = "") {
        Finding one = finding(code);
        one.repair = repair;
        one.policy = policy;
        one.subject = subject;
        return std::string(option_of(one));
    };
    CHECK(option("listener.drain_mode", "listener") == "end_drain=true");
    CHECK(option("listener.drain_mode", "").empty());
    CHECK(option("listener.port_stolen", "listener", "", "TCP") == "stop_port_owner=true");
    CHECK(option("firewall.rules_disabled", "firewall", "", "public") == "public_profile=true");
    CHECK(option("firewall.rules_disabled", "firewall", "", "domain").empty());
    CHECK(option("tls.no_rsa_suite", "tls", "Functions") == "remove_cipher_policy=true");
    CHECK(option("tls.no_rsa_suite", "tls").empty());
    CHECK(option("cert.expired", "cert").empty());
}

TEST_CASE("the option is named whichever of the findings of a repair needs it, and not for one without the repair") {
    const auto closed = [](const char* profile, const char* repair) {
        Finding one = finding("firewall.no_allow_rule");
        one.subject = profile;
        one.repair = repair;
        return one;
    };
    const auto options = [](const MadeAnswers& answers) {
        const Diagnosis diagnosis = diagnosis_of(answers);
        REQUIRE(diagnosis.causes.front().cause.id == "firewall_closed");
        REQUIRE(diagnosis.causes.front().repair == "firewall");
        return diagnosis.causes.front().options;
    };
    MadeAnswers both, by_policy;
    both.quiet().found(closed("private", "firewall")).found(closed("public", "firewall"));
    CHECK(options(both) == std::vector<std::string>{"public_profile=true"});
    by_policy.quiet().found(closed("private", "firewall")).found(closed("public", ""));
    CHECK(options(by_policy).empty());
}

TEST_CASE("the page names no user of the event logs, and text and JSON do") {
    MadeAnswers answers;
    const std::string refused = "2026-01-15T08:30:00Z Auditing 4625 IpAddress=192.0.2.7 LogonType=3 Status=0xc000006d "
                                "SubStatus=0xc000006a TargetUserName=Jane Doe";
    answers.no_logon().saw(Kind::bad_credentials, 3, std::chrono::minutes{1}, {refused});
    Finding guessing = finding("events.password_guessing", Severity::info);
    guessing.evidence = {refused, "60 events from then to now"};
    answers.found(guessing);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(holds(to_text(diagnosis), "TargetUserName=Jane Doe"));
    REQUIRE(holds(to_json(diagnosis).dump(), "Jane Doe"));
    const std::string page = to_html(diagnosis, "HOST1", "1.2.3");
    REQUIRE_FALSE(holds(page, "Jane"));
    REQUIRE(holds(page, "4625 IpAddress=192.0.2.7 LogonType=3 Status=0xc000006d SubStatus=0xc000006a</li>"));
    REQUIRE(holds(page, "60 events from then to now"));
    REQUIRE(holds(page, "This page names this host, addresses of clients"));
}

TEST_CASE("the head of the page says of which users it still holds the names") {
    MadeAnswers answers;
    Finding left_out = finding("access.group_left_out", Severity::warning);
    left_out.evidence = {R"(members of Remote Desktop Users (S-1-5-32-555): EXAMPLE\jane)"};
    answers.found(left_out);
    const std::string page = to_html(diagnosis_of(answers), "HOST1", "1.2.3");
    REQUIRE(holds(page, R"(EXAMPLE\jane)"));
    const std::string head = page.substr(0, page.find("class=\"verdict\""));
    for (const char* whom : {"those whose sessions are in the way", "members of groups"})
        REQUIRE(holds(head, whom));
}

TEST_CASE("what an event says of the fault stays, and who it was goes") {
    struct Row {
        const char* line;
        const char* left;
    };
    const std::string time = "2026-01-15T08:30:00Z ";
    const Row row = GENERATE(values<Row>({
        {"LocalSessionManager 21 Address=192.0.2.7 SessionID=2 User=EXAMPLE\\jane",
         "LocalSessionManager 21 Address=192.0.2.7 SessionID=2"},
        {"RemoteConnectionManager 1149 Param1=jane Param2=EXAMPLE Param3=192.0.2.7",
         "RemoteConnectionManager 1149 Param3=192.0.2.7"},
        {"RemoteConnectionManager 1158 Param1=192.0.2.7", "RemoteConnectionManager 1158 Param1=192.0.2.7"},
        {"RemoteConnectionManager 1058 Access is denied.", "RemoteConnectionManager 1058 Access is denied."},
        {"Client 1296 param1=EXAMPLE\\jane param2=The broker is not ready.", "Client 1296"},
        {"Something 7 jane did it", "Something 7"},
        {"Service Control Manager 7023 service=TermService param1=Remote Desktop Services param2=%%126",
         "Service Control Manager 7023 service=TermService"},
        {"LocalSessionManager 41 SessionID=3, without 42", "LocalSessionManager 41 SessionID=3, without 42"},
        {"Auditing 4625 Status=0xc000006d TargetUserName=x LogonType=jane",
         "Auditing 4625 Status=0xc000006d LogonType=jane"},
        {"Schannel 36870 ErrorCode=0x8009030D Type=server", "Schannel 36870 ErrorCode=0x8009030D Type=server"},
    }));
    CHECK(without_names(time + row.line) == time + row.left);
    CHECK(without_names("no entry for User=jane") == "no entry for User=jane"); // no sample of an event
}

TEST_CASE("the page needs nothing else and runs nothing") {
    const std::string page = to_html(key_unreadable(), "HOST1", "1.2.3");
    for (const char* part : {"<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "onload", "href="})
        REQUIRE_FALSE(holds(page, part));
    REQUIRE(holds(page, "default-src 'none'"));
}

TEST_CASE("everything that the host says is escaped") {
    const std::string evil = "<script>alert('1')</script>\"&\x01";
    MadeAnswers answers;
    Finding bad = finding("cert.key_unreadable", Severity::critical, evil);
    bad.code = "cert.key_unreadable";
    bad.evidence = {evil};
    bad.policy = bad.repair = bad.subject = evil;
    answers.found(bad).found(finding("cert.new" + evil, Severity::warning, evil));
    answers.found(finding("cert.unknown", Severity::unknown, evil));
    answers.saw(Kind::key_unreadable, 1, std::chrono::minutes{1}, {evil});
    answers.events->unread[evil] = Error{Errc::io, 1, evil};
    answers.reports[evil] = Error{Errc::io, 1, evil};
    answers.questions = {{"cert", evil}};
    const std::string page = to_html(diagnosis_of(answers), evil, evil);
    REQUIRE_FALSE(holds(page, "<script"));
    REQUIRE_FALSE(holds(page, "alert('"));
    REQUIRE_FALSE(holds(page, "\x01"));
    REQUIRE(holds(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
    REQUIRE(escape_html("a<b>&\"'\x7f") == "a&lt;b&gt;&amp;&quot;&#39; ");
}
