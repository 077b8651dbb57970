// Where may a test write? A new folder that goes away with the object.
#pragma once

#include <cstdio>
#include <filesystem>
#include <random>

namespace rdpmedic::testing {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::random_device random;
        char name[64];
        std::snprintf(name, sizeof name, "rdpmedic-test-%08x%08x", random(), random());
        path_ = std::filesystem::temp_directory_path() / name;
        std::filesystem::create_directories(path_);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace rdpmedic::testing
