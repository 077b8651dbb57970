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
    const Row row = GENERATE(values<Row>({{0x808, 0x101}, {0x908, 0x102}, {0x808, 0x104}}));
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
