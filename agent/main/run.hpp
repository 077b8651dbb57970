// How does the agent run until it is told to stop?
#pragma once

#include "agent/service_link.hpp"

#include <filesystem>

namespace rdpmedic {

struct RunOptions {
    std::filesystem::path data_folder; // config.json and everything else
    std::filesystem::path recording;   // empty: this machine
};

// Runs until Ctrl-C, SIGTERM or the service control manager says stop; `link` is null in a console. A changed
// config.json is taken up while running; one that is wrong is reported and the old one stays. Returns the exit code: 0,
// 1 when it could not start, 2 when the configuration is wrong. Blocks.
int run_agent(const RunOptions& options, ServiceLink* link);

} // namespace rdpmedic
