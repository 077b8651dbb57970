// How does a secret reach the disk so that nobody sees half of it, or any of it?
#include "api/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace rdpmedic::api {
namespace {

#ifdef _WIN32
int create_new(const std::filesystem::path& file) {
    return ::_wopen(file.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
}
std::FILE* stream_of(int descriptor) { return ::_fdopen(descriptor, "wb"); }
bool flush_to_disk(std::FILE* stream) { return std::fflush(stream) == 0 && ::_commit(::_fileno(stream)) == 0; }
void close_descriptor(int descriptor) { ::_close(descriptor); }
#else
int create_new(const std::filesystem::path& file) {
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
}
std::FILE* stream_of(int descriptor) { return ::fdopen(descriptor, "wb"); }
bool flush_to_disk(std::FILE* stream) { return std::fflush(stream) == 0 && ::fsync(::fileno(stream)) == 0; }
void close_descriptor(int descriptor) { ::close(descriptor); }
#endif

Error failed(const char* what, const std::filesystem::path& file, int code) {
    const Errc kind = code == EACCES || code == EPERM ? Errc::access_denied : code == ENOENT ? Errc::not_found : Errc::io;
    return {kind, static_cast<std::uint32_t>(code), std::string(what) + " " + shown(file)};
}

// Writes, flushes and closes on every path.
bool write_all(int descriptor, std::string_view text) {
    std::FILE* stream = stream_of(descriptor);
    if (stream == nullptr) {
        close_descriptor(descriptor);
        return false;
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size() && flush_to_disk(stream);
    return std::fclose(stream) == 0 && written;
}

} // namespace

std::string shown(const std::filesystem::path& file) {
    const std::u8string text = file.u8string();
    return {text.begin(), text.end()};
}

std::filesystem::path path_from_utf8(std::string_view text) {
    return {std::u8string(text.begin(), text.end())};
}

Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return Error{Errc::not_found, 0, "reading " + shown(file)};
    if (error) return failed("reading", file, error.value());
    if (status.type() != std::filesystem::file_type::regular)
        return Error{Errc::malformed, 0, shown(file) + ": expected a file"};
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return failed("reading", file, errno == 0 ? EIO : errno);
    std::string text(limit + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return failed("reading", file, EIO);
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > limit)
        return Error{Errc::malformed, 0, shown(file) + ": larger than " + std::to_string(limit) + " bytes"};
    return text;
}

Result<> write_privately(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    std::error_code error;
    std::filesystem::remove(fresh, error); // what a crash left behind; a link goes, not what it points to
    errno = 0;
    const int descriptor = create_new(fresh);
    if (descriptor < 0) return failed("creating", fresh, errno);
    errno = 0;
    if (!write_all(descriptor, text)) {
        const Error reason = failed("writing", fresh, errno == 0 ? EIO : errno);
        std::filesystem::remove(fresh, error);
        return reason;
    }
    std::filesystem::rename(fresh, file, error);
    if (!error) return {};
    const Error reason = failed("replacing", file, error.value());
    std::filesystem::remove(fresh, error);
    return reason;
}

} // namespace rdpmedic::api
