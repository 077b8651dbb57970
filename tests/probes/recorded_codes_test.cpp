// Do the two numbers of one client count for what they are, on recorded hosts?
#include "probes/diagnosis/render.hpp"
#include "probes/probe.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using diagnosis::Confidence;

namespace {

diagnosis::Diagnosis diagnose(const std::string& name, const diagnosis::Question& question) {
    const auto host = load_recorded_host(recorded_hosts_folder() / (name + ".json"));
    if (!host)
        FAIL(describe(host.error()));
    JudgeContext context;
    context.now = (*host)->now().value();
    diagnosis::Answers answers;
    for (const Probe& probe : all_probes())
        answers.reports.emplace(std::string(probe.id), probe.run(**host, context));
    answers.events = events::collect(**host, context);
    return diagnosis::diagnose(question, answers, context.now);
}

const diagnosis::RankedCause& cause_of(const diagnosis::Diagnosis& found, std::string_view id) {
    for (const diagnosis::RankedCause& ranked : found.causes)
        if (ranked.cause.id == id)
            return ranked;
    FAIL("no cause " << id);
    return found.causes.front();
}

bool opposed_by(const diagnosis::RankedCause& ranked, std::string_view source, diagnosis::Weight weight) {
    return std::any_of(ranked.opposes.begin(), ranked.opposes.end(), [&](const diagnosis::Observation& seen) {
        return seen.source == source && seen.weight == weight;
    });
}

} // namespace

TEST_CASE("two numbers of one client about licences do not outvote a host whose licensing is well") {
    struct Row {
        std::uint32_t code, extended;
    };
    const Row row = GENERATE(values<Row>({{0x808, 0x104}, {0x908, 0x105}, {0x808, 0x0}}));
    for (const char* name : {"healthy-server-2019", "healthy-windows-11-24h2"}) {
        const auto found = diagnose(name, {row.code, row.extended});
        INFO(name << " " << std::hex << row.code << " " << row.extended << " " << found.verdict);
        const auto& licensing = cause_of(found, "licensing");
        CHECK(opposed_by(licensing, "probe licensing", diagnosis::Weight::strong));
        CHECK(licensing.confidence == Confidence::unlikely);
        CHECK(found.causes.front().cause.id == "client");
        CHECK(found.causes.front().confidence == Confidence::possible);
        CHECK(found.conclusion == diagnosis::Conclusion::possible);
    }
}

TEST_CASE("a host that gives no licences is still the cause of both numbers") {
    const auto found = diagnose("s04-no-licence-server", {0x808, 0x101});
    CHECK(found.causes.front().cause.id == "licensing");
    CHECK(found.conclusion == diagnosis::Conclusion::found);
}

TEST_CASE("on a healthy host a number that is of one user or of that time leads to its cause, with advice") {
    struct Row {
        std::uint32_t extended;
        const char* cause;
        const char* probe; // that has looked, and does not clear it
        const char* advice;
    };
    const Row row = GENERATE(values<Row>({
        {0x9, "logon_not_allowed", "probe access",
         "is this user in Remote Desktop Users, or in a group that is denied?"},
        {0x8, "fips_required", nullptr, "raise the client's encryption level"},
        {0x6, "resources", "probe resources", "end what takes it"},
        {0x100, "licensing", "probe licensing", "name a licence server"},
        {0x101, "licensing", "probe licensing", "name a licence server"},
        {0x102, "licensing", "probe licensing", "name a licence server"},
        {0x10A, "licensing", "probe licensing", "name a licence server"},
    }));
    for (const char* name : {"healthy-server-2019", "healthy-windows-11-24h2"}) {
        INFO(name << " " << row.cause);
        const auto found = diagnose(name, {0x904, row.extended});
        const auto& first = found.causes.front();
        CHECK(first.cause.id == row.cause);
        CHECK(first.confidence == Confidence::possible);
        CHECK(found.conclusion == diagnosis::Conclusion::possible);
        CHECK(first.cause.advice.starts_with(row.advice));
        if (row.probe != nullptr)
            CHECK(opposed_by(first, row.probe, diagnosis::Weight::hint));
        CHECK(diagnosis::to_text(found).find(row.advice) != std::string::npos);
    }
}

TEST_CASE("without such a number a clean probe clears these causes") {
    const auto found = diagnose("healthy-server-2019", {0x904, 0x7});
    for (const char* id : {"logon_not_allowed", "resources", "fips_required"}) {
        INFO(id);
        CHECK(cause_of(found, id).confidence == Confidence::unlikely);
    }
    CHECK(opposed_by(cause_of(found, "logon_not_allowed"), "probe access", diagnosis::Weight::strong));
}

TEST_CASE("a verdict that finds nothing says what to do next") {
    for (const char* name : {"healthy-server-2019", "case-19-gateway-client", "case-l-password-guessing"}) {
        INFO(name);
        const auto found = diagnose(name, {0x904, 0x7});
        CHECK(found.conclusion == diagnosis::Conclusion::nothing_found);
        REQUIRE(found.next.size() == 3);
        CHECK(found.next[0].find("rdpmedic diagnose 0x904 0x7 --at 20m") != std::string::npos);
    }
}

TEST_CASE("an authority that was not reached then is not cleared by a look of now") {
    for (const char* name : {"healthy-server-2022", "healthy-windows-11-24h2"}) {
        INFO(name);
        const auto found = diagnose(name, {0x1807, 0x0});
        CHECK(found.causes.front().cause.id == "domain_unreachable");
        CHECK(found.causes.front().confidence == Confidence::possible);
        CHECK(opposed_by(found.causes.front(), "probe access", diagnosis::Weight::hint));
        CHECK(found.conclusion == diagnosis::Conclusion::possible);
    }
}

TEST_CASE("what is wrong with a host is said beside a number that is not about it") {
    struct Row {
        const char* name;
        std::uint32_t code;
        const char* first;
        const char* conclusion;
        const char* beside;
    };
    const Row row = GENERATE(values<Row>({
        {"s04-no-licence-server", 0x104, "wrong_name", "outside", "licensing"},
        {"s02-key-unreadable", 0x104, "wrong_name", "outside", "key_unreadable"},
        {"s05-out-of-memory", 0x104, "wrong_name", "outside", "resources"},
        {"s06-stuck-session", 0x104, "wrong_name", "outside", "session_conflict"},
        {"s02-key-unreadable", 0x106, "client", "outside", "key_unreadable"},
        {"s01-expired-self-signed", 0x204, "not_arriving", "possible", "certificate_expired"},
        {"s12-nla-invalid", 0x204, "not_arriving", "possible", "nla_refused"},
    }));
    const auto found = diagnose(row.name, {row.code, 0x0});
    INFO(row.name << " " << std::hex << row.code << " " << found.verdict);
    CHECK(found.causes.front().cause.id == row.first);
    CHECK(diagnosis::name_of(found.conclusion) == std::string(row.conclusion));
    CHECK(cause_of(found, row.beside).beside);
    CHECK(found.verdict.find(cause_of(found, row.beside).cause.title) != std::string::npos);
}

TEST_CASE("what lets nobody in stays the cause beside a number that proves an answer, less surely") {
    struct Row {
        const char* name;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{"s21-termservice-stopped", "service_down"},
                                          {"s21-termservice-hung", "service_down"},
                                          {"s10-rdp-off", "rdp_disabled"},
                                          {"case-14-other-program", "port_taken"},
                                          {"other-citrix", "third_party_stack"},
                                          {"other-port-not-taken-up", "port_not_taken_up"}}));
    const auto found = diagnose(row.name, {0x807, 0x0});
    INFO(row.name << ": " << found.verdict);
    CHECK(found.causes.front().cause.id == row.cause);
    CHECK(found.causes.front().confidence == Confidence::likely);
    CHECK(found.causes.front().reason.find("against it: code 0x807") != std::string::npos);
}

TEST_CASE("causes that the evidence does not tell apart are all named") {
    const auto found = diagnose("s12-client-without-nla", {0x904, 0x7});
    INFO(found.verdict);
    CHECK(found.verdict.find("Possible, equally: ") != std::string::npos);
    for (const char* id : {"nla_refused", "middle_box", "credssp"})
        CHECK(found.verdict.find(cause_of(found, id).cause.title) != std::string::npos);
    // It is the client that has to be changed, unless the host demands what no client offers.
    CHECK(cause_of(found, "nla_refused").cause.place == diagnosis::Place::client);
    const auto of_host = diagnose("s12-nla-invalid", {0x904, 0x7});
    CHECK(cause_of(of_host, "nla_refused").cause.place == diagnosis::Place::host);
}

TEST_CASE("a host that takes unpatched clients is told how to take that back") {
    const auto found = diagnose("s15-credssp-vulnerable", {0x904, 0x7});
    const auto& credssp = cause_of(found, "credssp");
    CHECK(credssp.repair.empty()); // it cures no client
    CHECK(credssp.cause.advice.find("the repair tls") != std::string_view::npos);
}
