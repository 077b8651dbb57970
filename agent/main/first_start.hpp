// What has to be there before the agent can be asked anything?
#pragma once

#include "probes/result.hpp"

#include <filesystem>

namespace rdpmedic {

// The data folder with its DACL, config.json with the defaults, and, where there is no tokens.json, one token with the
// role repair, written to repair-token.txt for administrators. Leaves alone what is there, damaged or not. Blocks.
Result<> first_start(const std::filesystem::path& data_folder);

} // namespace rdpmedic
