// What does the real plan of a repair hold for a host?
#include "tests/support/planned.hpp"

#include <utility>

namespace rdpmedic::testing {

Plan planned(const Repair& repair, const Host& host, const Options& options, JudgeContext context) {
    REQUIRE(problem_of(options, repair.options) == "");
    context.now = host.now().value();
    auto seen = repair.plan(host, context, options);
    REQUIRE(seen.has_value());
    seen->plan.options = options;
    return std::move(seen->plan);
}

std::string ids(const Plan& plan) {
    std::string result;
    for (const Rung& rung : plan.rungs)
        result += (result.empty() ? "" : " ") + rung.id;
    return result;
}

std::vector<std::string> words(const Rung& rung) {
    std::vector<std::string> result;
    for (const Change& change : rung.changes)
        result.push_back(describe(change));
    return result;
}

bool hindered_by(const Plan& plan, const std::string& part) {
    for (const std::string& obstacle : plan.obstacles)
        if (obstacle.find(part) != std::string::npos)
            return true;
    return false;
}

} // namespace rdpmedic::testing
