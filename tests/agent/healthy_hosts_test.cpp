// Do the repairs leave healthy hosts alone, and say of recorded ones what the probes say?
#include "probes/recorded/recorded_host.hpp"
#include "tests/support/repair_bench.hpp"

#include <map>
#include <set>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

struct Ask {
    Repair repair;
    Options options;
};

// All repairs; what is an act and not a consent (a restart, a reset, a log-off) nobody asks for here.
std::vector<Ask> every_consent() {
    const std::map<std::string, Options> consents{
        {"firewall", {{"public_profile", "true"}}},
        {"listener", {{"enable_rdp", "true"}, {"end_drain", "true"}, {"stop_port_owner", "true"}}},
        {"tls", {{"remove_cipher_policy", "true"}}},
        {"transport", {{"udp", "on"}}}};
    std::vector<Ask> asks;
    for (Repair& repair : all_repairs()) {
        const auto consent = consents.find(repair.name);
        asks.push_back({std::move(repair), consent == consents.end() ? Options{} : consent->second});
    }
    return asks;
}

std::vector<std::filesystem::path> recordings() {
    const std::filesystem::path folder = std::filesystem::path(RDPMEDIC_SOURCE_DIR) / "tests" / "fixtures" / "hosts";
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Plan plan_on(const Host& host, const Ask& ask) {
    JudgeContext context;
    context.now = host.now().value();
    auto seen = ask.repair.plan(host, context, ask.options);
    REQUIRE(seen.has_value());
    return std::move(seen->plan);
}

// "rules" of the repair on one recorded host, given every consent.
std::string ladder_on(const std::string& recording, const std::string& repair) {
    for (const auto& file : recordings())
        if (file.stem() == recording)
            for (const Ask& ask : every_consent())
                if (ask.repair.name == repair)
                    return ladder_of(plan_on(**load_recorded_host(file), ask));
    return "no such recording or repair";
}

} // namespace

TEST_CASE("on a healthy host of any build, each repair with every consent finds nothing to do") {
    int hosts = 0;
    for (const auto& file : recordings()) {
        if (file.stem().string().rfind("healthy-", 0) != 0)
            continue;
        ++hosts;
        auto host = load_recorded_host(file);
        REQUIRE(host.has_value());
        for (const Ask& ask : every_consent()) {
            INFO(file.stem() << ": " << ask.repair.name);
            const Plan plan = plan_on(**host, ask);
            CHECK(plan.cures.empty());
            // The name of that repair is all that it needs to be asked for.
            CHECK(ladder_of(plan) == (ask.repair.name == "reboot" ? "restart" : ""));
            CHECK(obstacles_of(plan) == "");
        }
    }
    CHECK(hosts == 15);
    CHECK(every_consent().size() == 12);
}

TEST_CASE("RDP over UDP can be switched off on every healthy host, and where README names that repair") {
    int hosts = 0;
    for (const auto& file : recordings()) {
        const std::string name = file.stem().string();
        if (name.rfind("healthy-", 0) != 0 && name != "s13-udp-transport")
            continue;
        ++hosts;
        INFO(name);
        for (Repair& repair : all_repairs())
            if (repair.name == "transport") {
                const Plan plan = plan_on(**load_recorded_host(file), {std::move(repair), {{"udp", "off"}}});
                CHECK(ladder_of(plan) == "select-transport");
                CHECK(obstacles_of(plan) == "");
            }
    }
    CHECK(hosts == 16);
}

TEST_CASE("on a healthy host the desk carries out not one change") {
    int repairs = 0;
    for (const Ask& ask : every_consent()) {
        // Those whose facts that host has whole.
        const std::set<std::string> whole{"cert", "termservice", "listener",   "firewall",
                                          "tls",  "transport",   "machinekeys"};
        if (whole.count(ask.repair.name) == 0)
            continue;
        ++repairs;
        INFO(ask.repair.name);
        RepairBench bench(ask.repair);
        CHECK(bench.run(ask.options).outcome == Outcome::not_needed);
        CHECK(bench.control.writes == 0);
        CHECK_FALSE(std::filesystem::exists(bench.folder.path() / "data" / "journal"));
    }
    CHECK(repairs == 7);
}

TEST_CASE("recorded hosts get the rungs that their fault calls for") {
    CHECK(ladder_on("s09-firewall-rules-off", "firewall") == "rules");
    CHECK(ladder_on("s09-firewall-service-crashes", "firewall") == "services");
    CHECK(ladder_on("s09-firewall-policy", "firewall") == "");
    CHECK(ladder_on("s10-policy-contradicts", "listener") == "values");
    CHECK(ladder_on("s10-rdp-off", "listener").rfind("values", 0) == 0);
    CHECK(ladder_on("s10-rdp-off-by-policy", "listener") == "");
    CHECK(ladder_on("s11-security-layer-invalid", "listener").rfind("values", 0) == 0);
    CHECK(ladder_on("s12-nla-invalid", "listener").rfind("values", 0) == 0);
    CHECK(ladder_on("s23-weakened", "listener").rfind("values", 0) == 0);
    CHECK(ladder_on("s14-tls-versions-off", "tls") == "values");
    CHECK(ladder_on("s15-credssp-vulnerable", "tls") == "values");
    CHECK(ladder_on("s21-termservice-stopped", "termservice") == "start");
}
