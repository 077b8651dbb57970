// Which promises about the disk does the standard library not make? Flushed writes and a rename in one step.
//
// One implementation a system: agent/posix/disk.cpp and agent/windows/disk.cpp. All block until the disk has it.
#pragma once

#include "probes/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace rdpmedic::disk {

// Creates `path`, which must not exist, and writes and flushes `bytes`. A file that could not be written to its end is
// removed again.
Result<> create(const std::filesystem::path& path, std::string_view bytes);
// Writes `bytes` at the end of `path`, which is created when missing, and flushes. After an error a part may be there.
Result<> append(const std::filesystem::path& path, std::string_view bytes);
// Renames `from` to `to`, over a file that is there. After a crash `to` is the old file or the new one.
Result<> replace(const std::filesystem::path& from, const std::filesystem::path& to);

// The path as UTF-8, for messages and JSON.
std::string text_of(const std::filesystem::path& path);

} // namespace rdpmedic::disk
