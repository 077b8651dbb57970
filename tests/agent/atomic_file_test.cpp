// Is a file either the old one or the new one, and never half of it?
#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::TemporaryFolder;

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

} // namespace

TEST_CASE("a file written atomically is read back as it was, and nothing else is left beside it") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    const std::string bytes("one\r\n\0two", 9);
    REQUIRE(write_file_atomically(file, "old").has_value());
    REQUIRE(write_file_atomically(file, bytes).has_value());
    CHECK(read_whole_file(file, 100).value() == bytes);
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a write that fails leaves the old content and no temporary file") {
    const TemporaryFolder folder;
    const auto taken = folder.path() / "a-folder-with-this-name";
    std::filesystem::create_directories(taken / "inner");
    const auto result = write_file_atomically(taken, "new");
    REQUIRE(result.has_error());
    CHECK(result.error().where.find("a-folder-with-this-name") != std::string::npos);
    CHECK(files_in(folder.path()) == 1);
    CHECK(std::filesystem::is_directory(taken));
}

TEST_CASE("writing into a folder that does not exist is not_found and names the file") {
    const TemporaryFolder folder;
    const auto result = write_file_atomically(folder.path() / "missing" / "x.json", "new");
    REQUIRE(result.has_error());
    CHECK(result.error().code == Errc::not_found);
    CHECK(result.error().where.find("x.json") != std::string::npos);
}

TEST_CASE("reading tells a missing file, a folder and a file that is too long apart") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "audit.jsonl";
    REQUIRE(write_file_atomically(file, std::string(70000, 'x')).has_value());
    CHECK(read_whole_file(folder.path() / "none", 10).error().code == Errc::not_found);
    CHECK(read_whole_file(folder.path(), 10).error().code == Errc::io);
    CHECK(read_whole_file(file, 69999).error().code == Errc::malformed);
    CHECK(read_whole_file(file, 70000).value().size() == 70000);
}

TEST_CASE("an append goes to the end, and creating over an existing file is refused") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "j.jsonl";
    REQUIRE(disk::append(file, "one\n").has_value());
    REQUIRE(disk::append(file, "two\n").has_value());
    CHECK(disk::create(file, "three").has_error());
    CHECK(read_whole_file(file, 100).value() == "one\ntwo\n");
}
