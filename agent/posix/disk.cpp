// How does a POSIX system keep the promises of agent/disk.hpp?
#include "agent/disk.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace rdpmedic::disk {

namespace {

Error failed(const char* call, const std::filesystem::path& path) {
    const int code = errno;
    Errc kind = Errc::io;
    if (code == ENOENT)
        kind = Errc::not_found;
    if (code == EACCES || code == EPERM || code == EROFS)
        kind = Errc::access_denied;
    return {kind, static_cast<std::uint32_t>(code), std::string(call) + "(" + text_of(path) + ")"};
}

class File {
  public:
    File(const std::filesystem::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0)
            ::close(number_);
    }
    explicit operator bool() const noexcept { return number_ >= 0; }
    int number() const noexcept { return number_; }

  private:
    int number_;
};

Result<> write_and_flush(const File& file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.number()) != 0)
        return failed("fsync", path);
    return {};
}

// The name of a new file is data of its folder: without this the file can be gone after a crash.
Result<> flush_folder_of(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const File opened(folder, O_RDONLY | O_DIRECTORY);
    if (!opened)
        return failed("open", folder);
    if (::fsync(opened.number()) != 0)
        return failed("fsync", folder);
    return {};
}

} // namespace

std::string text_of(const std::filesystem::path& path) { return path.string(); }

Result<> create(const std::filesystem::path& path, std::string_view bytes) {
    const File file(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file)
        return failed("open", path);
    auto written = write_and_flush(file, bytes, path);
    if (written)
        written = flush_folder_of(path);
    if (!written)
        ::unlink(path.c_str());
    return written;
}

Result<> append(const std::filesystem::path& path, std::string_view bytes) {
    const bool is_new = ::access(path.c_str(), F_OK) != 0;
    const File file(path, O_WRONLY | O_CREAT | O_APPEND);
    if (!file)
        return failed("open", path);
    if (auto written = write_and_flush(file, bytes, path); !written)
        return written;
    return is_new ? flush_folder_of(path) : Result<>{};
}

Result<> replace(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failed("rename", to);
    return flush_folder_of(to);
}

} // namespace rdpmedic::disk
