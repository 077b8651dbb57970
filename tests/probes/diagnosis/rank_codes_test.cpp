// Do the numbers that a client shows lead to their causes, and against those that they rule out?
#include "probes/diagnosis/rank.hpp"
#include "tests/probes/diagnosis/ranked.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

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
                                          {{}, 0x8, "fips_required"},
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

TEST_CASE("a fault that shows only in a connection does not come first where the client had none, and is still said") {
    MadeAnswers answers;
    answers.no_logon().found("cert.expired").found("handshake.certificate_expired");
    for (const Question& question : {Question{0x204, 0x0}, Question{0x108, 0x0}, Question{0x204, 0x50}}) {
        const Diagnosis diagnosis = diagnosis_of(answers, question);
        INFO(diagnosis.verdict);
        CHECK(diagnosis.causes.front().cause.id == "not_arriving");
        CHECK(diagnosis.conclusion == Conclusion::possible);
        CHECK(diagnosis.verdict.find("not what that number is about: The certificate of the listener has expired") !=
              std::string::npos);
        const RankedCause expired = cause_of(diagnosis, "certificate_expired");
        CHECK(expired.confidence == Confidence::possible);
        CHECK(expired.reason.find("against it: code") != std::string::npos);
    }
    CHECK(diagnosis_of(answers, {0x904, 0x7}).causes.front().confidence == Confidence::certain);
    CHECK(diagnosis_of(answers, {0x204, 0x5}).causes.front().cause.id == "certificate_expired"); // there was an answer
}

TEST_CASE("a number that is about the client itself comes before what is wrong with the host") {
    struct Row {
        std::optional<std::uint32_t> code, extended;
        const char* first;
        const char* found;
        const char* beside;
    };
    const Row row = GENERATE(values<Row>({{0x104, 0x0, "wrong_name", "licensing.grace_over", "licensing"},
                                          {0x604, {}, "wrong_name", "termservice.not_running", "service_down"},
                                          {0x106, 0x0, "client", "cert.key_unreadable", "key_unreadable"},
                                          {0x608, {}, "client", "sessions.orphan", "session_conflict"},
                                          {0x904, 0x10B, "client", "cert.key_unreadable", "key_unreadable"}}));
    MadeAnswers answers;
    answers.no_logon().found(row.found).found("handshake.tls_reset"); // which clears nothing
    const Diagnosis diagnosis = diagnosis_of(answers, {row.code, row.extended});
    INFO(diagnosis.verdict);
    CHECK(diagnosis.causes.front().cause.id == row.first);
    CHECK(diagnosis.conclusion == Conclusion::outside);
    const RankedCause beside = cause_of(diagnosis, row.beside);
    CHECK(beside.beside);
    CHECK(diagnosis.verdict.find(beside.cause.title) != std::string::npos);
}

TEST_CASE(
    "what keeps clients from connecting, and what does so among other things, explains that one had no connection") {
    struct Row {
        const char* found;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{"termservice.not_running", "service_down"},
                                          {"firewall.no_allow_rule", "firewall_closed"},
                                          {"network.packet_loss", "poor_network"},
                                          {"dns.wrong_address", "wrong_name"},
                                          {"network.service_disabled", "network_service_disabled"},
                                          {"winsock.missing_base_provider", "winsock_damaged"}}));
    MadeAnswers answers;
    answers.found(row.found);
    const Diagnosis diagnosis = diagnosis_of(answers, {0x204, 0x0});
    INFO(diagnosis.verdict);
    CHECK(diagnosis.causes.front().cause.id == row.cause);
    CHECK_FALSE(has(diagnosis.causes.front().opposes, "code 0x204, extended 0x0"));
}

TEST_CASE("an answer that the client had speaks against every cause that lets nobody have one") {
    struct Row {
        const char* found;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{"termservice.not_running", "service_down"},
                                          {"listener.disabled", "rdp_disabled"},
                                          {"listener.missing", "listener_broken"},
                                          {"listener.port_stolen", "port_taken"},
                                          {"listener.port_not_taken_up", "port_not_taken_up"}}));
    MadeAnswers answers;
    answers.no_logon().found(row.found).found("handshake.refused");
    const RankedCause found = cause_of(diagnosis_of(answers, {0x807, 0x0}), row.cause);
    INFO(found.reason);
    CHECK(has(found.opposes, "code 0x807, extended 0x0"));
    CHECK(found.confidence == Confidence::likely); // it is there, and certain no more
    CHECK_FALSE(has(cause_of(diagnosis_of(answers, {0x904, 0x7}), row.cause).opposes, "code 0x904, extended 0x7"));
}

TEST_CASE("a listener that does not answer us now stays likely, whatever an earlier client got") {
    MadeAnswers answers;
    answers.no_logon().found("handshake.no_reply");
    const Diagnosis diagnosis = diagnosis_of(answers, {0x807, 0x0});
    CHECK(diagnosis.causes.front().cause.id == "service_down");
    CHECK(diagnosis.causes.front().confidence == Confidence::likely);
    CHECK(has(diagnosis.causes.front().opposes, "code 0x807, extended 0x0"));
}

TEST_CASE("what a probe has proven comes before what a number alone makes likely") {
    MadeAnswers answers;
    answers.quiet().found("listener.port_stolen").found("handshake.not_rdp");
    const Diagnosis diagnosis = diagnosis_of(answers, {0x1607, 0x0});
    INFO(diagnosis.verdict);
    CHECK(diagnosis.causes.front().cause.id == "port_taken");
    CHECK(diagnosis.conclusion == Conclusion::found);
}

TEST_CASE("a number and hints make no cause likely whose own probe has found nothing") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::domain_not_reached); // a hint, and another is that nobody gets in
    const RankedCause ranked = cause_of(diagnosis_of(answers, {0x1807, 0x0}), "domain_unreachable");
    INFO(ranked.reason);
    CHECK(ranked.confidence == Confidence::possible);
    answers.saw(Kind::secure_channel_failed);
    CHECK(cause_of(diagnosis_of(answers, {0x1807, 0x0}), "domain_unreachable").confidence == Confidence::likely);
}

TEST_CASE("a client that the host has disconnected did reach it") {
    MadeAnswers answers;
    answers.quiet();
    for (const std::uint32_t code : {0x2U, 0x3U, 0xB09U}) {
        const Diagnosis diagnosis = diagnosis_of(answers, {code, 0x0});
        INFO(to_hex(code) << " " << diagnosis.verdict);
        CHECK(cause_of(diagnosis, "not_arriving").confidence == Confidence::unlikely);
        CHECK(diagnosis.verdict.find("no client has reached it") == std::string::npos);
    }
}
