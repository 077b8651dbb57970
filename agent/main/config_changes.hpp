// Has somebody changed the configuration, and is this the moment to take it up?
#pragma once

#include "agent/log.hpp"
#include "agent/settings.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace rdpmedic {

// The configuration file as last seen, to notice that it has changed.
struct FileMark {
    bool exists = false;
    std::filesystem::file_time_type written{};
    std::uintmax_t size = 0;
    friend bool operator==(const FileMark&, const FileMark&) = default;
};

class ConfigChanges {
  public:
    // The file as it is now counts as taken up.
    ConfigChanges(std::filesystem::path file, Log& log);

    // What is to be taken up now, once: the file has changed and says something else than what is in force. One that is
    // wrong changes nothing and is told. While a repair runs it waits, which is told: taking it up ends what runs.
    std::optional<Settings> due(const Settings& in_force, const std::function<bool()>& repair_runs);

  private:
    void read(const Settings& in_force);

    std::filesystem::path file_;
    Log& log_;
    FileMark mark_;
    bool young_ = false;  // seen so soon after it was written that a second write may look the same
    std::string refusal_; // of this mark, as told
    std::optional<Settings> wanted_;
    bool told_to_wait_ = false;
};

} // namespace rdpmedic
