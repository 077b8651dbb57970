// Which recorded hosts are there, and what is to be said of each?
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rdpmedic::testing {

struct RecordedCase {
    std::string name;                  // of the file in tests/fixtures/hosts
    std::vector<std::string> findings; // "code severity", in the order of the probes; exact
    // What the diagnosis says to a user who saw 0x904 with 0x7: first cause, conclusion, repair of the first cause.
    std::string cause{}, conclusion{}, repair{};
};

// Every recording in tests/fixtures/hosts has its row.
const std::vector<RecordedCase>& recorded_cases();

inline std::filesystem::path recorded_hosts_folder() {
    return std::filesystem::path(RDPMEDIC_SOURCE_DIR) / "tests" / "fixtures" / "hosts";
}

} // namespace rdpmedic::testing
