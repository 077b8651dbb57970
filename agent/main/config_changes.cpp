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

// The time of a file can be a whole second, and a change need not change its size.
bool is_young(const FileMark& mark) {
    constexpr std::chrono::seconds coarse{2};
    const auto age = std::filesystem::file_time_type::clock::now() - mark.written;
    return mark.exists && age < coarse && age > -coarse;
}

} // namespace

ConfigChanges::ConfigChanges(std::filesystem::path file, Log& log)
    : file_(std::move(file)), log_(log), mark_(mark_of(file_)), young_(is_young(mark_)) {}

std::optional<Settings> ConfigChanges::due(const Settings& in_force, const std::function<bool()>& repair_runs) {
    if (const FileMark mark = mark_of(file_); mark != mark_ || young_) {
        if (mark != mark_)
            refusal_.clear();
        mark_ = mark;
        young_ = is_young(mark);
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
    if (const auto* wrong = std::get_if<SettingsError>(&loaded)) {
        const std::string before = std::exchange(refusal_, describe(*wrong));
        if (before != refusal_)
            log_.warn("event=config_refused reason=" + log_value(refusal_) + " note=\"the old configuration stays\"");
        return;
    }
    refusal_.clear();
    if (const Settings& settings = std::get<Settings>(loaded); settings != in_force)
        wanted_ = settings;
}

} // namespace rdpmedic
