// Do reports fold into the state that an administrator may rely on?
#include "agent/watch/snapshot.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {

const Time noon = Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}} + 12h;

Probe probe(std::string_view id) { return {id, "", 60s, 10s, {}}; }
Snapshot fresh() { return first_snapshot({probe("cert"), probe("winsock")}, noon); }
Finding critical() { return {"cert.expired", Severity::critical, "expired"}; }

Report good(Time at, std::vector<Finding> findings = {}) { return {"cert", at, 5ms, std::move(findings), false}; }
Report failed(Time at) { return {"cert", at, 5ms, Error{Errc::access_denied, 5, "CertOpenStore(My)"}, false}; }

std::string codes(const ProbeState& state) {
    std::string text;
    for (const StandingFinding& standing : state.findings)
        text += standing.finding.code + " ";
    return text;
}

} // namespace

TEST_CASE("a probe that has not reported is a warning and the snapshot is not complete") {
    const Snapshot snapshot = fresh();
    CHECK_FALSE(snapshot.complete());
    CHECK(status_of(snapshot, noon) == Status::warn);
    CHECK(status_of(snapshot, noon + 181s) == Status::fail);
}

TEST_CASE("the snapshot is complete and passes once every probe has reported nothing bad") {
    Snapshot snapshot = fold(fresh(), good(noon));
    CHECK_FALSE(snapshot.complete());
    snapshot = fold(snapshot, {"winsock", noon, 1ms, std::vector<Finding>{}, false});
    CHECK(snapshot.complete());
    CHECK(status_of(snapshot, noon) == Status::pass);
    CHECK(snapshot.generation == 2);
}

TEST_CASE("a finding keeps its since while it is repeated and loses it once it is cured") {
    Snapshot snapshot = fold(fresh(), good(noon, {critical()}));
    snapshot = fold(snapshot, good(noon + 60s, {critical()}));
    CHECK(snapshot.probes.at("cert").findings.at(0).since == noon);
    snapshot = fold(snapshot, good(noon + 120s));
    snapshot = fold(snapshot, good(noon + 180s, {critical()}));
    CHECK(snapshot.probes.at("cert").findings.at(0).since == noon + 180s);
}

TEST_CASE("a failed read keeps what was seen last and its clock, because blind is not cured") {
    Snapshot snapshot = fold(fresh(), good(noon, {critical()}));
    snapshot = fold(snapshot, failed(noon + 60s));
    const ProbeState& blind = snapshot.probes.at("cert");
    CHECK(codes(blind) == "cert.expired cert.unknown ");
    CHECK(status_of(blind, noon + 60s) == Status::fail);
    snapshot = fold(snapshot, good(noon + 120s, {critical()}));
    CHECK(snapshot.probes.at("cert").findings.at(0).since == noon);
}

TEST_CASE("a finding hidden behind a partly unknown report comes back with its old clock") {
    const Finding blind = unknown("cert", "the key file", {Errc::access_denied, 5, "CreateFileW"});
    Snapshot snapshot = fold(fresh(), good(noon, {critical()}));
    snapshot = fold(snapshot, good(noon + 60s, {blind}));
    CHECK(codes(snapshot.probes.at("cert")) == "cert.unknown ");
    snapshot = fold(snapshot, good(noon + 120s, {critical()}));
    CHECK(snapshot.probes.at("cert").findings.at(0).since == noon);
}

TEST_CASE("unknown is a warning at once and a failure when the last good report is older than three periods") {
    Snapshot snapshot = fold(fresh(), good(noon));
    snapshot = fold(snapshot, failed(noon + 60s));
    const ProbeState& state = snapshot.probes.at("cert");
    CHECK(status_of(state, noon + 60s) == Status::warn);
    CHECK(status_of(state, noon + 180s) == Status::warn);
    CHECK(status_of(state, noon + 181s) == Status::fail);
}

TEST_CASE("a probe that was never good is a failure three periods after it was first blind") {
    const Snapshot snapshot = fold(fold(fresh(), failed(noon)), failed(noon + 170s));
    CHECK(status_of(snapshot.probes.at("cert"), noon + 170s) == Status::warn);
    CHECK(status_of(snapshot.probes.at("cert"), noon + 181s) == Status::fail);
}

TEST_CASE("a stuck probe says so and keeps what was seen last") {
    Snapshot snapshot = fold(fresh(), good(noon, {critical()}));
    snapshot = fold(snapshot, {"cert", noon + 60s, 10s, std::vector<Finding>{}, true});
    CHECK(codes(snapshot.probes.at("cert")) == "cert.expired agent.probe_stuck ");
    CHECK(snapshot.probes.at("cert").stuck);
}

TEST_CASE("the most severe finding comes first and info does not spoil a pass") {
    const Finding info{"cert.expires_soon", Severity::info, "in ten days"},
        warning{"cert.weak_key", Severity::warning, "1024"};
    Snapshot snapshot = fold(fresh(), good(noon, {info, critical(), warning}));
    CHECK(codes(snapshot.probes.at("cert")) == "cert.expired cert.weak_key cert.expires_soon ");
    snapshot = fold(snapshot, good(noon, {info}));
    CHECK(status_of(snapshot.probes.at("cert"), noon) == Status::pass);
}

TEST_CASE("the clocks survive a restart of the agent") {
    const Snapshot before = fold(fresh(), good(noon, {critical()}));
    const Result<Clocks> clocks = clocks_from_json(clocks_to_json(before));
    REQUIRE(clocks.has_value());
    const Snapshot after = fold(first_snapshot({probe("cert")}, noon + 1h, *clocks), good(noon + 1h, {critical()}));
    CHECK(after.probes.at("cert").findings.at(0).since == noon);
}

TEST_CASE("clocks that are damaged at any byte are an error or clocks, never a crash") {
    const std::string text = clocks_to_json(fold(fresh(), good(noon, {critical()})));
    for (std::size_t length = 0; length + 2 < text.size(); ++length)
        CHECK(clocks_from_json(std::string_view(text).substr(0, length)).has_error());
    CHECK(clocks_from_json(R"({"clocks":[{"probe":1,"code":"","subject":"","since":""}]})").has_error());
    CHECK(clocks_from_json(R"({"clocks":[3]})").has_error());
}
