// Is the configuration right, and what does it say?
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/print.hpp"
#include "agent/settings.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

std::filesystem::path chosen(const CommonOptions& common, const std::filesystem::path& file) {
    return file.empty() ? config_file(common.data_folder) : file;
}

} // namespace

int config_check_command(const CommonOptions& common, const std::filesystem::path& file) {
    const std::filesystem::path path = chosen(common, file);
    std::error_code error;
    if (!file.empty() && !std::filesystem::exists(path, error))
        return complain(path.string() + ": there is no such file", 2);
    const auto loaded = load_settings(path);
    const auto* wrong = std::get_if<SettingsError>(&loaded);
    if (common.json) {
        nlohmann::json answer{{"valid", wrong == nullptr}, {"file", path.string()}};
        if (wrong)
            answer.update({{"where", wrong->line_or_path}, {"problem", wrong->problem}});
        std::cout << answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
        return wrong ? 2 : 0;
    }
    if (wrong)
        return complain(describe(*wrong), 2);
    std::cout << path.string()
              << (std::filesystem::exists(path, error) ? " is valid\n" : " does not exist; the defaults apply\n");
    return 0;
}

int config_show_command(const CommonOptions& common, const std::filesystem::path& file) {
    const auto loaded = load_settings(chosen(common, file));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return complain(describe(*wrong), 2);
    const std::string text = render_settings(std::get<Settings>(loaded));
    if (common.json)
        std::cout << nlohmann::json::parse(text, nullptr, true, true).dump(2) << "\n";
    else
        std::cout << text;
    return 0;
}

int config_schema_command() {
    std::cout << settings_schema();
    return 0;
}

} // namespace rdpmedic
