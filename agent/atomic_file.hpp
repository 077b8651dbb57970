// How does the agent keep its files whole when the power goes?
#pragma once

#include "probes/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace rdpmedic {

// Replaces `path` by `bytes`, or leaves it as it was: writes a new file beside it, flushes that to the disk and renames
// it over. The folder must exist. The new file is readable by its owner alone, on Windows by whom the folder says.
// Errors name the file and the failed call. Blocks until the disk has it.
Result<> write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// The whole content. not_found: no such file; malformed: longer than `max_bytes`, which is not read. Blocks.
Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t max_bytes);

} // namespace rdpmedic
