// What has to be there before the agent can be asked anything?
#include "agent/main/first_start.hpp"

#include "agent/atomic_file.hpp"
#include "agent/data_folder.hpp"
#include "agent/settings.hpp"
#include "api/tokens.hpp"

namespace rdpmedic {
namespace {

Time wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

bool missing(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found;
}

// The readable copy first: a token whose only copy was lost would lock everybody out.
Result<> make_first_token(const std::filesystem::path& data) {
    api::TokenFile tokens;
    Result<std::string> token = tokens.add("installed", api::Role::repair, wall_clock(), std::nullopt);
    if (!token)
        return token.error();
    if (Result<> written = write_file_atomically(repair_token_file(data), *token + "\n"); !written)
        return written;
    return tokens.save(tokens_file(data));
}

} // namespace

Result<> first_start(const std::filesystem::path& data) {
    if (Result<> made = prepare_data_folder(data); !made)
        return made;
    if (missing(config_file(data)))
        if (Result<> written = write_file_atomically(config_file(data), render_settings({})); !written)
            return written;
    if (missing(tokens_file(data)))
        return make_first_token(data);
    return {};
}

} // namespace rdpmedic
