// What would a restart of the machine cost, and whom?
#include "agent/repair/plan_reboot.hpp"

#include "probes/sessions.hpp"

namespace rdpmedic {

namespace {

constexpr std::int64_t least_wait = 30, longest_wait = 86400, usual_wait = 60; // seconds

// Everybody who is logged on, at the console too, and those who are disconnected: all of them lose their programs.
std::vector<std::string> logged_on(const Result<std::vector<Session>>& sessions) {
    if (!sessions)
        return {"sessions that could not be read: " + describe(sessions.error())};
    if (sessions->empty()) // session 0 always exists
        return {"sessions that could not be read: the list is empty and lacks even session 0"};
    std::vector<std::string> result;
    for (const Session& session : *sessions)
        if (sessions::is_of_a_user(session))
            result.push_back(sessions::describe(session));
    return result;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

Plan plan_reboot(const Result<std::vector<Session>>& sessions, const Options& options) {
    Plan plan;
    plan.repair = "reboot";
    plan.asked_for = "a restart of the machine";
    plan.done_when_made = true;
    plan.sessions = logged_on(sessions);
    const auto seconds = number_of(options, "in_s").value_or(usual_wait);
    const std::string text = text_of(options, "message")
                                 .value_or("This computer restarts in " + std::to_string(seconds) +
                                           " seconds so that Remote Desktop can be repaired. Save your work.");
    Rung rung{"restart",
              "Restart the machine in " + std::to_string(seconds) + " seconds",
              "asked for",
              {ScheduleRestart{static_cast<std::uint32_t>(seconds), text}}};
    rung.disruption = "everything on this machine stops until it has started again";
    rung.disconnects_sessions = true;
    rung.undo = "cancelled as long as it has not begun";
    rung.irreversible = plan.sessions.empty() ? "what runs on this machine is ended"
                                              : "unsaved work is lost of " + joined(plan.sessions);
    rung.takes_effect_at_restart = true;
    plan.rungs.push_back(std::move(rung));
    return plan;
}

std::vector<OptionSpec> reboot_options() {
    using Kind = OptionSpec::Kind;
    return {{"in_s", Kind::number, "seconds until the restart, 60 without it", {}, least_wait, longest_wait},
            {"message", Kind::text, "what everybody who is logged on is told", {}, 0, 0, 500}};
}

} // namespace rdpmedic
