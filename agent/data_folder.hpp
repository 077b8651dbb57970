// Where does the agent keep what must survive, and who may look?
#pragma once

#include "probes/result.hpp"

#include <filesystem>

namespace rdpmedic {

// %ProgramData%\rdpmedic on Windows; elsewhere $XDG_STATE_HOME/rdpmedic or ~/.local/state/rdpmedic.
std::filesystem::path default_data_folder();

// Makes `folder` and its sub-folders (tls, journal, backup, logs), readable by SYSTEM and Administrators alone (on
// Windows a protected DACL that does not inherit what ProgramData gives to Users; elsewhere by the owner alone), and
// sets the same on a folder that is there already. Refuses a reparse point or link in the place of any of them:
// somebody without rights may have planted it. Blocks.
// https://learn.microsoft.com/windows/win32/secauthz/ace-inheritance-rules
Result<> prepare_data_folder(const std::filesystem::path& folder);

// One folder, by the rules above; the parts that differ per system. Used by prepare_data_folder.
Result<> make_private_folder(const std::filesystem::path& folder);

// Files of the data folder.
inline std::filesystem::path config_file(const std::filesystem::path& data) { return data / "config.json"; }
inline std::filesystem::path tokens_file(const std::filesystem::path& data) { return data / "tokens.json"; }
inline std::filesystem::path repair_token_file(const std::filesystem::path& data) { return data / "repair-token.txt"; }
inline std::filesystem::path clocks_file(const std::filesystem::path& data) { return data / "clocks.json"; }
inline std::filesystem::path notes_file(const std::filesystem::path& data) { return data / "notes.json"; }
inline std::filesystem::path own_handshakes_file(const std::filesystem::path& data) {
    return data / "own-handshakes.json";
}

} // namespace rdpmedic
