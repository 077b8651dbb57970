// Is the session that was meant told, disconnected or logged off, and no other?
#include "probes/windows/reads.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* file_variable = L"RDPMEDIC_STANDIN_SESSIONS";

// Runs one hidden test of this program with the stand-in; its assertions are this test's.
void run_with_standin(const std::wstring& hidden_test) {
    if (!runs_under_wine()) {
        WARN("not under Wine: no session of a real machine is touched");
        return;
    }
    const SystemStandin standin(L"wtsapi32");
    const TemporaryFolder folder;
    const auto file = folder.path() / "sessions.json";
    std::ofstream(file) << R"([
        {"id": 0, "state": 4, "station": "Services", "now": 1767225600},
        {"id": 2, "state": 4, "user": "anna", "domain": "EXAMPLE", "now": 1767225600},
        {"id": 3, "state": 0, "user": "ben", "domain": "EXAMPLE", "now": 1767225600},
        {"id": 4, "state": 0, "user": "carl", "domain": "EXAMPLE", "now": 1767225600, "refuses": 5},
        {"id": 5, "state": 8, "now": 1767225600},
        {"id": 65536, "state": 6, "station": "RDP-Tcp"}])";
    const ScopedVariable name(file_variable, file.c_str());
    run_hidden_test(hidden_test);
}

nlohmann::json sessions_file() {
    wchar_t path[MAX_PATH] = {};
    REQUIRE(::GetEnvironmentVariableW(file_variable, path, MAX_PATH) > 0);
    std::ifstream file(std::filesystem::path{path});
    return nlohmann::json::parse(file);
}

std::optional<SessionState> state_of(std::uint32_t id) {
    for (const Session& session : windows::sessions().value())
        if (session.id == id)
            return session.state;
    return std::nullopt;
}

template <class SessionChange>
void refuses_all_but_the_right_one(const SessionChange& right) {
    SessionChange other = right;
    other.user = "EXAMPLE\\somebody";
    CHECK(contains(text_of(refused(other)), "belongs to " + right.user + " by now, not to EXAMPLE\\somebody"));
    CHECK(contains(text_of(failed(other)), "belongs to " + right.user + " by now"));
    SessionChange services = right;
    services.id = 0;
    CHECK(refused(services).code == Errc::unsupported);
    CHECK(failed(services).code == Errc::unsupported);
    SessionChange listener = right;
    listener.id = 65536;
    CHECK(failed(listener).code == Errc::unsupported);
    SessionChange denied = right;
    denied.id = 4;
    denied.user = "EXAMPLE\\carl";
    CHECK(text_of(failed(denied)) == "access denied (5) at WTSQuerySessionInformationW(session 4)");
}

} // namespace

TEST_CASE("a session is logged off, and only the one of that user") { run_with_standin(L"[log-off]"); }

TEST_CASE("in a program with the stand-in: log off", "[.][log-off]") {
    LogOffSession change{};
    change.id = 2;
    change.user = "EXAMPLE\\anna";
    refuses_all_but_the_right_one(change);
    REQUIRE(state_of(2) == SessionState::disconnected);
    const Change inverse = make(change);
    CHECK(contains(std::get<CannotUndo>(inverse).why, "anna has to log on again"));
    CHECK_FALSE(state_of(2));
    CHECK(state_of(3) == SessionState::active);
    apply(change); // already so
    CHECK(std::holds_alternative<CannotUndo>(captured(change)));
    LogOffSession back{};
    back.id = 3;
    back.user = "EXAMPLE\\ben";
    CHECK(contains(text_of(failed(back)), "in use again by EXAMPLE\\ben"));
    CHECK(state_of(3) == SessionState::active);
    back.even_active = true;
    apply(back);
    CHECK_FALSE(state_of(3));
}

TEST_CASE("a session of nobody that hangs is logged off too") { run_with_standin(L"[log-off-nobody]"); }

TEST_CASE("in a program with the stand-in: log off nobody", "[.][log-off-nobody]") {
    LogOffSession change{};
    change.id = 5;
    (void)make(change);
    CHECK_FALSE(state_of(5));
}

TEST_CASE("a session is disconnected and stays") { run_with_standin(L"[disconnect]"); }

TEST_CASE("in a program with the stand-in: disconnect", "[.][disconnect]") {
    DisconnectSession change{};
    change.id = 3;
    change.user = "EXAMPLE\\ben";
    refuses_all_but_the_right_one(change);
    const Change inverse = make(change);
    CHECK(contains(std::get<CannotUndo>(inverse).why, "ben"));
    CHECK(state_of(3) == SessionState::disconnected);
    apply(change); // already so
    const SessionState still = SessionState::disconnected;
    CHECK(state_of(2) == still);
}

TEST_CASE("a message is shown in the session, and its time passes before anything else") {
    run_with_standin(L"[tell]");
}

TEST_CASE("in a program with the stand-in: tell", "[.][tell]") {
    TellSession change{};
    change.id = 3;
    change.user = "EXAMPLE\\ben";
    change.text = "Save your work: J\xC3\xB6rg restarts RDP";
    change.seconds = 2;
    refuses_all_but_the_right_one(change);
    const auto began = std::chrono::steady_clock::now();
    const Change inverse = make(change);
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::seconds{2});
    CHECK(std::holds_alternative<CannotUndo>(inverse));
    const auto file = sessions_file();
    CHECK(file[2]["messages"] ==
          nlohmann::json::array({{{"title", "Remote Desktop"}, {"text", change.text}, {"seconds", 2}}}));
    CHECK_FALSE(file[1].contains("messages"));
    change.id = 77; // gone: nobody is left to be told
    apply(change);
}

TEST_CASE("without a session manager nothing is done to sessions") {
    if (!runs_under_wine()) {
        WARN("not under Wine: there is a session manager");
        return;
    }
    LogOffSession change{};
    change.id = 2;
    change.user = "EXAMPLE\\somebody";
    CHECK(contains(text_of(failed(change)), "session 2")); // Wine answers with the user of this process
}
