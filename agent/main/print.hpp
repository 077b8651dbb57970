// How do commands speak?
#pragma once

#include "probes/result.hpp"

#include <iostream>
#include <string>

namespace rdpmedic {

// To standard error, with the name of the program; returns `code`.
inline int complain(const std::string& text, int code) {
    std::cerr << "rdpmedic: " << text << "\n";
    return code;
}
inline int complain(const Error& error, int code) { return complain(describe(error), code); }

} // namespace rdpmedic
