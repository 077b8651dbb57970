// Who may ask the API?
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/print.hpp"
#include "api/tokens.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

Time wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

const char* name_of_role(api::Role role) { return role == api::Role::repair ? "repair" : "read"; }

Result<> save(const CommonOptions& common, const api::TokenFile& tokens) {
    if (Result<> made = prepare_data_folder(common.data_folder); !made)
        return made;
    return tokens.save(tokens_file(common.data_folder));
}

} // namespace

int token_add_command(const CommonOptions& common, const TokenOptions& options) {
    Result<api::TokenFile> tokens = api::TokenFile::load(tokens_file(common.data_folder));
    if (!tokens)
        return complain(tokens.error(), 1);
    const Time now = wall_clock();
    std::optional<Time> expires;
    if (options.days > 0)
        expires = now + std::chrono::days{options.days};
    const api::Role role = options.role == "repair" ? api::Role::repair : api::Role::read;
    const Result<std::string> token = tokens->add(options.name, role, now, expires);
    if (!token)
        return complain(token.error(), 1);
    if (Result<> saved = save(common, *tokens); !saved)
        return complain(saved.error(), 1);
    if (common.json)
        std::cout << nlohmann::json{{"name", options.name}, {"role", options.role}, {"token", *token}}.dump() << "\n";
    else
        std::cout << *token << "\n";
    std::cerr << "rdpmedic: only its hash is stored; this is the one time that the token is shown\n";
    return 0;
}

int token_list_command(const CommonOptions& common) {
    const Result<api::TokenFile> tokens = api::TokenFile::load(tokens_file(common.data_folder));
    if (!tokens)
        return complain(tokens.error(), 1);
    nlohmann::json list = nlohmann::json::array();
    for (const api::TokenEntry& entry : tokens->entries()) {
        nlohmann::json row{
            {"name", entry.name}, {"role", name_of_role(entry.role)}, {"created", to_iso(entry.created)}};
        row["expires"] = entry.expires ? nlohmann::json(to_iso(*entry.expires)) : nlohmann::json();
        list.push_back(row);
        if (!common.json)
            std::cout << entry.name << "  " << name_of_role(entry.role) << "  created " << to_iso(entry.created)
                      << (entry.expires ? "  expires " + to_iso(*entry.expires) : "  does not expire") << "\n";
    }
    if (common.json)
        std::cout << list.dump() << "\n";
    else if (tokens->entries().empty())
        std::cout << "there are no tokens in " << tokens_file(common.data_folder).string() << "\n";
    return 0;
}

int token_remove_command(const CommonOptions& common, const std::string& name) {
    Result<api::TokenFile> tokens = api::TokenFile::load(tokens_file(common.data_folder));
    if (!tokens)
        return complain(tokens.error(), 1);
    if (!tokens->remove(name))
        return complain("there is no token named '" + name + "'", 1);
    if (Result<> saved = save(common, *tokens); !saved)
        return complain(saved.error(), 1);
    return 0;
}

} // namespace rdpmedic
