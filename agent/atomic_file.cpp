// How does the agent keep its files whole when the power goes?
#include "agent/atomic_file.hpp"

#include "agent/disk.hpp"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <random>
#include <system_error>

namespace rdpmedic {

namespace {

// Another name each time: two writers of one file must not write into one temporary file.
std::filesystem::path temporary_beside(const std::filesystem::path& path) {
    std::random_device random;
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, ".%08x%08x.tmp", random(), random());
    std::filesystem::path result = path;
    return result += suffix;
}

} // namespace

Result<> write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
    const std::filesystem::path temporary = temporary_beside(path);
    if (auto created = disk::create(temporary, bytes); !created)
        return created.error();
    if (auto replaced = disk::replace(temporary, path); !replaced) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return replaced.error();
    }
    return {};
}

Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t max_bytes) {
    const std::string where = "read " + disk::text_of(path);
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return Error{Errc::not_found, 0, where};
    if (status.type() == std::filesystem::file_type::directory)
        return Error{Errc::io, 0, where + ": is a folder"};
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{errno == EACCES || errno == EPERM ? Errc::access_denied : Errc::io,
                     static_cast<std::uint32_t>(errno), where};
    std::string content;
    char block[16384];
    while (file.read(block, sizeof block) || file.gcount() > 0) {
        content.append(block, static_cast<std::size_t>(file.gcount()));
        if (content.size() > max_bytes)
            return Error{Errc::malformed, 0, where + ": longer than " + std::to_string(max_bytes) + " bytes"};
    }
    if (file.bad())
        return Error{Errc::io, static_cast<std::uint32_t>(errno), where};
    return content;
}

} // namespace rdpmedic
