// Where does the program start?
#include "agent/main/command_line.hpp"

#include <cstdlib>
#include <iostream>

#ifdef _WIN32
#include "agent/main/windows_arguments.hpp"
#endif

int main(int count, char** values) {
#ifdef _WIN32
    std::vector<std::string> arguments = rdpmedic::utf8_arguments(); // `values` is in the ANSI code page
    (void)count, (void)values;
#else
    std::vector<std::string> arguments(values + 1, values + count);
#endif
    int code = 2;
    try {
        code = rdpmedic::run_command_line(std::move(arguments));
    } catch (const std::exception& error) {
        std::cerr << "rdpmedic: internal error: " << error.what() << "\n";
    }
    std::cout.flush();
    std::cerr.flush();
    // Not `return`: a probe may still hang in a call into Windows, and its worker must not keep the process alive.
    std::_Exit(code);
}
