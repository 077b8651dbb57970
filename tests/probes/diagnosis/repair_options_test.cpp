// Is the command that a finding leads to the one that cures it?
#include "probes/diagnosis/repair_options.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;

namespace {

Finding found(std::string code, std::string repair, std::string subject = "") {
    Finding finding{std::move(code), Severity::critical, "what is wrong"};
    finding.repair = std::move(repair);
    finding.subject = std::move(subject);
    return finding;
}

} // namespace

TEST_CASE("a TermService that runs and does not answer is restarted by an option, and one that is stopped needs none") {
    for (const char* code :
         {"handshake.refused", "handshake.closed_before_reply", "handshake.reset_before_reply", "handshake.no_reply"}) {
        INFO(code);
        CHECK(command_of(found(code, "termservice", "TermService")) ==
              "rdpmedic repair termservice --option restart=true");
        CHECK(command_of(found(code, "termservice")) == "rdpmedic repair termservice");
        CHECK(command_of(found(code, "", "TermService")) == "");
    }
    CHECK(command_of(found("termservice.not_running", "termservice", "TermService")) == "rdpmedic repair termservice");
}
