// How is a folder made private where permissions are mode bits?
#include "agent/data_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace rdpmedic {

std::filesystem::path default_data_folder() {
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
        return std::filesystem::path(state) / "rdpmedic";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : ".") / ".local/state/rdpmedic";
}

Result<> make_private_folder(const std::filesystem::path& folder) {
    const auto failed = [&](const char* call) {
        const int number = errno;
        const Errc code = number == EACCES || number == EPERM ? Errc::access_denied : Errc::io;
        return Error{code, static_cast<std::uint32_t>(number), std::string(call) + "(" + folder.string() + ")"};
    };
    std::error_code ignored; // mkdir below tells what is wrong
    std::filesystem::create_directories(folder.parent_path(), ignored);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed("mkdir");
    struct stat facts {};
    if (::lstat(folder.c_str(), &facts) != 0)
        return failed("lstat");
    if (!S_ISDIR(facts.st_mode))
        return Error{Errc::access_denied, 0,
                     folder.string() + " is a link or a file; remove it, a folder belongs here"};
    if (facts.st_uid != ::geteuid())
        return Error{Errc::access_denied, 0,
                     folder.string() + " belongs to another user; the agent's data would be theirs"};
    if (::chmod(folder.c_str(), 0700) != 0)
        return failed("chmod");
    return {};
}

} // namespace rdpmedic
