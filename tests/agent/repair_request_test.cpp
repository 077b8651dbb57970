// Is a repair begun only as it was asked for: with the plan that was seen, known options and the leave that it needs?
#include "tests/support/desk_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

TEST_CASE("only the plan that the caller has seen is carried out") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    RepairRequest request = setting_request();
    const auto seen = desk->plan("setting", {});
    request.plans = {std::get<Plan>(seen).hash()};
    const RepairRequest with_option = [&] {
        RepairRequest other = request;
        other.options = {{"loud", "true"}};
        return other;
    }();
    CHECK(kind_of_refusal(desk->start(with_option)) == Refusal::Kind::plan_changed);
    CHECK(bench.control.writes == 0);
    CHECK(ended(*desk, desk->start(request)).outcome == Outcome::repaired);
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::plan_changed);
}

TEST_CASE("an option that the repair does not know is refused by name, for the plan and for the repair") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    RepairRequest request = setting_request();
    request.options = {{"louder", "true"}};
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::bad_option);
    CHECK(std::get<Refusal>(desk->plan("setting", {{"loud", "maybe"}})).kind == Refusal::Kind::bad_option);
    CHECK(std::holds_alternative<Plan>(desk->plan("setting", {{"loud", "true"}})));
}

TEST_CASE("what nobody asked for never disconnects, never needs a restart and is never irreversible") {
    DeskBench bench;
    const auto adjust = GENERATE(0, 1, 2, 3);
    auto desk = bench.desk({setting_repair([adjust](Plan& plan) {
        for (Rung& rung : plan.rungs) {
            rung.disconnects_sessions = adjust == 0;
            rung.takes_effect_at_restart = adjust == 1;
            rung.irreversible = adjust == 2 ? "work is lost" : "";
            rung.confirm_within = adjust == 3 ? 5s : 0s;
        }
    })});
    RepairRequest request = setting_request();
    request.unattended = request.disconnect_sessions = true;
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::sessions);
    CHECK(bench.control.writes == 0);
}
