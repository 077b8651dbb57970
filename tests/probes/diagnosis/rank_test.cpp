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

TEST_CASE("a network provider whose file is gone leads to the session that does not start") {
    MadeAnswers answers;
    answers.saw(Kind::session_manager_slow).found("network.provider_missing", Severity::warning);
    const RankedCause ranked = cause_of(diagnosis_of(answers), "session_start");
    REQUIRE(has(ranked.supports, "finding network.provider_missing"));
    REQUIRE(ranked.confidence == Confidence::likely);
}

TEST_CASE("full packets that get lost speak for a poor network, and hardly where only echo loses them") {
    for (const Severity severity : {Severity::warning, Severity::info}) {
        MadeAnswers answers;
        answers.found("network.large_packets_lost", severity);
        const RankedCause ranked = cause_of(diagnosis_of(answers), "poor_network");
        REQUIRE_FALSE(ranked.supports.empty());
        REQUIRE(ranked.supports.front().source == "finding network.large_packets_lost");
        REQUIRE(ranked.supports.front().weight == (severity == Severity::info ? Weight::hint : Weight::strong));
    }
}

TEST_CASE("36870 alone points at the key, less surely") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).saw(Kind::key_unreadable).unread("cert").unread("handshake");
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "key_unreadable");
    REQUIRE(diagnosis.causes.front().confidence < Confidence::certain);
    REQUIRE(diagnosis.causes.front().unread == std::vector<std::string>{"cert", "handshake"});
}

TEST_CASE("clients whose connection was closed early are a hint at what closes it, and not where strangers come") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::closed_early).found("handshake.reset_before_reply");
    for (const char* id : {"closed_before_answer", "security_product", "connection_limit"})
        REQUIRE(has(cause_of(diagnosis_of(answers), id).supports, "event closed_early"));
    answers.saw(Kind::bad_credentials, 150);
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "closed_before_answer").supports, "event closed_early"));
}

TEST_CASE("a time limit that is set is shown with the sessions that were cut off") {
    MadeAnswers answers;
    Finding limit = finding("sessions.time_limit", Severity::info);
    limit.evidence = {"MaxIdleTime = 600000"};
    limit.policy = "MaxIdleTime";
    answers.saw(Kind::session_limit_reached).found(limit);
    const RankedCause ended = cause_of(diagnosis_of(answers, {0x2, 0x3}), "session_ended_by_limit");
    REQUIRE(ended.supports.front().details == std::vector<std::string>{"MaxIdleTime = 600000"});
    REQUIRE(ended.policies == std::vector<std::string>{"MaxIdleTime"});
    REQUIRE(ended.confidence == Confidence::likely); // extended code 3: the idle limit
    // The limit alone is nothing.
    REQUIRE(cause_of(diagnosis_of(answers, {}), "session_ended_by_limit").confidence == Confidence::unlikely);
}

TEST_CASE("licences that clients did not get support what the licensing probe has found, and alone are less") {
    MadeAnswers answers;
    answers.saw(Kind::licensing_failed, 1, std::chrono::minutes{5},
                {"2026-02-02T02:35:00Z RemoteConnectionManager 1003 Param1=PC07"});
    const RankedCause alone = cause_of(diagnosis_of(answers), "licensing");
    REQUIRE(has(alone.supports, "event licensing_failed"));
    REQUIRE(has(alone.opposes, "probe licensing"));
    REQUIRE(alone.confidence == Confidence::unlikely);
    REQUIRE(has(cause_of(diagnosis_of(answers), "client").supports, "event licensing_failed")); // its own licence
    answers.found("licensing.server_unusable", Severity::warning);
    const RankedCause found = cause_of(diagnosis_of(answers), "licensing");
    REQUIRE(has(found.supports, "finding licensing.server_unusable"));
    REQUIRE(found.confidence == Confidence::likely);
    answers.saw(Kind::licensing_failed, 1, std::chrono::minutes{5}, {"RemoteConnectionManager 1028"});
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "client").supports, "event licensing_failed"));
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

TEST_CASE("nothing found and event logs that cannot be read: it cannot be told") {
    MadeAnswers answers;
    answers.events = Error{Errc::access_denied, 5, "EvtQuery(System)"};
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE(diagnosis.verdict.find("Cannot tell") == 0);
    REQUIRE(has(diagnosis.unread, "events: access denied (5) at EvtQuery(System)"));
}

TEST_CASE("arrivals that could not be read are not arrivals that did not come") {
    MadeAnswers answers;
    answers.quiet();
    answers.events->unread["transport"] = answers.events->unread["listener"] =
        Error{Errc::access_denied, 5, "EvtQuery"};
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
    REQUIRE_FALSE(has(cause_of(diagnosis, "not_arriving").supports, "event arrival"));
    answers.events->unread.erase("listener"); // one of the two is enough
    REQUIRE(diagnosis_of(answers).conclusion == Conclusion::outside);
}

TEST_CASE("what the events probe has found stands in where the logs cannot be read just now") {
    MadeAnswers answers;
    answers.found("events.key_unreadable", Severity::warning);
    REQUIRE_FALSE(has(cause_of(diagnosis_of(answers), "key_unreadable").supports, "finding events.key_unreadable"));
    REQUIRE(diagnosis_of(answers).notes.empty());
    answers.events = Error{Errc::timed_out, 0, "EvtNext"};
    REQUIRE(has(cause_of(diagnosis_of(answers), "key_unreadable").supports, "finding events.key_unreadable"));
}

TEST_CASE("a host of which nothing could be read is never called healthy") {
    MadeAnswers answers;
    for (auto& [probe, report] : answers.reports)
        report = Error{Errc::unsupported, 0, "nothing here"};
    answers.events = Error{Errc::unsupported, 0, "nothing here"};
    for (const Question& question : {Question{}, Question{0x904, 0x7}}) {
        const Diagnosis diagnosis = diagnosis_of(answers, question);
        REQUIRE(diagnosis.conclusion == Conclusion::cannot_tell);
        REQUIRE(diagnosis.unread.size() == answers.reports.size() + 1);
        REQUIRE(diagnosis.causes.front().confidence <= Confidence::possible);
    }
    REQUIRE(diagnose({}, {}, diagnosed_at).conclusion == Conclusion::cannot_tell); // no probe at all
}

TEST_CASE("one unknown answer is enough not to say that nothing was found") {
    MadeAnswers answers;
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
    answers.found(finding("winsock.unknown", Severity::unknown, "access denied"));
    REQUIRE(diagnosis_of(answers, {}).conclusion == Conclusion::cannot_tell);
}

TEST_CASE("an ACL that cannot be read is not an ACL without the right") {
    MadeAnswers answers;
    answers.found(finding("cert.unknown", Severity::unknown, "access denied (5) at GetNamedSecurityInfoW"));
    const RankedCause key = cause_of(diagnosis_of(answers), "key_unreadable");
    REQUIRE(key.confidence == Confidence::unlikely);
    REQUIRE(key.unread == std::vector<std::string>{"cert"});
    REQUIRE(key.reason.find("could not be read: cert") != std::string::npos);
}

TEST_CASE("a probe that could not be read makes a proof less sure and is named") {
    MadeAnswers answers;
    answers.found("tls.no_rsa_suite").saw(Kind::no_common_cipher, 2, std::chrono::minutes{1});
    answers.found("handshake.tls_alert");
    REQUIRE(diagnosis_of(answers).causes.front().confidence == Confidence::certain);
    answers.events = Error{Errc::timed_out, 0, "EvtNext"};
    const Diagnosis blind = diagnosis_of(answers);
    REQUIRE(blind.causes.front().cause.id == "tls_ciphers");
    REQUIRE(blind.causes.front().confidence == Confidence::likely);
    REQUIRE(blind.causes.front().reason.find("could not be read: events") != std::string::npos);
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

TEST_CASE("a listener that another product took the place of is a cause, and clears no other") {
    MadeAnswers answers;
    answers.quiet()
        .found("listener.third_party_stack", Severity::info)
        .found("handshake.third_party_stack", Severity::info);
    const Diagnosis diagnosis = diagnosis_of(answers);
    REQUIRE(diagnosis.causes.front().cause.id == "third_party_stack");
    REQUIRE(diagnosis.causes.front().confidence == Confidence::likely);
    REQUIRE(diagnosis.conclusion == Conclusion::found);
    REQUIRE_FALSE(has(cause_of(diagnosis, "key_unreadable").opposes, "probe handshake"));
    REQUIRE(cause_of(diagnosis, "service_down").confidence < Confidence::likely);
}

TEST_CASE("an info is no more than a hint, and a warning no proof") {
    MadeAnswers answers;
    answers.found("cert.none", Severity::info);
    REQUIRE(cause_of(diagnosis_of(answers), "certificate_not_made").supports.front().weight == Weight::hint);
    MadeAnswers other;
    other.found("cert.expired", Severity::warning);
    REQUIRE(cause_of(diagnosis_of(other), "certificate_expired").supports.front().weight == Weight::strong);
}

TEST_CASE("the codes of the client lead to their causes") {
    struct Row {
        std::optional<std::uint32_t> code, extended;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{0x104, {}, "wrong_name"},
                                          {0x106, {}, "client"},
                                          {0x807, {}, "credentials"},
                                          {0x808, {}, "licensing"},
                                          {0x1607, {}, "credssp"},
                                          {0x1807, {}, "domain_unreachable"},
                                          {0x1B07, {}, "certificate_expired"},
                                          {0xB09, {}, "nla_refused"},
                                          {0x3000008, {}, "gateway"},
                                          {0x708, {}, "local_tunnel"},
                                          {{}, 0x3, "session_ended_by_limit"},
                                          {{}, 0x5, "session_conflict"},
                                          {{}, 0x6, "resources"},
                                          {{}, 0x8, "tls_ciphers"},
                                          {{}, 0x9, "logon_not_allowed"},
                                          {{}, 0x101, "licensing"},
                                          {{}, 0x10B, "client"}}));
    INFO(row.cause);
    MadeAnswers answers;
    for (auto& [probe, report] : answers.reports)
        report = Error{Errc::unsupported, 0, "nothing here"};
    REQUIRE(diagnosis_of(answers, {row.code, row.extended}).causes.front().cause.id == row.cause);
}

TEST_CASE("0x904 alone makes nothing possible: it fits everything") {
    const Diagnosis diagnosis = diagnosis_of(MadeAnswers{}, {0x904, {}});
    for (const RankedCause& ranked : diagnosis.causes) {
        INFO(ranked.cause.id << ": " << ranked.reason);
        REQUIRE(ranked.confidence <= Confidence::possible);
    }
    REQUIRE(cause_of(diagnosis, "adapter_power").confidence == Confidence::unlikely);
}

TEST_CASE("a code that proves contact speaks against causes without any") {
    struct Row {
        std::optional<std::uint32_t> code, extended;
    };
    const Row row = GENERATE(values<Row>({{0x807, {}}, {0x1B07, {}}, {0x808, {}}, {0x904, 0x5}, {{}, 0xC}}));
    MadeAnswers answers;
    answers.quiet();
    const Diagnosis diagnosis = diagnosis_of(answers, {row.code, row.extended});
    for (const char* id : {"not_arriving", "machine_unreachable", "firewall_closed", "no_network"}) {
        INFO(id);
        CHECK(cause_of(diagnosis, id).confidence == Confidence::unlikely);
    }
    CHECK(diagnosis.causes.front().cause.id != "not_arriving");
}

TEST_CASE("0x904 with 0x7 proves no contact: it was seen where nothing had arrived") {
    MadeAnswers answers;
    answers.quiet();
    CHECK(diagnosis_of(answers, {0x904, 0x7}).causes.front().cause.id == "not_arriving");
}

TEST_CASE("clients that came do not speak against one that had no connection") {
    const MadeAnswers answers; // others have come and logged on
    const Diagnosis diagnosis = diagnosis_of(answers, {0x204, {}});
    CHECK(diagnosis.causes.front().cause.id == "not_arriving");
    CHECK(diagnosis.conclusion == Conclusion::possible);
    CHECK(diagnosis.verdict.find("outside this host") != std::string::npos);
}

TEST_CASE("an expired certificate that the host does not have is the gateway's") {
    CHECK(diagnosis_of(MadeAnswers{}, {0x1B07, {}}).causes.front().cause.id == "gateway");
    MadeAnswers answers;
    answers.found("cert.expired");
    CHECK(diagnosis_of(answers, {0x1B07, {}}).causes.front().cause.id == "certificate_expired");
}

TEST_CASE("licences that the host has to give are the client's fault") {
    CHECK(diagnosis_of(MadeAnswers{}, {0x808, {}}).causes.front().cause.id == "client");
    MadeAnswers answers;
    answers.found("licensing.grace_over");
    CHECK(diagnosis_of(answers, {0x808, {}}).causes.front().cause.id == "licensing");
}

TEST_CASE("a gateway is on this host where its probe finds something, and in front of it where a code alone says so") {
    MadeAnswers answers;
    const Diagnosis in_front = diagnosis_of(answers, {0x3000008, {}});
    CHECK(in_front.causes.front().cause.id == "gateway");
    CHECK(in_front.causes.front().cause.place == Place::network);
    answers.found("gateway.certificate_expired");
    const Diagnosis here = diagnosis_of(answers, {0x3000008, {}});
    CHECK(here.causes.front().cause.place == Place::host);
    CHECK(here.conclusion == Conclusion::found);
}

TEST_CASE("the log of the gateway speaks for it, and a client that got through later against it") {
    MadeAnswers answers;
    answers.saw(Kind::gateway_certificate).saw(Kind::gateway_refused).saw(Kind::gateway_unreachable);
    answers.saw(Kind::gateway_connected, 1, std::chrono::minutes{9});
    const RankedCause before = cause_of(diagnosis_of(answers, {0x3000008, {}}), "gateway");
    CHECK(has(before.supports, "event gateway_certificate"));
    CHECK(has(before.supports, "event gateway_refused"));
    CHECK(has(before.supports, "event gateway_unreachable"));
    CHECK_FALSE(has(before.opposes, "event gateway_connected"));
    CHECK(before.confidence >= Confidence::likely);
    answers.saw(Kind::gateway_connected, 1, std::chrono::minutes{1});
    CHECK(has(cause_of(diagnosis_of(answers, {0x3000008, {}}), "gateway").opposes, "event gateway_connected"));
}

TEST_CASE("an empty list of curves is a cause for which hosts and clients have no suite in common") {
    MadeAnswers answers;
    answers.quiet().saw(Kind::arrival).found("tls.curve_list_empty").found("handshake.tls_alert");
    CHECK(diagnosis_of(answers).causes.front().cause.id == "tls_ciphers");
}

TEST_CASE("a broker that was renamed is a cause of its own") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::authenticated).saw(Kind::broker_failed).saw(Kind::broker_not_ready);
    const Diagnosis diagnosis = diagnosis_of(answers);
    CHECK(diagnosis.causes.front().cause.id == "broker_renamed");
    CHECK(diagnosis.conclusion == Conclusion::found);
    answers.saw(Kind::logon, 1, std::chrono::minutes{1}); // an administrator, whom no broker directs
    CHECK(cause_of(diagnosis_of(answers), "broker_renamed").confidence == Confidence::likely);
    answers.no_logon().saw(Kind::authenticated);
    answers.events->seen.erase(Kind::broker_failed); // a broker that still starts
    CHECK(cause_of(diagnosis_of(answers), "broker_renamed").confidence <= Confidence::possible);
}

TEST_CASE("a connection that the logged-on user declined is a conflict of sessions") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::connection_declined);
    const RankedCause alone = cause_of(diagnosis_of(answers, {}), "session_conflict");
    CHECK(alone.confidence == Confidence::possible);
    answers.found("sessions.duplicate", Severity::warning);
    CHECK(cause_of(diagnosis_of(answers, {}), "session_conflict").confidence == Confidence::likely);
}

TEST_CASE("two users of a client edition are evidence of a conflict of sessions, and no cause by themselves") {
    MadeAnswers answers;
    answers.found("sessions.one_user_at_a_time", Severity::info);
    CHECK(cause_of(diagnosis_of(answers, {}), "session_conflict").confidence == Confidence::unlikely);
}

TEST_CASE("a list of the listener that lets nobody in is why the user may not log on") {
    const char* code = GENERATE("access.listener_denied", "access.listener_nobody_allowed");
    MadeAnswers answers;
    answers.found(code);
    const Diagnosis diagnosis = diagnosis_of(answers);
    INFO(code);
    CHECK(diagnosis.causes.front().cause.id == "logon_not_allowed");
    CHECK(diagnosis.conclusion == Conclusion::found);
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
