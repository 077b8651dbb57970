// Does the name service answer, and is no answer told apart from "no such name"?
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("a reverse question about no address is refused before anybody is asked") {
    const auto answers = make_windows_host()->dns({"host.example", DnsType::ptr, true});
    REQUIRE(answers.has_error());
    CHECK(answers.error().code == Errc::malformed);
}

TEST_CASE("the text of a file is read as it is, up to a megabyte") {
    const auto host = make_windows_host();
    const auto hosts = host->file_text(R"(%SystemRoot%\System32\drivers\etc\hosts)");
    CHECK((hosts.has_value() || is_absent(hosts))); // Wine has none
    CHECK(is_absent(host->file_text(R"(C:\rdpmedic-test-no-such-file)")));
    CHECK(host->file_text("hosts").error().code == Errc::malformed);
}
