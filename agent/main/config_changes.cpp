// Has somebody changed the configuration, and is this the moment to take it up?
#include "agent/main/config_changes.hpp"

#include <utility>

namespace rdpmedic {
namespace {

FileMark mark_of(const std::filesystem::path& file) {
    std::error_code error;
    FileMark mark;
    mark.written = std::filesystem::last_write_time(file, error);
    mark.exists = !error;
    if (mark.exists)
        mark.size = std::filesystem::file_size(file, error);
    return mark;
}

} // namespace

ConfigChanges::ConfigChanges(std::filesystem::path file, Log& log)
    : file_(std::move(file)), log_(log), mark_(mark_of(file_)) {}

std::optional<Settings> ConfigChanges::due(const Settings& in_force, const std::function<bool()>& repair_runs) {
    if (const FileMark mark = mark_of(file_); mark != mark_) {
        mark_ = mark;
        read(in_force);
    }
    if (!wanted_)
        return std::nullopt;
    if (!repair_runs())
        return std::exchange(wanted_, std::nullopt);
    if (!std::exchange(told_to_wait_, true))
        log_.info("event=config_waits reason=\"a repair runs; the configuration is taken up when it has ended\"");
    return std::nullopt;
}

void ConfigChanges::read(const Settings& in_force) {
    wanted_.reset();
    told_to_wait_ = false;
    const auto loaded = load_settings(file_);
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return log_.warn("event=config_refused reason=" + log_value(describe(*wrong)) +
                         " note=\"the old configuration stays\"");
    if (const Settings& settings = std::get<Settings>(loaded); settings != in_force)
        wanted_ = settings;
}

} // namespace rdpmedic
