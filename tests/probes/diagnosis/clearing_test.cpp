// Does a look of now clear what has happened to a client, and only where it can?
#include "tests/probes/diagnosis/ranked.hpp"

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;
using namespace rdpmedic::testing;
using events::Kind;

namespace {

struct Row {
    Kind kind;
    const char* cause;
};
// Catch wants to print what it generates.
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.cause; }

const std::initializer_list<Row> rows{{Kind::key_unreadable, "key_unreadable"},
                                      {Kind::tls_protocols_disabled, "tls_protocols"},
                                      {Kind::no_common_cipher, "tls_ciphers"}};

Fit fit_of_row(const Diagnosis& diagnosis, int row) {
    return diagnosis.decisions.at(static_cast<std::size_t>(row - 1)).fit;
}

} // namespace

TEST_CASE("a client that TLS has failed is explained by its event, whatever our own handshake does now") {
    const Row row = GENERATE(values<Row>(rows));
    INFO(row);
    MadeAnswers answers;
    answers.no_logon().saw(row.kind, 4);
    for (const std::optional<Time> at :
         {std::optional<Time>(), std::optional(diagnosed_at - std::chrono::minutes{5})}) {
        const Diagnosis diagnosis = diagnosis_of(answers, {0x904, 0x7, at});
        CHECK(diagnosis.causes.front().cause.id == row.cause);
        CHECK(diagnosis.causes.front().confidence == Confidence::possible);
        for (const char* id : {"nla_refused", "credssp", "credentials", "middle_box"})
            CHECK(cause_of(diagnosis, id).confidence == Confidence::unlikely);
        CHECK(fit_of_row(diagnosis, 7) == Fit::no); // TLS does not work for that client
    }
    answers.saw(Kind::security_layer_failed);
    CHECK(diagnosis_of(answers).causes.front().cause.id == row.cause);
    CHECK(diagnosis_of(answers).conclusion == Conclusion::found);
}

TEST_CASE("a client that came further after an event of Schannel shows that TLS works") {
    const Row row = GENERATE(values<Row>(rows));
    INFO(row);
    MadeAnswers answers;
    answers.no_logon().saw(row.kind, 4, std::chrono::minutes{20}).saw(Kind::bad_credentials);
    const Diagnosis diagnosis = diagnosis_of(answers);
    CHECK(fit_of_row(diagnosis, 7) == Fit::yes);
    CHECK(diagnosis.causes.front().cause.id == "credentials");
    CHECK(diagnosis.causes.front().confidence == Confidence::likely);
    // Suites are those of one client; the key and the versions are those of the host.
    CHECK(cause_of(diagnosis, row.cause).confidence ==
          (row.kind == Kind::no_common_cipher ? Confidence::possible : Confidence::unlikely));
}

TEST_CASE("one client without a suite in common fails while others get in") {
    MadeAnswers answers;
    answers.saw(Kind::no_common_cipher, 4, std::chrono::minutes{20}).saw(Kind::logon);
    CHECK(diagnosis_of(answers).causes.front().cause.id == "tls_ciphers");
    // A scanner offers what it likes: where nobody asks, it is no cause.
    CHECK(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
    answers.no_logon();
    CHECK(diagnosis_of(answers, {}).conclusion == Conclusion::nothing_found);
}

TEST_CASE("an event of Schannel that is nobody's of RDP explains no client") {
    const Row row = GENERATE(values<Row>(rows));
    INFO(row);
    MadeAnswers answers;
    answers.no_logon().saw(row.kind, 4);
    answers.events->seen[row.kind].of_rdp = 0; // of another service
    CHECK(cause_of(diagnosis_of(answers), row.cause).confidence == Confidence::unlikely);
    CHECK(fit_of_row(diagnosis_of(answers), 7) == Fit::yes);
    answers.saw(row.kind, 4).saw(Kind::arrival, 500); // strangers are always near
    CHECK(has(diagnosis_of(answers).notes, "left out as noise"));
    CHECK(cause_of(diagnosis_of(answers), row.cause).confidence == Confidence::unlikely);
}

TEST_CASE("a client whose own number names NLA is believed although TLS failed another") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::no_common_cipher, 1);
    const Diagnosis diagnosis = diagnosis_of(answers, {0xB09, {}});
    CHECK(diagnosis.causes.front().cause.id == "nla_refused");
    CHECK(has(diagnosis.causes.front().opposes, "event no_common_cipher"));
}

TEST_CASE("what is well now does not clear what the events of the attempt say") {
    MadeAnswers answers;
    answers.no_logon().saw(Kind::service_failed);
    CHECK(cause_of(diagnosis_of(answers), "service_down").confidence == Confidence::unlikely);
    const Diagnosis then = diagnosis_of(answers, {0x904, 0x7, diagnosed_at - std::chrono::minutes{5}});
    CHECK(cause_of(then, "service_down").confidence == Confidence::possible);
    CHECK(has(cause_of(then, "service_down").opposes, "probe handshake"));
}

TEST_CASE("a listener that answers without TLS clears no cause of TLS") {
    MadeAnswers answers;
    answers.no_logon().found("handshake.legacy_security", Severity::warning);
    const Diagnosis diagnosis = diagnosis_of(answers);
    for (const char* id : {"key_unreadable", "tls_protocols"})
        CHECK_FALSE(has(cause_of(diagnosis, id).opposes, "probe handshake"));
    const RankedCause service = cause_of(diagnosis, "service_down"); // it has answered
    REQUIRE(has(service.opposes, "probe handshake"));
    CHECK(service.opposes.front().text == "our own handshake is answered, without TLS");
    CHECK(fit_of_row(diagnosis, 7) == Fit::no);
    answers.found("cert.key_unreadable").saw(Kind::key_unreadable);
    CHECK(diagnosis_of(answers).causes.front().cause.id == "key_unreadable");
    CHECK(diagnosis_of(answers).causes.front().confidence == Confidence::certain);
}
