// Does the repair of a finding in /health lead to a plan that has something to do?
#include "api/render_health.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;

namespace {

std::string link_of(const std::string& code, const std::string& repair, const std::string& subject) {
    Finding finding{code, Severity::critical, "what is wrong", subject};
    finding.repair = repair;
    Snapshot empty;
    empty.probes["handshake"].probe = "handshake";
    empty.probes["handshake"].period = std::chrono::seconds{300};
    Report report;
    report.probe = "handshake";
    report.findings = std::vector<Finding>{finding};
    const auto response = api::render_health(fold(empty, report), Time{}, "1");
    return nlohmann::json::parse(*response.body)["checks"]["handshake"][0]["repair"];
}

} // namespace

TEST_CASE("the link of a finding carries the option without which the repair leaves it alone") {
    CHECK(link_of("handshake.no_reply", "termservice", "TermService") == "/repair/termservice?restart=true");
    CHECK(link_of("handshake.refused", "termservice", "") == "/repair/termservice");
    CHECK(link_of("listener.drain_mode", "listener", "") == "/repair/listener?end_drain=true");
}
