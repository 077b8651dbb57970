// How does a plan read to people, and what must they be asked?
#include "agent/repair/plan_text.hpp"

#include "agent/repair/undo_words.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

constexpr std::size_t margin = 18;

// A column of labels, a column of text.
class Sheet {
  public:
    void row(const std::string& label, const std::string& text) {
        std::string line = "  " + label;
        line.resize(std::max(line.size() + 1, margin), ' ');
        text_ += line + text + "\n";
    }
    void rows(const std::string& label, const std::vector<std::string>& texts) {
        for (std::size_t i = 0; i < texts.size(); ++i)
            row(i == 0 ? label : "", texts[i]);
    }
    void title(const std::string& text) { text_ += text + "\n"; }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

bool is_left_out(const Rung& rung, const Plan& plan, bool disconnect_sessions) {
    return rung.disconnects_sessions && !disconnect_sessions && !plan.sessions.empty();
}

void add_why(Sheet& sheet, const Plan& plan) {
    for (const Finding& finding : plan.cures) {
        sheet.row("called for by", finding.code + ": " + finding.text);
        sheet.rows("", finding.evidence);
    }
    if (!plan.asked_for.empty())
        sheet.row("asked for", plan.asked_for);
    for (const auto& [name, value] : plan.options)
        sheet.row("option", name + "=" + value);
    sheet.rows(state_of(plan) == PlanState::impossible ? "impossible" : "in the way", plan.obstacles);
    if (!plan.blocked_by_policy.empty())
        sheet.row("Group Policy", plan.blocked_by_policy);
}

void add_rung(Sheet& sheet, const Rung& rung, const std::string& when) {
    sheet.title(when + rung.title);
    if (!rung.why.empty())
        sheet.row("why", rung.why);
    std::vector<std::string> touches;
    for (const Change& change : rung.changes)
        touches.push_back(describe(change));
    sheet.rows("touches", touches);
    if (rung.await_new_certificate_in)
        sheet.row("waits for", "a new certificate in the store " + *rung.await_new_certificate_in);
    sheet.row("disrupts", disruption_of(rung));
    sheet.rows("undone by", undo_of(rung));
    if (!rung.irreversible.empty())
        sheet.row("not undone", rung.irreversible);
    if (rung.takes_effect_at_restart)
        sheet.row("takes effect", "when the machine restarts; verified after that");
    if (rung.confirm_within.count() > 0)
        sheet.row("taken back", "unless the caller is heard again within " +
                                    std::to_string(rung.confirm_within.count()) + " seconds");
}

} // namespace

const char* name_of(PlanState state) noexcept {
    switch (state) {
    case PlanState::called_for:
        return "called_for";
    case PlanState::asked_only:
        return "asked_only";
    case PlanState::not_needed:
        return "not_needed";
    case PlanState::impossible:
        return "impossible";
    }
    return "impossible";
}

PlanState state_of(const Plan& plan) {
    if (!plan.is_called_for() || (plan.rungs.empty() && plan.obstacles.empty() && plan.cures.empty()))
        return PlanState::not_needed;
    if (plan.rungs.empty())
        return PlanState::impossible;
    return plan.cures.empty() ? PlanState::asked_only : PlanState::called_for;
}

std::vector<std::string> blocked_by(const Plan& plan) {
    std::vector<std::string> result;
    if (state_of(plan) != PlanState::impossible)
        return result;
    if (!plan.blocked_by_policy.empty())
        result.push_back("Group Policy: " + plan.blocked_by_policy);
    result.insert(result.end(), plan.obstacles.begin(), plan.obstacles.end());
    if (result.empty())
        result.push_back("this repair knows no way to cure what was found");
    return result;
}

std::string disruption_of(const Rung& rung) { return rung.disruption.empty() ? "none" : rung.disruption; }

std::string first_disruption(const Plan& plan) {
    return plan.rungs.empty() ? "none" : disruption_of(plan.rungs.front());
}

std::string worst_disruption(const Plan& plan) {
    const auto badness = [](const Rung& rung) {
        return rung.disconnects_sessions ? 3 : rung.takes_effect_at_restart ? 2 : disruption_of(rung) != "none" ? 1 : 0;
    };
    const auto worst = std::max_element(plan.rungs.begin(), plan.rungs.end(), [&](const Rung& left, const Rung& right) {
        return badness(left) < badness(right);
    });
    return worst == plan.rungs.end() ? "none" : disruption_of(*worst);
}

std::vector<std::string> reasons_to_ask(const Plan& plan, bool disconnect_sessions) {
    std::vector<std::string> reasons;
    const auto add = [&](std::string reason) {
        if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
            reasons.push_back(std::move(reason));
    };
    for (const Rung& rung : plan.rungs) {
        if (is_left_out(rung, plan, disconnect_sessions))
            continue;
        if (disruption_of(rung) != "none")
            add("it may disrupt: " + rung.disruption);
        else if (rung.disconnects_sessions)
            add("it may disconnect sessions");
        if (!rung.irreversible.empty())
            add("it cannot undo: " + rung.irreversible);
        if (rung.takes_effect_at_restart)
            add("it takes effect when the machine restarts");
        if (rung.confirm_within.count() > 0)
            add("it can cut this connection off");
    }
    return reasons;
}

std::string to_text(const Plan& plan, const std::string& what) {
    Sheet sheet;
    sheet.title(plan.repair + ": " + what);
    sheet.row("state", name_of(state_of(plan)));
    add_why(sheet, plan);
    for (std::size_t i = 0; i < plan.rungs.size(); ++i)
        add_rung(sheet, plan.rungs[i], i == 0 ? "first: " : "if that does not cure: ");
    if (!plan.rungs.empty())
        sheet.title("the host is verified after each of these; what does not cure is taken back");
    for (const std::string& session : plan.sessions)
        sheet.title("would be cut off: " + session);
    return sheet.take();
}

} // namespace rdpmedic
