// Does each repair that a recorded host is told to make have something to do there?
#include "agent/repair/plan_text.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/diagnosis/rank.hpp"
#include "probes/diagnosis/repair_options.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

std::vector<std::filesystem::path> recordings() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(recorded_hosts_folder()))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::unique_ptr<Host> open(const std::filesystem::path& file) {
    auto host = load_recorded_host(file);
    if (!host)
        FAIL(describe(host.error()));
    return *std::move(host);
}

JudgeContext context_of(const Host& host) {
    JudgeContext context;
    context.now = host.now().value();
    return context;
}

diagnosis::Answers ask(const Host& host) {
    diagnosis::Answers answers;
    const JudgeContext context = context_of(host);
    for (const Probe& probe : all_probes())
        answers.reports.emplace(std::string(probe.id), probe.run(host, context));
    answers.events = events::collect(host, context);
    return answers;
}

// "restart=true" as the door takes it.
Options parsed(const std::vector<std::string>& texts) {
    Options options;
    for (const std::string& text : texts)
        options[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    return options;
}

void check_called_for(const Host& host, const std::string& name, const Options& options) {
    const std::vector<Repair> repairs = all_repairs();
    const auto repair =
        std::find_if(repairs.begin(), repairs.end(), [&](const Repair& one) { return one.name == name; });
    REQUIRE(repair != repairs.end());
    CHECK(problem_of(options, repair->options) == "");
    const auto seen = repair->plan(host, context_of(host), options);
    REQUIRE(seen.has_value());
    INFO(to_text(seen->plan, repair->what));
    const PlanState state = rdpmedic::state_of(seen->plan);
    // What only a handshake shows is in no plan: it is asked for by its option.
    CHECK((state == PlanState::called_for || state == PlanState::asked_only));
}

} // namespace

TEST_CASE("each repair that a finding of a recorded host names is called for there, with the option that it needs") {
    int named = 0;
    for (const auto& file : recordings()) {
        const auto host = open(file);
        for (const auto& [probe, findings] : ask(*host).reports) {
            REQUIRE(findings.has_value());
            for (const Finding& finding : *findings) {
                if (finding.repair.empty())
                    continue;
                ++named;
                INFO(file.stem() << ": " << finding.code << ", " << diagnosis::command_of(finding));
                const std::string option(diagnosis::option_of(finding));
                check_called_for(*host, finding.repair,
                                 option.empty() ? Options{} : parsed(std::vector<std::string>{option}));
            }
        }
    }
    CHECK(named > 30);
}

TEST_CASE(
    "each repair that the diagnosis of a recorded host names is called for there, with the options that it names") {
    int named = 0;
    for (const auto& file : recordings()) {
        const auto host = open(file);
        const auto result = diagnosis::diagnose({0x904, 0x7}, ask(*host), context_of(*host).now);
        for (const diagnosis::RankedCause& ranked : result.causes) {
            if (ranked.repair.empty())
                continue;
            ++named;
            INFO(file.stem() << ": " << ranked.cause.id << ", " << diagnosis::command_of(ranked));
            check_called_for(*host, ranked.repair, parsed(ranked.options));
        }
    }
    CHECK(named > 15);
}

TEST_CASE("a service that runs and does not answer is named with its restart, one that is stopped without") {
    const auto commands = [](const char* recording) {
        const auto host = open(recorded_hosts_folder() / (std::string(recording) + ".json"));
        std::vector<std::string> all;
        const auto answers = ask(*host);
        for (const Finding& finding : *answers.reports.find("handshake")->second)
            all.push_back(diagnosis::command_of(finding));
        return all;
    };
    using Commands = std::vector<std::string>;
    CHECK(commands("s07-closed-before-answer") == Commands{"rdpmedic repair termservice --option restart=true"});
    CHECK(commands("s21-termservice-hung") == Commands{"rdpmedic repair termservice --option restart=true"});
    CHECK(commands("case-i-patch-does-not-fit") == Commands{"rdpmedic repair termservice --option restart=true"});
    CHECK(commands("s21-termservice-stopped") == Commands{"rdpmedic repair termservice"});
    CHECK(commands("case-n-port-taken") == Commands{""});       // another program holds the port
    CHECK(commands("other-port-not-taken-up") == Commands{""}); // the firewall comes first
    CHECK(commands("s14-tls-versions-off") == Commands{""});
    CHECK(commands("s02-key-unreadable") == Commands{"rdpmedic repair cert"});
}
