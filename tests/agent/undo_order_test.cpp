// Is what a service reads at its start taken back while it stands still, and does it run afterwards?
#include "agent/repair/undo_order.hpp"

#include "agent/repair/undo_plan.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const SetServiceState stop_term{"TermService", ServiceState::stopped}, start_term{"TermService", ServiceState::running};
const SetServiceState stop_redirector{"UmRdpService", ServiceState::stopped},
    start_redirector{"UmRdpService", ServiceState::running};
const SetRegistryValue new_value{keys::rdp_tcp, "x", RegistryValue{4, 1u}}, old_value{keys::rdp_tcp, "x", std::nullopt};

// One value and then a restart, as capture_all keeps them.
std::vector<Undo> value_and_restart() {
    return {{0, Change{old_value}, new_value},
            {2, Change{start_redirector}, stop_redirector},
            {3, Change{start_term}, stop_term},
            {4, Change{start_term}, start_term},
            {5, Change{start_redirector}, start_redirector}};
}

std::vector<std::string> words(const std::vector<Undo>& undo) {
    std::vector<std::string> result;
    for (const Undo& one : undo)
        result.push_back(describe(std::get<Change>(one.action)));
    return result;
}

const std::string put_back = describe(Change{old_value});

} // namespace

TEST_CASE("values go back between the stop and the start of what was restarted after them") {
    const RdpHost host;
    CHECK(words(undo_order(value_and_restart(), 5, host)) ==
          std::vector<std::string>{"stop service UmRdpService", "stop service TermService", put_back,
                                   "start service TermService", "start service UmRdpService"});
}

TEST_CASE("a service that was only stopped yet is started after the values have gone back") {
    RdpHost host;
    for (const char* name : {"termservice", "umrdpservice"})
        RdpHost::set_state(host.services[name], ServiceState::stopped);
    CHECK(words(undo_order(value_and_restart(), 3, host)) ==
          std::vector<std::string>{put_back, "start service TermService", "start service UmRdpService"});
}

TEST_CASE("a restart alone is not made a second time") {
    std::vector<Undo> undo = value_and_restart();
    undo.erase(undo.begin());
    undo.insert(undo.begin(), {0, Change{SetServiceStart{"UmRdpService", StartType::manual}},
                               SetServiceStart{"UmRdpService", StartType::automatic}});
    const RdpHost host;
    for (const std::string& one : words(undo_order(undo, 5, host)))
        CHECK(one.find("stop") == std::string::npos);
}

TEST_CASE("a service that is to be disabled again is started before that") {
    std::vector<Undo> undo = value_and_restart();
    undo.insert(undo.begin() + 1, {1, Change{SetServiceStart{"TermService", StartType::disabled}},
                                   SetServiceStart{"TermService", StartType::manual}});
    const RdpHost host;
    CHECK(words(undo_order(undo, 5, host)).back() == "set the start type of service TermService to disabled");
}

TEST_CASE("what depends on TermService by now is stopped before it and started after it") {
    RdpHost host;
    host.add_service("Second");
    host.term_service().dependents = {"Second", "UmRdpService"};
    CHECK(words(undo_order(value_and_restart(), 5, host)) ==
          std::vector<std::string>{"stop service UmRdpService", "stop service Second", "stop service TermService",
                                   put_back, "start service TermService", "start service Second",
                                   "start service UmRdpService"});
    CHECK(words(undo_order({{0, Change{stop_term}, start_term}}, 0, host)) ==
          std::vector<std::string>{"stop service Second", "stop service UmRdpService", "stop service TermService"});
}

TEST_CASE("what is stopped and started again is known, and whether it runs") {
    RdpHost host;
    const std::vector<Change> changes{stop_redirector, stop_term, old_value, start_term};
    CHECK(restarted_in(changes) == std::vector<std::string>{"TermService"});
    CHECK(restarted_in({start_term, stop_term}).empty());
    CHECK(why_not_running("TermService", host).empty());
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    CHECK(why_not_running("TermService", host) == "TermService does not run");
    Plan plan;
    plan.rungs = {{"undo", "", "", changes}};
    CHECK_FALSE(verify_undone(plan, host).cured);
    plan.rungs[0].changes = {stop_term};
    CHECK(verify_undone(plan, host).cured);
    host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"});
    CHECK(why_not_running("TermService", host).find("could not be read") != std::string::npos);
}
