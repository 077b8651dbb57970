// How is a new folder made, and removed with all that a test has left in it?
#include "tests/support/temporary_folder.hpp"

#include <cstdio>
#include <random>
#include <system_error>

namespace rdpmedic::testing {

TemporaryFolder::TemporaryFolder() {
    std::random_device random;
    char name[64];
    std::snprintf(name, sizeof name, "rdpmedic-test-%08x%08x", random(), random());
    path_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace rdpmedic::testing
