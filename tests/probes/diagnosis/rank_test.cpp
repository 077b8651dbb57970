// Does the likeliest cause come first, for the right reasons?
#include "probes/diagnosis/rank.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

TEST_CASE("each finding that proves a cause brings it to the front") {
    // Alone, on a host that is otherwise well; where two causes share a proof, the first of them may be either.
    for (const Cause& cause : causes())
        for (const Sign& sign : cause.findings) {
            if (sign.weight != Weight::proof)
                continue;
            INFO(cause.id << " by " << sign.code);
            MadeAnswers answers;
            answers.quiet().saw(Kind::arrival).found(std::string(sign.code).c_str());
            const Diagnosis diagnosis = diagnosis_of(answers);
            const RankedCause& first = diagnosis.causes.front();
            REQUIRE(has(first.supports, "finding " + std::string(sign.code)));
            REQUIRE(first.confidence >= Confidence::likely);
            REQUIRE(cause_of(diagnosis, cause.id).confidence >= Confidence::likely);
            REQUIRE(diagnosis.conclusion ==
                    (first.cause.place == Place::host ? Conclusion::found : Conclusion::outside));
        }
}

TEST_CASE("each guide cause from S1 to S23 is in the table, in order") {
    int last = 0;
    std::vector<int> seen(24, 0);
    for (const Cause& cause : causes()) {
        if (cause.guide.empty())
            continue;
        const int number = std::stoi(std::string(cause.guide.substr(1)));
        REQUIRE(number >= last);
        last = number;
        ++seen.at(static_cast<std::size_t>(number));
    }
    for (int number = 1; number <= 23; ++number) {
        INFO("S" << number);
        REQUIRE(seen.at(static_cast<std::size_t>(number)) >= 1);
    }
}

TEST_CASE("every row of the table says what to do and what it cuts off") {
    std::vector<std::string_view> ids;
    for (const Cause& cause : causes()) {
        INFO(cause.id);
        REQUIRE_FALSE(cause.title.empty());
        REQUIRE_FALSE(cause.advice.empty());
        REQUIRE_FALSE(cause.disruption.empty());
        REQUIRE(std::find(ids.begin(), ids.end(), cause.id) == ids.end());
        ids.push_back(cause.id);
        REQUIRE(cause.findings.size() + cause.events.size() > 0);
    }
}

TEST_CASE("a key that cannot be read, with its events, is certain, and repaired by cert") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::key_unreadable, 4, std::chrono::minutes{2}, {"36870 at 12:00"});
    Finding unreadable = finding("cert.key_unreadable");
    unreadable.repair = "cert";
    unreadable.evidence = {"no entry for S-1-5-20"};
    answers.found(unreadable).found("handshake.tls_reset");
    const Diagnosis diagnosis = diagnosis_of(answers);
    const RankedCause& first = diagnosis.causes.front();
    REQUIRE(first.cause.guide == "S2");
    REQUIRE(first.confidence == Confidence::certain);
    REQUIRE(first.repair == "cert");
    REQUIRE(first.opposes.empty());
    REQUIRE(has(first.supports, "event key_unreadable"));
    REQUIRE(has(first.supports, "decision 5"));
    REQUIRE(first.supports.front().details == std::vector<std::string>{"no entry for S-1-5-20"});
    REQUIRE(diagnosis.conclusion == Conclusion::found);
    REQUIRE(diagnosis.verdict.find("private key") != std::string::npos);
}

TEST_CASE("36870 alone points at the key, less surely") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::key_unreadable).unread("cert").unread("handshake");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "key_unreadable");
    REQUIRE(diagnosis.causes.front().confidence < Confidence::certain);
    REQUIRE(diagnosis.causes.front().unread == std::vector<std::string>{"cert", "handshake"});
}

TEST_CASE("36870 of another service is not ours: our own handshake gets through") {
    MadeAnswers answers;
    answers.saw(Kind::key_unreadable, 2, std::chrono::minutes{30}); // and a client logged on after it
    const RankedCause key = cause_of(diagnosis_of(answers), "key_unreadable");
    REQUIRE(has(key.opposes, "probe handshake"));
    REQUIRE(has(key.opposes, "event logon"));
    REQUIRE(key.confidence <= Confidence::possible);
}

TEST_CASE("events of Schannel that came without a client of RDP are a hint") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::key_unreadable);
    const Diagnosis of_rdp = diagnosis_of(answers);
    REQUIRE(cause_of(of_rdp, "key_unreadable").supports.front().weight == Weight::strong);
    answers.events->seen[Kind::key_unreadable].of_rdp = 0;
    const Diagnosis of_others = diagnosis_of(answers);
    REQUIRE(cause_of(of_others, "key_unreadable").supports.front().weight == Weight::hint);
    answers.events->ours_by_kind[Kind::key_unreadable] = 1; // one of them was caused by our own handshake
    REQUIRE(cause_of(diagnosis_of(answers), "key_unreadable").supports.front().weight == Weight::strong);
    answers.events->seen.erase(Kind::key_unreadable); // all of them
    REQUIRE(has(cause_of(diagnosis_of(answers), "key_unreadable").supports, "event key_unreadable"));
}

TEST_CASE("a logon before the fault does not speak against it") {
    MadeAnswers answers;
    answers.saw(Kind::logon, 1, std::chrono::minutes{30}).saw(Kind::key_unreadable, 2, std::chrono::minutes{5});
    answers.found("handshake.tls_reset");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "key_unreadable");
    REQUIRE(diagnosis.causes.front().opposes.empty());
}

TEST_CASE("an expired certificate is one cause, whoever says so") {
    MadeAnswers answers;
    answers.found("cert.expired").found("handshake.certificate_expired");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "certificate_expired");
    REQUIRE(diagnosis.causes.front().confidence == Confidence::certain);
    REQUIRE(has(diagnosis.causes.front().supports, "finding cert.expired"));
    REQUIRE(has(diagnosis.causes.front().supports, "finding handshake.certificate_expired"));
    REQUIRE(diagnosis.causes.at(1).confidence < Confidence::likely);
}

TEST_CASE("events name the layer: protocols, ciphers, credentials") {
    struct Row {
        Kind kind;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{Kind::tls_protocols_disabled, "tls_protocols"},
                                          {Kind::no_common_cipher, "tls_ciphers"},
                                          {Kind::key_unreadable, "key_unreadable"}}));
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(row.kind).found("handshake.tls_alert");
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == row.cause);
}

TEST_CASE("refused credentials are outside this host") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::bad_credentials);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "credentials");
    REQUIRE(diagnosis.conclusion == Conclusion::outside);
}

TEST_CASE("nothing found and nobody came: outside this host, with advice for the client") {
    MadeAnswers answers;
    answers.quiet();
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::outside);
    REQUIRE(diagnosis.causes.front().cause.id == "not_arriving");
    REQUIRE(diagnosis.verdict.find("no client has reached it since") != std::string::npos);
    for (const char* id : {"credssp", "wrong_name", "client"}) {
        INFO(id);
        REQUIRE(cause_of(diagnosis, id).confidence == Confidence::possible);
    }
    // It has an arrival over TCP, and one over UDP.
    REQUIRE(cause_of(diagnosis, "udp_transport").confidence == Confidence::unlikely);
}

TEST_CASE("a fault on the host comes before a client that has not come yet") {
    MadeAnswers answers;
    answers.quiet().found("firewall.no_allow_rule");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "firewall_closed");
    REQUIRE(diagnosis.conclusion == Conclusion::found);
}

TEST_CASE("a flood of strangers is noise, not a fault and not an arrival") {
    MadeAnswers answers;
    answers.saw(Kind::arrival, 9000).saw(Kind::bad_credentials, 4000).saw(Kind::security_layer_failed, 3000);
    answers.saw(Kind::transport_failed, 2000);
    const Diagnosis flooded = diagnosis_of(answers);
    REQUIRE(flooded.conclusion != Conclusion::found);
    REQUIRE(flooded.causes.front().confidence < Confidence::likely);
    REQUIRE(cause_of(flooded, "credentials").confidence == Confidence::unlikely);
    REQUIRE_FALSE(has(cause_of(flooded, "not_arriving").opposes, "event arrival"));
    REQUIRE(has(flooded.notes, "left out as noise: 18000 events"));
    answers.found("cert.key_unreadable").found("handshake.tls_reset"); // a fault still shows
    REQUIRE(diagnosis_of(answers).causes.front().cause.id == "key_unreadable");
}

TEST_CASE("Remote Desktop that is switched off is a choice for its probe and a cause here") {
    MadeAnswers answers;
    answers.quiet().found("termservice.rdp_off", Severity::info).found("handshake.rdp_off", Severity::info);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.guide == "S10");
    REQUIRE(diagnosis.causes.front().confidence == Confidence::certain);
}

TEST_CASE("an info is no more than a hint, and a warning no proof") {
    MadeAnswers answers;
    answers.found("cert.none", Severity::info);
    REQUIRE(cause_of(diagnosis_of(answers), "certificate_not_made").supports.front().weight == Weight::hint);
    MadeAnswers other;
    other.found("cert.expired", Severity::warning);
    REQUIRE(cause_of(diagnosis_of(other), "certificate_expired").supports.front().weight == Weight::strong);
}

TEST_CASE("a policy that owns the setting is named") {
    MadeAnswers answers;
    Finding off = finding("termservice.rdp_off", Severity::info);
    off.policy = "HKLM\\...: fDenyTSConnections";
    answers.found(off);
    REQUIRE(diagnosis_of(answers).causes.front().policies == std::vector<std::string>{off.policy});
}

TEST_CASE("a finding that no cause explains is said") {
    MadeAnswers answers;
    answers.found("cert.something_new", Severity::warning);
    REQUIRE(has(diagnosis_of(answers).notes, "no cause in the table explains cert.something_new"));
}

TEST_CASE("what keeps users out once Remote Desktop is switched on is said beside it") {
    struct Row {
        const char* code;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{"firewall.rules_disabled", "firewall_closed"},
                                          {"firewall.local_rules_ignored", "firewall_closed"},
                                          {"interference.ipsec_required", "ipsec_required"},
                                          {"listener.nla_invalid", "nla_refused"},
                                          {"listener.security_layer_invalid", "security_layer"}}));
    INFO(row.code);
    MadeAnswers answers;
    answers.quiet().found(row.code, Severity::info);
    const RankedCause on = cause_of(diagnosis_of(answers), row.cause);
    REQUIRE(on.supports.front().weight == Weight::hint);
    answers.found("termservice.rdp_off", Severity::info).found("handshake.rdp_off", Severity::info);
    const Diagnosis off = diagnosis_of(answers);
    REQUIRE(off.causes.front().cause.id == "rdp_disabled");
    REQUIRE(off.causes.front().confidence == Confidence::certain);
    REQUIRE(off.verdict.find("Beside it: " + std::string(on.cause.title)) != std::string::npos);
    REQUIRE(off.causes.front().cause.advice.find("the repair firewall") != std::string_view::npos);
}
