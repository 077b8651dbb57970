// Which sessions would be ended, for whom, and what would their users lose?
#include "agent/repair/plan_sessions.hpp"

#include "agent/repair/plan_parts.hpp"
#include "probes/letter_case.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic {

namespace {

constexpr std::int64_t wait_by_default = 60, longest_wait = 600; // seconds

std::string user_of(const Session& session) {
    return session.domain.empty() ? session.user : session.domain + "\\" + session.user;
}

// What the caller wants.
struct Wish {
    std::optional<std::int64_t> id, hours;
    std::optional<std::string> user;
    bool disconnect = false;

    bool chooses() const { return id || hours || user; }
    bool is_user(const Session& session) const {
        return !user || same_ignoring_case(*user, user->find('\\') == user->npos ? session.user : user_of(session));
    }
    std::string text() const {
        const std::string done = disconnect ? " disconnected" : " logged off";
        std::string whose = user ? " of " + *user : "";
        if (hours)
            whose += " that are disconnected for more than " + std::to_string(*hours) + " hours";
        if (id)
            return "session " + std::to_string(*id) + whose + done;
        return (disconnect ? "half-open sessions" : "sessions") + whose + done;
    }
};

Wish wish_of(const Options& options) {
    return {number_of(options, "session"), number_of(options, "disconnected_for_h"), text_of(options, "user"),
            text_of(options, "action") == "disconnect"};
}

// The number that the subject of a finding begins with: "5", "5 down".
std::optional<std::uint32_t> session_of(const Finding& finding) {
    std::uint32_t id = 0;
    const char* end = finding.subject.data() + finding.subject.size();
    if (std::from_chars(finding.subject.data(), end, id).ec != std::errc{})
        return std::nullopt;
    return id;
}

bool is_half_open(const Finding& finding) { return finding.code == "sessions.half_open"; }

class Planner {
  public:
    explicit Planner(const SessionsPlanInput& input) : input_(input), wish_(wish_of(input.options)) {
        plan_.repair = "sessions";
    }

    Plan run() {
        if (wish_.chooses())
            plan_.asked_for = wish_.text();
        if (!sessions_are_known() || !options_fit())
            return std::move(plan_);
        if (!wish_.chooses())
            choose_by_findings();
        else if (wish_.id)
            choose_by_id();
        else
            choose_by_user();
        note_cures();
        add_rung(to_disconnect_, true);
        add_rung(to_log_off_, false);
        return std::move(plan_);
    }

  private:
    bool refuse(std::string why) {
        plan_.obstacles.push_back(std::move(why));
        return false;
    }

    // Session 0 always exists, so an empty list is a system that does not really answer.
    bool sessions_are_known() {
        const auto& sessions = input_.facts.sessions;
        if (!sessions)
            return refuse("The sessions could not be read: " + describe(sessions.error()));
        return !sessions->empty() || refuse("The list of sessions is empty and lacks even session 0: not known is not "
                                            "nobody.");
    }

    bool options_fit() {
        if (number_of(input_.options, "wait_s") && !text_of(input_.options, "message"))
            return refuse("wait_s is for users who are told: it needs a message.");
        if (wish_.disconnect && wish_.hours)
            return refuse("disconnected_for_h chooses sessions that are disconnected already; it goes with logoff.");
        return true;
    }

    const Session* find(std::uint32_t id) const {
        for (const Session& session : *input_.facts.sessions)
            if (session.id == id)
                return &session;
        return nullptr;
    }

    bool is_found_half_open(const Session& session) const {
        return std::any_of(input_.findings.begin(), input_.findings.end(), [&](const Finding& finding) {
            return is_half_open(finding) && session_of(finding) == session.id;
        });
    }

    void choose_by_findings() {
        const auto action = text_of(input_.options, "action");
        for (const Finding& finding : called_for(input_.findings, plan_.repair)) {
            const auto id = session_of(finding);
            const Session* session = id ? find(*id) : nullptr;
            if (session == nullptr || (action && wish_.disconnect != is_half_open(finding)))
                continue;
            plan_.cures.push_back(finding);
            add(is_half_open(finding) ? to_disconnect_ : to_log_off_, *session);
        }
    }

    void choose_by_id() {
        const Session* session = find(static_cast<std::uint32_t>(*wish_.id));
        if (session == nullptr)
            return; // as asked
        const std::string name = sessions::describe(*session);
        if (session->id == 0)
            refuse("Session 0 belongs to the services of Windows and is never ended.");
        else if (sessions::is_listener(*session))
            refuse(name + " is a listener and nobody's session.");
        else if (session->state == SessionState::unknown)
            refuse("The state of session " + std::to_string(session->id) + " is not known.");
        else if (!wish_.is_user(*session))
            refuse(name + " is not a session of " + *wish_.user + ".");
        else if (wish_.hours && session->state != SessionState::disconnected)
            refuse(name + " is not disconnected.");
        else if (wish_.hours && !is_disconnected_long(*session))
            refuse(name + " is not known to be disconnected for that long.");
        else if (!wish_.disconnect)
            add(to_log_off_, *session);
        else
            choose_to_disconnect(*session);
    }

    void choose_to_disconnect(const Session& session) {
        switch (session.state) {
        case SessionState::active:
        case SessionState::connected:
        case SessionState::shadow:
            return add(to_disconnect_, session);
        case SessionState::disconnected:
            return; // as asked
        case SessionState::connect_query:
        case SessionState::idle:
        case SessionState::listen:
        case SessionState::reset:
        case SessionState::down:
        case SessionState::init:
        case SessionState::unknown:
            break;
        }
        refuse(sessions::describe(session) + " has no connection that could be ended; log it off.");
    }

    void choose_by_user() {
        for (const Session& session : *input_.facts.sessions) {
            if (!sessions::is_of_a_user(session) || !wish_.is_user(session))
                continue;
            if (wish_.disconnect)
                choose_half_open(session);
            else
                choose_disconnected(session);
        }
    }

    void choose_half_open(const Session& session) {
        if (is_found_half_open(session))
            add(to_disconnect_, session);
        else if (session.state == SessionState::active)
            refuse(sessions::describe(session) + " is in use; name it by its id to disconnect it.");
    }

    void choose_disconnected(const Session& session) {
        const std::string name = sessions::describe(session);
        if (session.state == SessionState::unknown)
            refuse("The state of session " + std::to_string(session.id) + " is not known.");
        else if (session.state == SessionState::disconnected && sessions::is_console(session))
            refuse(name + " is the session of the console; name it by its id to end it.");
        else if (session.state == SessionState::disconnected && is_disconnected_long(session))
            add(to_log_off_, session);
        else if (session.state != SessionState::disconnected && !wish_.hours)
            refuse(name + " is not disconnected; name it by its id to end it.");
    }

    // As long as was asked, by the clock of the session manager. Not known is not long.
    bool is_disconnected_long(const Session& session) {
        if (!wish_.hours)
            return true;
        if (!session.disconnected_at)
            return refuse("Since when session " + std::to_string(session.id) + " is disconnected is not known.");
        const Time now = session.now ? *session.now : input_.now;
        return now - *session.disconnected_at > std::chrono::hours{*wish_.hours};
    }

    static void add(std::vector<Session>& to, const Session& session) {
        if (std::none_of(to.begin(), to.end(), [&](const Session& one) { return one.id == session.id; }))
            to.push_back(session);
    }

    // What was chosen may be what a finding is about: then it must be gone, too.
    void note_cures() {
        if (!wish_.chooses())
            return;
        const auto is_about = [](const Finding& finding, const std::vector<Session>& chosen) {
            return std::any_of(chosen.begin(), chosen.end(),
                               [&](const Session& session) { return session_of(finding) == session.id; });
        };
        for (const Finding& finding : called_for(input_.findings, plan_.repair))
            if (is_about(finding, to_log_off_) || (is_half_open(finding) && is_about(finding, to_disconnect_)))
                plan_.cures.push_back(finding);
    }

    // Everybody is told first, and the wait comes once, after the last of them.
    std::vector<Change> tell(const std::vector<Session>& chosen) const {
        const auto text = text_of(input_.options, "message");
        std::vector<Change> changes;
        for (const Session& session : text ? chosen : std::vector<Session>{})
            if (!session.user.empty())
                changes.push_back(TellSession{session.id, user_of(session), *text, 0});
        if (!changes.empty())
            std::get<TellSession>(changes.back()).seconds =
                static_cast<std::uint32_t>(number_of(input_.options, "wait_s").value_or(wait_by_default));
        return changes;
    }

    void add_rung(const std::vector<Session>& chosen, bool disconnect) {
        if (chosen.empty())
            return;
        Rung rung{disconnect ? "disconnect" : "log-off",
                  disconnect ? "Disconnect sessions whose client is gone" : "Log off sessions", "", tell(chosen)};
        for (const Session& session : chosen) {
            rung.why += (rung.why.empty() ? "" : "; ") + sessions::evidence_of(session);
            plan_.sessions.push_back(sessions::describe(session));
            if (disconnect) {
                rung.changes.push_back(DisconnectSession{session.id, user_of(session)});
                continue;
            }
            rung.changes.push_back(LogOffSession{session.id, user_of(session), wish_.id.has_value()});
            if (!session.user.empty())
                rung.irreversible +=
                    (rung.irreversible.empty() ? "" : "; ") + ("unsaved work of " + user_of(session) + " is lost");
        }
        if (!disconnect && rung.irreversible.empty())
            rung.irreversible = "what runs in these sessions is ended";
        rung.disruption = disconnect ? "these sessions are disconnected; they can be resumed" : "these sessions end";
        rung.undo = disconnect ? "the users connect again" : "cannot be taken back";
        rung.disconnects_sessions = true;
        plan_.rungs.push_back(std::move(rung));
    }

    const SessionsPlanInput& input_;
    Wish wish_;
    Plan plan_;
    std::vector<Session> to_disconnect_, to_log_off_;
};

} // namespace

Plan plan_sessions(const SessionsPlanInput& input) { return Planner(input).run(); }

std::vector<OptionSpec> sessions_options() {
    using Kind = OptionSpec::Kind;
    return {
        {"session", Kind::number, "id of the session to end", {}, 0, 0xFFFFFFFF},
        {"user", Kind::text, "whose disconnected sessions to end: DOMAIN\\user, or user of any domain"},
        {"disconnected_for_h", Kind::number, "end what is disconnected for more than so many hours", {}, 1, 8760},
        {"action", Kind::choice, "logoff, or disconnect for a session whose client is gone", {"logoff", "disconnect"}},
        {"message", Kind::text, "what the users are told before", {}, 0, 0, 500},
        {"wait_s", Kind::number, "seconds between the message and the end, 60 without it", {}, 0, longest_wait}};
}

} // namespace rdpmedic
