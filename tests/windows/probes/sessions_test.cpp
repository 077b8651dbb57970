// Are sessions read from Windows, and is "nobody looked" told apart from "nobody is there"?
#include "probes/windows/reads.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* file_variable = L"RDPMEDIC_STANDIN_SESSIONS";

// Runs one hidden test of this program with the stand-in; its assertions are this test's.
void run_with_standin(const std::string& sessions, const std::wstring& hidden_test) {
    if (!runs_under_wine()) {
        WARN("not under Wine: real sessions cannot be replaced by a stand-in");
        return;
    }
    const SystemStandin standin(L"wtsapi32");
    const TemporaryFolder folder;
    const auto file = folder.path() / "sessions.json";
    std::ofstream(file) << sessions;
    const ScopedVariable name(file_variable, file.c_str());
    run_hidden_test(hidden_test);
}

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

} // namespace

TEST_CASE("no session at all is an error, never an idle host") {
    if (!runs_under_wine()) {
        const auto sessions = make_windows_host()->sessions();
        REQUIRE(sessions.has_value());
        CHECK(sessions->front().id == 0);
        return;
    }
    ::SetLastError(ERROR_FILE_NOT_FOUND); // what an earlier call left behind is not taken for the reason
    const auto sessions = make_windows_host()->sessions();
    REQUIRE(sessions.has_error());
    CHECK(sessions.error().code == Errc::unsupported);
    CHECK(sessions.error().where.find("WTSEnumerateSessionsExW") == 0);
}

TEST_CASE("sessions are read through wtsapi32 with users, clients and times") {
    run_with_standin(R"([
        {"id": 0, "state": 4, "station": "Services", "now": 1767225600},
        {"id": 2, "state": 0, "station": "RDP-Tcp#0", "user": "J)"
                     "\xC3\xB6"
                     R"(rg", "domain": "EXAMPLE", "client": "DESK-7", "client_address": [192, 0, 2, 17],
         "connected": 1767222000,
         "logged_on": 1767222001, "last_input": 1767225590, "now": 1767225600},
        {"id": 3, "state": 4, "user": "a-name-of-more-than-20-characters", "disconnected": 1767000000, "now": 1767225600},
        {"id": 4, "state": 0, "station": "RDP-Tcp#1", "user": "secret", "refuses": 5},
        {"id": 5, "state": 77, "now": 1767225600},
        {"id": 6, "state": 0, "station": "RDP-Tcp#2", "user": "gone", "refuses": 7022},
        {"id": 65536, "state": 6, "station": "RDP-Tcp"}])",
                     L"[sessions-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, all of its sessions are read", "[.][sessions-of-the-stand-in]") {
    const auto sessions = windows::sessions();
    REQUIRE(sessions.has_value());
    REQUIRE(sessions->size() == 6);
    const Session& services = sessions->at(0);
    CHECK(services.id == 0);
    CHECK(services.state == SessionState::disconnected);
    CHECK(services.station == "Services");
    CHECK(services.user.empty());
    CHECK_FALSE(services.connected_at.has_value());

    const Session& active = sessions->at(1);
    CHECK(active.id == 2);
    CHECK(active.state == SessionState::active);
    CHECK(active.station == "RDP-Tcp#0");
    CHECK(active.user == "J\xC3\xB6rg");
    CHECK(active.domain == "EXAMPLE");
    CHECK(active.client == "DESK-7");
    CHECK(active.client_address == "192.0.2.17");
    CHECK(active.connected_at == at(1767222000));
    CHECK(active.logged_on_at == at(1767222001));
    CHECK(active.last_input == at(1767225590));
    CHECK(active.now == at(1767225600));
    CHECK_FALSE(active.disconnected_at.has_value());

    CHECK(sessions->at(2).user == "a-name-of-more-than-20-characters"); // not the 20 of WTSINFOEX
    CHECK(sessions->at(2).disconnected_at == at(1767000000));
    CHECK(sessions->at(3).user == "secret");
    CHECK_FALSE(sessions->at(3).now.has_value()); // refused: times are not known, the session still is
    CHECK(sessions->at(4).state == SessionState::unknown);
    CHECK(sessions->at(4).client_address.empty());
    // Session 6 has ended between the list and the question for its times: it is no session any more.
    CHECK(sessions->at(5).state == SessionState::listen);
    CHECK(sessions->at(5).id == 65536);
}

TEST_CASE("an empty list that comes with success is an error too") {
    run_with_standin("[]", L"[no-sessions-of-the-stand-in]");
}

TEST_CASE("in a program that loads an empty stand-in, sessions are not known", "[.][no-sessions-of-the-stand-in]") {
    const auto sessions = windows::sessions();
    REQUIRE(sessions.has_error());
    CHECK(sessions.error() ==
          Error{Errc::unsupported, 0, "WTSEnumerateSessionsExW answered no session, not even session 0"});
}

TEST_CASE("a session manager that fails is an error with its code") {
    run_with_standin("not JSON", L"[broken-sessions-of-the-stand-in]");
}

TEST_CASE("in a program that loads a failing stand-in, the code arrives", "[.][broken-sessions-of-the-stand-in]") {
    const auto sessions = windows::sessions();
    REQUIRE(sessions.has_error());
    CHECK(sessions.error() == Error{Errc::malformed, ERROR_INVALID_DATA, "WTSEnumerateSessionsExW(this machine)"});
}
