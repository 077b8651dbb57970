// Do all probes together say exactly what is wrong with a host, and nothing else?
#include "probes/diagnosis/rank.hpp"
#include "probes/noting_host.hpp"
#include "probes/probe.hpp"
#include "probes/recorded/recorded_host.hpp"

#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Codes = std::vector<std::string>;

std::unique_ptr<Host> open(const std::string& name) {
    auto host = load_recorded_host(recorded_hosts_folder() / (name + ".json"));
    if (!host)
        FAIL(describe(host.error()));
    return *std::move(host);
}

diagnosis::Answers ask(const Host& host) {
    JudgeContext context;
    context.now = host.now().value();
    diagnosis::Answers answers;
    const auto own = std::make_shared<OwnHandshakes>();
    const auto noting = make_noting_host({std::shared_ptr<const Host>(), &host}, own); // which outlives it
    for (const Probe& probe : all_probes({"127.0.0.1", own}))
        answers.reports.emplace(std::string(probe.id), probe.run(*noting, context));
    answers.events = events::collect(host, context);
    return answers;
}

std::vector<Finding> judge(const Host& host) {
    const auto answers = ask(host);
    std::vector<Finding> all;
    for (const Probe& probe : all_probes()) {
        const auto& findings = answers.reports.find(probe.id)->second;
        if (!findings)
            all.push_back(unknown(probe.id, "the whole probe", findings.error()));
        else
            all.insert(all.end(), findings->begin(), findings->end());
    }
    return all;
}

diagnosis::Diagnosis diagnose(const Host& host, const diagnosis::Question& question) {
    return diagnosis::diagnose(question, ask(host), host.now().value());
}

Codes codes_of(const std::vector<Finding>& findings) {
    Codes codes;
    for (const Finding& finding : findings)
        codes.push_back(finding.code + " " + name_of(finding.severity) +
                        (finding.severity == Severity::unknown ? ": " + finding.subject + ": " + finding.text : ""));
    return codes;
}

std::vector<std::filesystem::path> recordings() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(recorded_hosts_folder()))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

TEST_CASE("each recorded host has exactly the findings that it was made for") {
    for (const RecordedCase& expected : recorded_cases()) {
        INFO(expected.name);
        CHECK(codes_of(judge(*open(expected.name))) == expected.findings);
    }
}

TEST_CASE("each recording has its row") {
    for (const auto& file : recordings()) {
        INFO(file);
        const auto& rows = recorded_cases();
        CHECK(std::count_if(rows.begin(), rows.end(),
                            [&](const RecordedCase& row) { return row.name == file.stem().string(); }) == 1);
    }
    CHECK(recordings().size() == recorded_cases().size());
}

TEST_CASE("each recorded host has its cause in the first place, with its repair or advice") {
    for (const RecordedCase& expected : recorded_cases()) {
        INFO(expected.name);
        const auto diagnosis = diagnose(*open(expected.name), {0x904, 0x7});
        const diagnosis::RankedCause& first = diagnosis.causes.front();
        INFO(diagnosis.verdict << " " << first.reason);
        CHECK(first.cause.id == expected.cause);
        CHECK(diagnosis::name_of(diagnosis.conclusion) == expected.conclusion);
        CHECK(first.repair == expected.repair);
        CHECK_FALSE(first.cause.advice.empty());
    }
}

TEST_CASE("a cause that has codes of its own is in the first place with them, too") {
    struct Row {
        const char* name;
        diagnosis::Question question;
        const char* cause;
    };
    const std::vector<Row> rows{{"s01-expired-self-signed", {0x1B07, {}}, "certificate_expired"},
                                {"s04-no-licence-server", {0x808, {}}, "licensing"},
                                {"s05-out-of-memory", {0x904, 0x6}, "resources"},
                                {"s06-stuck-session", {0x904, 0x5}, "session_conflict"}};
    for (const Row& row : rows) {
        INFO(row.name);
        const auto diagnosis = diagnose(*open(row.name), row.question);
        const diagnosis::RankedCause& first = diagnosis.causes.front();
        INFO(diagnosis.verdict << " " << first.reason);
        CHECK(first.cause.id == row.cause);
        CHECK(diagnosis.conclusion == diagnosis::Conclusion::found);
        // And the number itself speaks for it.
        CHECK(std::any_of(first.supports.begin(), first.supports.end(), [](const diagnosis::Observation& seen) {
            const bool code = seen.source.rfind("code ", 0) == 0 || seen.source.rfind("extended ", 0) == 0;
            return code && seen.weight == diagnosis::Weight::strong;
        }));
    }
}

TEST_CASE("a healthy host of any build has no finding, no cause and calls for no repair") {
    std::size_t healthy = 0;
    for (const auto& file : recordings()) {
        if (file.stem().string().rfind("healthy-", 0) != 0)
            continue;
        INFO(file);
        const auto host = open(file.stem().string());
        CHECK(codes_of(judge(*host)) == Codes{});
        for (const auto& ranked : diagnose(*host, {}).causes) {
            INFO(ranked.cause.id << ": " << ranked.reason);
            // That nobody has come is no fault, and is all that can be said.
            if (ranked.cause.place == diagnosis::Place::host)
                CHECK(ranked.confidence == diagnosis::Confidence::unlikely);
            CHECK(ranked.repair.empty());
        }
        ++healthy;
    }
    CHECK(healthy == 15);
}

TEST_CASE("on a healthy host a code leads to what it is about, and not to the host") {
    struct Row {
        std::uint32_t code;
        const char* cause;
    };
    const Row row = GENERATE(values<Row>({{0x104, "wrong_name"},
                                          {0x108, "not_arriving"},
                                          {0x204, "not_arriving"},
                                          {0x208, "wrong_name"},
                                          {0x807, "credentials"},
                                          {0x808, "client"},
                                          {0x908, "client"},
                                          {0xC07, "credentials"},
                                          {0x1607, "credssp"},
                                          {0x1B07, "gateway"}}));
    for (const char* name : {"healthy-server-2019", "healthy-windows-11-24h2"}) {
        INFO(name << " " << row.cause);
        const auto diagnosis = diagnose(*open(name), {row.code, {}});
        const auto& first = diagnosis.causes.front();
        INFO(first.reason);
        CHECK(first.cause.id == row.cause);
        CHECK(first.cause.place != diagnosis::Place::host);
        CHECK(first.confidence >= diagnosis::Confidence::possible);
    }
}

TEST_CASE("each recorded host says where its values come from") {
    for (const auto& file : recordings()) {
        INFO(file);
        std::ifstream stream(file);
        const auto source = nlohmann::json::parse(stream).at("source").get<std::string>();
        CHECK(source.size() > 20);
        // The first one is based on nothing and says it in words.
        CHECK((source.find("https://") != std::string::npos || file.stem() == "healthy-server-2019"));
    }
}
