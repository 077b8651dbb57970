// Does the repair of the services leave the host cured or as it was, also where TermService hangs?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

// Everything pending has been so for ten minutes.
Repair after_ten_minutes() {
    Repair repair = termservice_repair();
    repair.plan = [plan = repair.plan](const Host& host, const JudgeContext& context, const Options& options) {
        JudgeContext later = context;
        later.since = [now = context.now](std::string_view, std::string_view) {
            return std::optional<Time>(now - 10min);
        };
        return plan(host, later, options);
    };
    return repair;
}

BrokenHost broken(const std::string& name, std::function<void(RdpHost&)> change) {
    return {name, after_ten_minutes(), {}, [change] {
                auto host = std::make_unique<RdpHost>();
                change(*host);
                return host;
            }};
}

void hang(RdpHost& host) {
    host.term_service().state = ServiceState::stop_pending;
    host.term_service().accepted = 0;
    host.give("process 1000", ProcessFacts{1000, R"(C:\Windows\System32\svchost.exe)", 100, 1 << 20, host.time - 24h});
}

// That a service hangs cannot be brought back: afterwards it runs, or it has stopped.
std::string but_for_the_hang(const std::string& state) {
    const std::string name = "\ntermservice ";
    std::string result = state;
    if (const std::size_t at = result.find(name); at != result.npos)
        result.replace(at + name.size(), 1, "?");
    const std::string read = "read by TermService ";
    if (const std::size_t at = result.find(read); at != result.npos)
        result.erase(at, result.find('\n', at) - at);
    return result;
}

} // namespace

TEST_CASE("nothing is lost while dependencies are enabled, the account put back and TermService started") {
    CHECK(check_nothing_lost(broken("account and dependencies", [](RdpHost& host) {
              RdpHost::set_state(host.term_service(), ServiceState::stopped);
              host.term_service().account = "LocalSystem";
              host.term_service().depends_on = {"RPCSS", "Other"};
              host.add_service("Other", ServiceState::stopped).start = StartType::disabled;
              host.services["umrdpservice"].start = StartType::disabled;
              RdpHost::set_state(host.services["umrdpservice"], ServiceState::stopped);
          })) == 10);
}

TEST_CASE("nothing is lost while the process of a hung TermService is ended") {
    BrokenHost host = broken("hung and alone", hang);
    host.forgive = but_for_the_hang;
    CHECK(check_nothing_lost(host) == 6);
}

TEST_CASE("nothing is lost while a hung TermService is restarted with all that depends on it") {
    BrokenHost host = broken("hung and stoppable", [](RdpHost& hung) {
        hang(hung);
        hung.term_service().accepted = 1;
        hung.add_service("Second");
        hung.term_service().dependents = {"Second", "UmRdpService"};
    });
    host.forgive = but_for_the_hang;
    CHECK(check_nothing_lost(host) == 12);
}

TEST_CASE("nothing is lost while a hung TermService waits for a process of its own") {
    CHECK(check_nothing_lost(broken("hung and shared", [](RdpHost& host) {
              hang(host);
              host.term_service().services_in_process = 5;
          })) == 2);
}
