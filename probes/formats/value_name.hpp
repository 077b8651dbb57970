// Does Windows read a registry value of this name, or did a shell misspell it?
#pragma once

#include <string_view>

namespace rdpmedic {

// Quotes and blanks at the ends of a name come from commands that were written for another shell: in cmd.exe the quotes
// of /v 'SecurityLayer' become part of the name. Windows does not read such a value. Pure.
bool is_misspelt(std::string_view name);

// Does the name, misspelt or not, begin with that of a setting of the listener's certificate? Without case. Pure.
bool is_about_certificate(std::string_view name);

} // namespace rdpmedic
