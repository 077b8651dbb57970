// Do all probes together say exactly what is wrong with a host, and nothing else?
#include "probes/probe.hpp"
#include "probes/recorded/recorded_host.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace rdpmedic;

namespace {

using Codes = std::vector<std::string>;

const std::filesystem::path folder = std::filesystem::path(RDPMEDIC_SOURCE_DIR) / "tests" / "fixtures" / "hosts";

// Every recording in tests/fixtures/hosts has its row: "code severity", in the order of the probes.
const std::map<std::string, Codes> hosts{
    {"healthy-server-2019", {}},
    {"expired-self-signed",
     {"cert.expired critical", "cert.renewal_broken critical", "handshake.certificate_expired critical"}},
    {"key-unreadable", {"cert.key_unreadable critical", "handshake.tls_closed critical"}},
    {"termservice-stopped",
     {"termservice.not_running critical", "termservice.exit_code warning", "handshake.refused critical"}},
    {"rdp-off", {"termservice.rdp_off info", "handshake.rdp_off info"}},
};

Codes judge(const Host& host) {
    JudgeContext context;
    context.now = host.now().value();
    Codes codes;
    for (const Probe& probe : all_probes()) {
        const auto findings = probe.run(host, context);
        if (!findings)
            codes.push_back(std::string(probe.id) + ": " + describe(findings.error()));
        else
            for (const Finding& finding : *findings)
                codes.push_back(finding.code + " " + name_of(finding.severity) +
                                (finding.severity == Severity::unknown ? ": " + finding.text : ""));
    }
    return codes;
}

} // namespace

TEST_CASE("each recorded host has exactly the findings that it was made for") {
    std::size_t read = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().stem().string();
        INFO(name);
        REQUIRE(hosts.count(name) == 1);
        const auto host = load_recorded_host(entry.path());
        if (!host)
            FAIL(describe(host.error()));
        CHECK(judge(**host) == hosts.at(name));
        ++read;
    }
    CHECK(read == hosts.size());
}

TEST_CASE("each recorded host says where its values come from") {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        INFO(entry.path());
        std::ifstream file(entry.path());
        const auto document = nlohmann::json::parse(file);
        CHECK(document.at("source").get<std::string>().size() > 20);
    }
}
