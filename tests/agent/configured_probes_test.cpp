// Do the probes run as they are configured?
#include "agent/configured_probes.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

Settings parsed(const std::string& text) {
    const auto read = parse_settings(text, "config.json");
    if (const auto* wrong = std::get_if<SettingsError>(&read))
        FAIL(describe(*wrong));
    return std::get<Settings>(read);
}

} // namespace

TEST_CASE("without a configuration all probes run in their order with their own times") {
    const std::vector<Probe> all = all_probes(), probes = configured_probes({});
    REQUIRE(probes.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(all[i].id);
        CHECK(probes[i].id == all[i].id);
        CHECK(probes[i].period == all[i].period);
        CHECK(probes[i].timeout == all[i].timeout);
        CHECK(probes[i].run != nullptr);
    }
}

TEST_CASE("a disabled probe is gone, and configured times count instead of a probe's own") {
    const Settings settings = parsed(R"({"probes": {
        "cert": {"enabled": false, "period_s": 99},
        "firewall": {"period_s": 1234, "timeout_s": 43},
        "winsock": {"period_s": 1235},
        "sessions": {"timeout_s": 44},
        "handshake": {"enabled": true}}})");
    const std::vector<Probe> probes = configured_probes(settings);
    std::size_t next = 0;
    for (const Probe& own : all_probes()) {
        CAPTURE(own.id);
        if (own.id == "cert")
            continue;
        REQUIRE(next < probes.size());
        const Probe& probe = probes[next++];
        REQUIRE(probe.id == own.id);
        CHECK(probe.period == (own.id == "firewall"  ? std::chrono::seconds{1234}
                               : own.id == "winsock" ? std::chrono::seconds{1235}
                                                     : own.period));
        CHECK(probe.timeout == (own.id == "firewall"   ? std::chrono::seconds{43}
                                : own.id == "sessions" ? std::chrono::seconds{44}
                                                       : own.timeout));
    }
    CHECK(next == probes.size());
    CHECK(next + 1 == all_probes().size());
}
