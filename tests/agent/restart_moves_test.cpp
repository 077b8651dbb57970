// Does every plan that restarts TermService say so where the restart moves the listener to another port?
#include "agent/repair/repairs.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/rdp_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const std::string said = "no longer on TCP 3389: let the new port in through the firewall first";

// What the rungs of a plan that disconnect cut off.
std::string disruptions(const Plan& plan) {
    std::string text;
    for (const Rung& rung : plan.rungs)
        if (rung.disconnects_sessions)
            text += rung.disruption + "\n";
    return text;
}

struct Row {
    const char* name;
    Repair repair;
    std::function<void(RdpHost&)> break_it;
    Options options{};
};

} // namespace

TEST_CASE("who agrees to a restart of TermService reads that it leaves the port on which clients still get in") {
    const std::vector<Row> rows{
        {"cert", cert_repair(),
         [](RdpHost& host) { host.set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"); }},
        {"termservice", termservice_repair(), [](RdpHost&) {}, {{"restart", "true"}}},
        {"tls", tls_repair(), [](RdpHost& host) { host.set_dword(tls12_server, "Enabled", 0); }},
        {"listener", listener_repair(), [](RdpHost& host) { host.set_dword(keys::rdp_tcp, "SecurityLayer", 7); }},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        RdpHost host;
        row.break_it(host);
        const std::string before = disruptions(planned(row.repair, host, row.options));
        REQUIRE(before.find("all RDP sessions are disconnected") != std::string::npos);
        CHECK(before.find("no longer on TCP") == std::string::npos);
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390); // and TermService still has 3389
        CHECK(disruptions(planned(row.repair, host, row.options)).find(said) != std::string::npos);
    }
}
