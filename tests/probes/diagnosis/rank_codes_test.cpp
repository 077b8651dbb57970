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
