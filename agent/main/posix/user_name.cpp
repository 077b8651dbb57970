// Who runs this process, on POSIX?
#include "agent/main/user_name.hpp"

#include <cerrno>
#include <vector>

#include <pwd.h>
#include <unistd.h>

namespace rdpmedic {

// https://pubs.opengroup.org/onlinepubs/9699919799/functions/getpwuid.html
std::string user_name() {
    constexpr std::size_t most = 1 << 20; // entries are some hundred bytes
    const uid_t user = ::getuid();
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> memory(4096);
    while (::getpwuid_r(user, &entry, memory.data(), memory.size(), &found) == ERANGE && memory.size() < most)
        memory.resize(memory.size() * 2);
    return found != nullptr ? std::string(found->pw_name) : "uid " + std::to_string(user);
}

} // namespace rdpmedic
