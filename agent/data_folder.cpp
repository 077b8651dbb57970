// Where does the agent keep what must survive?
#include "agent/data_folder.hpp"

namespace rdpmedic {

Result<> prepare_data_folder(const std::filesystem::path& folder) {
    if (Result<> made = make_private_folder(folder); !made)
        return made;
    for (const char* name : {"tls", "journal", "backup", "logs"})
        if (Result<> made = make_private_folder(folder / name); !made)
            return made;
    return {};
}

} // namespace rdpmedic
