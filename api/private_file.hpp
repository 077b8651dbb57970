// How does a secret reach the disk so that nobody sees half of it, or any of it?
#pragma once

#include "probes/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace rdpmedic::api {

// The whole of `file`. not_found when there is none, malformed when it is larger than `limit` bytes. Blocks.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit);

// Replaces `file` as a whole or not at all: a new file beside it, flushed, then renamed over it. Only the owner may
// read it; on Windows the protected DACL of the data folder is inherited. Never follows a planted link: the new file
// must not exist yet. Blocks.
Result<> write_privately(const std::filesystem::path& file, std::string_view text);

// For messages: UTF-8 on every system.
std::string shown(const std::filesystem::path& file);
// A path from a configuration value, which is UTF-8 on every system.
std::filesystem::path path_from_utf8(std::string_view text);

} // namespace rdpmedic::api
