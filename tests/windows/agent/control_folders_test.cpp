// Are folders moved, made and removed, and nothing in them lost?
#include "agent/disk.hpp"
#include "probes/windows/reads.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/agent/control_calls.hpp"

#include <winsock2.h>

#include <windows.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

std::string text(const std::filesystem::path& path) { return disk::text_of(path); }

} // namespace

TEST_CASE("a folder moves with all that is in it, and back") {
    const TemporaryFolder folder;
    const auto from = folder.path() / "keys", to = folder.path() / "keys.bak";
    REQUIRE(std::filesystem::create_directory(from));
    REQUIRE(disk::create(from / "key", "the key").has_value());
    const RenameFile change{text(from), text(to)};
    const Change inverse = make(change);
    CHECK_FALSE(std::filesystem::exists(from));
    CHECK(std::filesystem::file_size(to / "key") == 7);
    apply(change); // already so
    apply(inverse);
    CHECK(std::filesystem::file_size(from / "key") == 7);
    CHECK_FALSE(std::filesystem::exists(to));
    apply(inverse); // already so
}

TEST_CASE("a folder never takes the place of another one, not even as an inverse") {
    const TemporaryFolder folder;
    const auto from = folder.path() / "keys", to = folder.path() / "keys.bak";
    REQUIRE(std::filesystem::create_directory(from));
    REQUIRE(std::filesystem::create_directory(to));
    const RenameFile change{text(from), text(to), true};
    CHECK(refused(change).native == ERROR_ALREADY_EXISTS);
    CHECK(contains(text_of(failed(change)), "MoveFileExW("));
    CHECK(std::filesystem::exists(from));
}

TEST_CASE("a folder is made with its list and removed again while it is empty") {
    const TemporaryFolder folder;
    // Wine keeps of a list what Unix permissions can say, so the list is one that a folder had before.
    const auto model = folder.path() / "model";
    REQUIRE(std::filesystem::create_directory(model));
    const Bytes descriptor = windows::file_security(text(model)).value();
    const auto path = folder.path() / "made";
    const MakeFolder change{text(path), descriptor};
    const Change inverse = make(change);
    CHECK(std::filesystem::is_directory(path));
    apply(change); // already so
    // What is there already is brought back by itself: nothing of it is removed.
    CHECK(std::get<MakeFolder>(captured(change)).descriptor == descriptor);

    REQUIRE(disk::create(path / "key", "x").has_value());
    CHECK(std::get<MakeFolder>(captured(inverse)).path == text(path)); // an earlier change may empty it
    CHECK(contains(text_of(failed(inverse)), "RemoveDirectoryW("));
    CHECK(std::filesystem::exists(path / "key"));

    std::filesystem::remove(path / "key");
    const Change back = make(inverse);
    CHECK_FALSE(std::filesystem::exists(path));
    apply(inverse); // already so
    apply(back);
    CHECK(std::filesystem::is_directory(path));
}

TEST_CASE("a folder is not made over a file or with a list that lets everybody in") {
    const TemporaryFolder folder;
    const Bytes descriptor = windows::file_security(text(folder.path())).value();
    REQUIRE(disk::create(folder.path() / "file", "x").has_value());
    CHECK(refused(MakeFolder{text(folder.path() / "file"), descriptor}).code == Errc::unsupported);
    CHECK(failed(MakeFolder{text(folder.path() / "file"), descriptor}).code == Errc::unsupported);
    CHECK(refused(RemoveFolder{text(folder.path() / "file")}).code == Errc::unsupported);
    CHECK(failed(RemoveFolder{text(folder.path() / "file")}).code == Errc::unsupported);
    const Bytes no_list{1, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    CHECK(failed(MakeFolder{text(folder.path() / "open"), no_list}).code == Errc::malformed);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "open"));
    CHECK(refused(RemoveFolder{text(folder.path() / "none")}).code == Errc::not_found);
}
