// Can this edition of Windows host Remote Desktop?
#pragma once

#include "probes/registry.hpp"

namespace rdpmedic::listener {

// Home editions cannot, whatever is set on them. MEM: they are Core, CoreN, CoreSingleLanguage, CoreCountrySpecific,
// and no other begins so.
// https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/remote-desktop-allow-access
// Only where EditionID was read. Pure.
bool cannot_host(const Result<std::string>& edition);

// "HKLM\\...: EditionID = Core", or why it could not be read; empty where it is not set. Pure.
std::string evidence_of_edition(const Result<std::string>& edition);

// Blocks as Host does.
Result<std::string> read_edition(const Host& host);

} // namespace rdpmedic::listener
