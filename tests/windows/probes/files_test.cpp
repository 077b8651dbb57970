// Are files, folders and their security read as they are?
#include "probes/formats/security_descriptor.hpp"
#include "probes/windows/text.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <sddl.h>

#include <algorithm>
#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

std::string utf8(const std::filesystem::path& path) { return windows::to_utf8(path.wstring()); }

void write(const std::filesystem::path& path, std::size_t size) {
    std::ofstream(path, std::ios::binary) << std::string(size, 'x');
}

} // namespace

TEST_CASE("a file is found by a path with variables and letters that are not ASCII") {
    const TemporaryFolder folder;
    const auto path = folder.path() / L"Schl\x00FCssel \x65E5.bin";
    write(path, 1234);
    const ScopedVariable variable(L"RDPMEDIC_TEST_FOLDER", folder.path().c_str());
    const auto facts = make_windows_host()->file("%RDPMEDIC_TEST_FOLDER%\\Schl\xC3\xBCssel \xE6\x97\xA5.bin");
    REQUIRE(facts.has_value());
    CHECK(facts->path == utf8(path));
    CHECK(facts->size == 1234);
    CHECK_FALSE(facts->directory);
    CHECK_FALSE(facts->reparse_point);
}

TEST_CASE("a library of Windows is found below SystemRoot") {
    const auto facts = make_windows_host()->file("%SystemRoot%\\System32\\kernel32.dll");
    REQUIRE(facts.has_value());
    CHECK(facts->size > 10'000);
    CHECK(facts->path.find('%') == std::string::npos);
}

TEST_CASE("what is missing is not found, with the path as it was looked for") {
    const TemporaryFolder folder;
    const auto host = make_windows_host();
    const std::string path = utf8(folder.path() / "none");
    const auto missing = host->file(path);
    REQUIRE(missing.has_error());
    CHECK(missing.error() == Error{Errc::not_found, ERROR_FILE_NOT_FOUND, "GetFileAttributesExW(" + path + ")"});
    CHECK(host->file(path + "\\deeper").error().native == ERROR_PATH_NOT_FOUND);
    CHECK(is_absent(host->file(path + "\\deeper")));
    CHECK(is_absent(host->file_security(path)));
    CHECK(is_absent(host->folder(path)));
}

TEST_CASE("a path that depends on the current folder is refused") {
    const auto host = make_windows_host();
    for (const char* path :
         {"kernel32.dll", "system32\\kernel32.dll", "C:kernel32.dll", "\\windows", "", "%NO_SUCH%\\x"}) {
        CAPTURE(path);
        REQUIRE(host->file(path).has_error());
        CHECK(host->file(path).error().code == Errc::malformed);
        CHECK(host->folder(path).has_error());
        CHECK(host->file_security(path).has_error());
    }
}

TEST_CASE("a folder lists names, its own among folders, and not the dots") {
    const TemporaryFolder folder;
    write(folder.path() / "a", 1);
    write(folder.path() / L"\x00E4", 1);
    std::filesystem::create_directory(folder.path() / "inner");
    const auto host = make_windows_host();
    auto names = host->folder(utf8(folder.path())).value();
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"a", "inner", "\xC3\xA4"});
    CHECK(host->folder(utf8(folder.path() / "inner")).value().empty());
    CHECK(host->file(utf8(folder.path())).value().directory);
    CHECK(is_unreadable(host->folder(utf8(folder.path() / "a")))); // a file is no folder
}

TEST_CASE("the security of files and folders is a descriptor with an owner and an access list") {
    const TemporaryFolder folder;
    write(folder.path() / "key", 1);
    const auto path = GENERATE(true, false) ? folder.path() / "key" : folder.path();
    PSECURITY_DESCRIPTOR wanted = nullptr;
    REQUIRE(::ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;FA;;;BA)(A;;FA;;;SY)", SDDL_REVISION_1,
                                                                   &wanted, nullptr));
    REQUIRE(::SetFileSecurityW(path.c_str(), DACL_SECURITY_INFORMATION, wanted));
    ::LocalFree(wanted);
    const auto raw = make_windows_host()->file_security(utf8(path));
    REQUIRE(raw.has_value());
    const auto descriptor = parse_security_descriptor(*raw);
    REQUIRE(descriptor.has_value());
    CHECK(descriptor->owner.rfind("S-1-5-", 0) == 0);
    REQUIRE(descriptor->has_dacl);
    const auto grants = [&](const std::string& sid) {
        return std::any_of(descriptor->entries.begin(), descriptor->entries.end(), [&](const AccessEntry& entry) {
            return entry.sid == sid && (entry.mask & FILE_GENERIC_READ) == FILE_GENERIC_READ && !entry.denies();
        });
    };
    // Wine keeps access lists as permissions of Unix: what a user of this machine may becomes the owner's right.
    CHECK(grants(runs_under_wine() ? descriptor->owner : "S-1-5-32-544"));
    CHECK(grants("S-1-5-18"));
    CHECK_FALSE(grants("S-1-1-0"));
    CHECK_FALSE(grants("S-1-5-20"));
}

TEST_CASE("a file is read while its thread keeps its own token") {
    const TemporaryFolder folder;
    write(folder.path() / "key", 1);
    REQUIRE(make_windows_host()->file_security(utf8(folder.path() / "key")).has_value());
    windows::KernelObject token;
    CHECK_FALSE(::OpenThreadToken(::GetCurrentThread(), TOKEN_QUERY, TRUE, token.out()));
    CHECK(::GetLastError() == ERROR_NO_TOKEN);
}

TEST_CASE("the text of a file is read whole, up to one megabyte, while others have it open") {
    const TemporaryFolder folder;
    const auto host = make_windows_host();
    const auto path = folder.path() / "hosts";
    std::ofstream writer(path, std::ios::binary);
    writer << "a\r\nb\0c" << std::flush;
    CHECK(host->file_text(utf8(path)).value() == "a\r\nb");
    writer << std::string(1024 * 1024 - 4, 'x') << std::flush;
    CHECK(host->file_text(utf8(path)).value().size() == 1024 * 1024);
    writer << "y" << std::flush;
    CHECK(host->file_text(utf8(path)).error().code == Errc::malformed);
    write(folder.path() / "empty", 0);
    CHECK(host->file_text(utf8(folder.path() / "empty")).value().empty());
    CHECK(is_absent(host->file_text(utf8(folder.path() / "none"))));
    CHECK(is_unreadable(host->file_text(utf8(folder.path())))); // a folder has no text
}

TEST_CASE("both ends of a file are read whatever its size, while others have it open") {
    const TemporaryFolder folder;
    const auto host = make_windows_host();
    const auto path = folder.path() / "pfirewall.log";
    std::ofstream writer(path, std::ios::binary);
    const auto ends = [&] { return host->file_ends(utf8(path)).value(); };
    writer << std::flush;
    CHECK(ends().size == 0);
    writer << "head\n" << std::flush;
    CHECK(ends().head == "head\n");
    CHECK(ends().tail.empty());
    // Just as much as both ends hold: nothing is missing between them.
    const std::size_t in_head = 4096, in_tail = 256 * 1024;
    writer << std::string(in_head - 5, 'a') << std::string(in_tail, 'b') << std::flush;
    CHECK(ends().size == in_head + in_tail);
    CHECK(ends().head == "head\n" + std::string(in_head - 5, 'a'));
    CHECK(ends().tail == std::string(in_tail, 'b'));
    writer << std::string(2 * 1024 * 1024, 'c') << "end" << std::flush;
    const FileEnds large = ends();
    CHECK(large.size == in_head + in_tail + 2 * 1024 * 1024 + 3);
    CHECK(large.head.substr(0, 5) == "head\n");
    CHECK(large.tail.size() == in_tail);
    CHECK(large.tail.substr(in_tail - 4) == "cend");
    CHECK(is_absent(host->file_ends(utf8(folder.path() / "none"))));
    CHECK(is_unreadable(host->file_ends(utf8(folder.path())))); // a folder has no text
}
