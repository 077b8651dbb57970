// Does the repair of the transport leave the host cured or as it was?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("nothing is lost while UDP is switched off") {
    CHECK(check_nothing_lost({"off", transport_repair(), {{"udp", "off"}}, [] {
                                  auto host = std::make_unique<RdpHost>();
                                  host->set_dword({R"(SOFTWARE\Policies\Microsoft)"}, "x", 1);
                                  return host;
                              }}) == 6);
}

TEST_CASE("nothing is lost while UDP is switched on") {
    CHECK(check_nothing_lost({"on", transport_repair(), {{"udp", "on"}}, [] {
                                  auto host = std::make_unique<RdpHost>();
                                  host->set_dword(keys::terminal_services_policy, "SelectTransport", 1);
                                  host->give(R"(file_text %SystemRoot%\System32\GroupPolicy\Machine\Registry.pol)",
                                             Error{Errc::not_found, 2, "CreateFileW"});
                                  return host;
                              }}) == 2);
}
