// Is an unsigned file told apart from one that nobody could check?
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("a DLL of Windows is signed, and where no catalogue can say so it is not called unsigned") {
    const auto signature = make_windows_host()->file_signature(R"(%SystemRoot%\System32\kernel32.dll)");
    if (runs_under_wine()) {
        REQUIRE(signature.has_error());
        CHECK(signature.error().code == Errc::unsupported);
        return;
    }
    REQUIRE(signature.has_value());
    CHECK(signature->status == 0);
    CHECK(signature->signer.find("Microsoft") == 0);
}

TEST_CASE("a file without a signature is unsigned where catalogues can be asked") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "unsigned.dll";
    std::ofstream(path, std::ios::binary) << "MZ and nothing else";
    const auto signature = make_windows_host()->file_signature(path.string());
    if (runs_under_wine()) {
        CHECK(signature.has_error());
        return;
    }
    REQUIRE(signature.has_value());
    CHECK(signature->status != 0);
    CHECK(signature->signer.empty());
    CHECK_FALSE(signature->by_catalog);
}

TEST_CASE("a file that does not exist has no signature to ask for") {
    const auto signature = make_windows_host()->file_signature(R"(%SystemRoot%\rdpmedic-nowhere.dll)");
    REQUIRE(signature.has_error());
    CHECK(signature.error().code == Errc::not_found);
}
