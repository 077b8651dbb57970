// Do all probes together say exactly what is wrong with a host, and nothing else?
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

std::vector<Finding> judge(const Host& host) {
    JudgeContext context;
    context.now = host.now().value();
    std::vector<Finding> all;
    for (const Probe& probe : all_probes()) {
        const auto findings = probe.run(host, context);
        if (!findings)
            all.push_back(unknown(probe.id, "the whole probe", findings.error()));
        else
            all.insert(all.end(), findings->begin(), findings->end());
    }
    return all;
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
        const auto host = load_recorded_host(recorded_hosts_folder() / (expected.name + ".json"));
        if (!host)
            FAIL(describe(host.error()));
        CHECK(codes_of(judge(**host)) == expected.findings);
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

TEST_CASE("a healthy host of any build has no finding and calls for no repair") {
    std::size_t healthy = 0;
    for (const auto& file : recordings()) {
        if (file.stem().string().rfind("healthy-", 0) != 0)
            continue;
        INFO(file);
        const auto host = load_recorded_host(file);
        if (!host)
            FAIL(describe(host.error()));
        CHECK(codes_of(judge(**host)) == Codes{});
        ++healthy;
    }
    CHECK(healthy == 13);
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
