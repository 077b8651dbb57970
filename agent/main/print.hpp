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

// Beside the answer, on standard error; nothing where there is nothing to say.
inline void say(const std::string& text) {
    if (!text.empty())
        std::cerr << "rdpmedic: " << text << "\n";
}

} // namespace rdpmedic
