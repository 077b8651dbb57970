// Does the repair of TLS leave the host cured or as it was?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

BrokenHost broken(const std::string& name, bool with_policy) {
    return {name, tls_repair(), {{"remove_cipher_policy", "true"}}, [with_policy] {
                auto host = std::make_unique<RdpHost>();
                host->set_text(keys::windows_version, "CurrentBuildNumber", "17763");
                host->set_dword(tls12_server, "Enabled", 0);
                host->set_dword(tls12_server, "DisabledByDefault", 1);
                host->set_dword(tls13_server, "Enabled", 0xFFFFFFFF);
                host->set_dword(tls::credssp, "AllowEncryptionOracle", 2);
                if (with_policy)
                    host->set_text(tls::suites_policy, "Functions", "");
                return host;
            }};
}

} // namespace

TEST_CASE("nothing is lost while TLS is set as Windows sets it up") { CHECK(check_nothing_lost(broken("tls", false)) == 16); }

TEST_CASE("nothing is lost while TLS waits for the restart of Windows") {
    CHECK(check_nothing_lost(broken("tls and its suites", true)) == 10);
}
