// In which file does Windows keep the private key of a container?
#pragma once

#include "probes/result.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

// Folders as Host expands them: the machine keys of the legacy providers, and of the CNG software provider.
// https://learn.microsoft.com/windows/win32/seccng/key-storage-and-retrieval
inline constexpr std::string_view machine_keys_folder = R"(%ProgramData%\Microsoft\Crypto\RSA\MachineKeys)";
inline constexpr std::string_view cng_keys_folder = R"(%ProgramData%\Microsoft\Crypto\Keys)";

// The file name of a machine container of a legacy provider: "f686aace6942fb7f7ceb231212eef4a4_<machine_guid>" for
// TSSecKeySet1. `machine_guid` is MachineGuid of SOFTWARE\Microsoft\Cryptography. unsupported where this OpenSSL
// refuses MD5 (FIPS), or where the container name is not plain ASCII: its file name cannot be told.
Result<std::string> key_file_name(std::string_view container, std::string_view machine_guid);

} // namespace rdpmedic
