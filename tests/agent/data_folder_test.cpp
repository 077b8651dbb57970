// Is the data folder private, and is what somebody planted in its place refused?
#include "agent/data_folder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using testing::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr const char* all_folders[] = {"", "tls", "journal", "backup", "logs"};

#ifndef _WIN32
constexpr fs::perms open_to_all = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                  fs::perms::others_read | fs::perms::others_exec;

fs::perms mode(const fs::path& path) { return fs::symlink_status(path).permissions(); }
#endif

} // namespace

TEST_CASE("the data folder is made with everything above it and its sub-folders, as often as asked") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "above" / "rdpmedic";
    for (int time = 0; time < 2; ++time) {
        const Result<> made = prepare_data_folder(data);
        if (!made)
            FAIL(describe(made.error()));
        for (const char* name : all_folders) {
            CAPTURE(name);
            CHECK(fs::is_directory(data / name));
#ifndef _WIN32
            CHECK(mode(data / name) == fs::perms::owner_all);
#endif
        }
        std::ofstream(data / "journal" / "kept") << "kept";
        CHECK(fs::file_size(data / "journal" / "kept") == 4);
    }
}

TEST_CASE("a file in the place of a data folder is refused by name and left as it is") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "rdpmedic";
    const std::string name = GENERATE(from_range(std::begin(all_folders), std::end(all_folders)));
    CAPTURE(name);
    fs::path taken = data;
    if (!name.empty()) {
        fs::create_directories(data);
        taken /= name;
    }
    std::ofstream(taken) << "not a folder";
    const Result<> made = prepare_data_folder(data);
    REQUIRE(made.has_error());
    CHECK(made.error().code == Errc::access_denied);
    CHECK(made.error().where.find(taken.string()) != std::string::npos);
    CHECK(fs::file_size(taken) == 12);
}

#ifndef _WIN32
TEST_CASE("data folders that are there already are closed to others") {
    const TemporaryFolder folder;
    for (const char* name : all_folders) {
        fs::create_directories(folder.path() / name);
        fs::permissions(folder.path() / name, open_to_all);
    }
    REQUIRE(prepare_data_folder(folder.path()).has_value());
    for (const char* name : all_folders) {
        CAPTURE(name);
        CHECK(mode(folder.path() / name) == fs::perms::owner_all);
    }
}

TEST_CASE("a link in the place of a data folder is refused by name, and what it leads to stays as it is") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "rdpmedic", elsewhere = folder.path() / "elsewhere";
    fs::create_directories(elsewhere);
    fs::permissions(elsewhere, open_to_all);
    const std::string name = GENERATE(from_range(std::begin(all_folders), std::end(all_folders)));
    CAPTURE(name);
    fs::path link = data;
    if (!name.empty()) {
        fs::create_directories(data);
        link /= name;
    }
    SECTION("to a folder") { fs::create_directory_symlink(elsewhere, link); }
    SECTION("to nothing") { fs::create_directory_symlink(folder.path() / "nothing", link); }
    const Result<> made = prepare_data_folder(data);
    REQUIRE(made.has_error());
    CHECK(made.error().code == Errc::access_denied);
    CHECK(made.error().where.find(link.string() + " is a link") != std::string::npos);
    CHECK(mode(elsewhere) == open_to_all);
    CHECK(fs::is_empty(elsewhere));
    CHECK_FALSE(fs::exists(folder.path() / "nothing"));
}
#endif
