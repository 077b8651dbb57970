// Do the causes and the probes speak of the same codes?
#include "probes/diagnosis/causes.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;

namespace {

struct Documented {
    std::set<std::string> codes;  // "cert.expired"
    std::set<std::string> probes; // those with a section of their own
};

// From probes/README.md, which a structure test holds to the codes in the sources.
const Documented& documented() {
    static const Documented all = [] {
        std::ifstream file(RDPMEDIC_SOURCE_DIR "/probes/README.md");
        std::stringstream text;
        text << file.rdbuf();
        const std::string page = text.str();
        Documented found;
        const std::regex code("`([a-z]+\\.[a-z_0-9]+)`"), section("(^|\\n)## ([a-z]+)\\n");
        for (std::sregex_iterator at(page.begin(), page.end(), code), end; at != end; ++at)
            if (const std::string name = (*at)[1]; !name.ends_with(".cpp") && !name.ends_with(".hpp"))
                found.codes.insert(name);
        for (std::sregex_iterator at(page.begin(), page.end(), section), end; at != end; ++at)
            found.probes.insert((*at)[2]);
        return found;
    }();
    return all;
}

std::string probe_of(std::string_view code) { return std::string(code.substr(0, code.find('.'))); }

// Findings that are evidence of no cause: they say what was not read, or support what another finding says.
const std::set<std::string> of_no_cause{
    "agent.no_report",
    "agent.probe_stuck",
    "firewall.rule_malformed",
    "firewall.rule_not_understood",
    "gateway.disabled",
    "handshake.resolve_failed",
    "termservice.shared_process",
    "winsock.catalog_not_in_registry",
    "winsock.catalog_unreadable",
};

} // namespace

TEST_CASE("every code in the table of causes is one that its probe has") {
    REQUIRE(documented().codes.size() > 100);
    for (const Cause& cause : causes())
        for (const auto& signs : {cause.findings, cause.findings_against})
            for (const Sign& sign : signs) {
                INFO(cause.id << ": " << sign.code);
                CHECK(documented().codes.count(std::string(sign.code)) == 1);
            }
}

TEST_CASE("every code that a probe has is evidence of a cause") {
    std::set<std::string> used;
    for (const Cause& cause : causes())
        for (const Sign& sign : cause.findings)
            used.insert(std::string(sign.code));
    for (const std::string& code : documented().codes) {
        if (documented().probes.count(probe_of(code)) == 0 || code.ends_with(".unknown") ||
            of_no_cause.count(code) != 0 || code.starts_with("events.")) // causes name the kinds of events themselves
            continue;
        INFO(code);
        CHECK(used.count(code) == 1);
    }
}

TEST_CASE("no cause is in the table twice: none is proven by the same findings as another") {
    std::map<std::set<std::string_view>, std::string_view> seen;
    for (const Cause& cause : causes()) {
        std::set<std::string_view> proofs;
        for (const Sign& sign : cause.findings)
            if (sign.weight == Weight::proof)
                proofs.insert(sign.code);
        if (proofs.empty())
            continue;
        INFO(cause.id << " and " << seen[proofs]);
        CHECK(seen[proofs].empty());
        seen[proofs] = cause.id;
    }
}

TEST_CASE("every probe that a cause needs is one") {
    std::set<std::string_view> probes;
    for (const Probe& probe : all_probes())
        probes.insert(probe.id);
    for (const Cause& cause : causes())
        for (const auto& named : {cause.needs, cause.cleared_by})
            for (const std::string_view probe : named) {
                INFO(cause.id << ": " << probe);
                CHECK(probes.count(probe) == 1);
            }
}
