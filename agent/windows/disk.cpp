// How does Windows keep the promises of agent/disk.hpp?
#include "agent/disk.hpp"

#include <algorithm>

#include <windows.h>

namespace rdpmedic::disk {

namespace {

Error failed(const char* call, const std::filesystem::path& path) {
    const DWORD code = ::GetLastError();
    Errc kind = Errc::io;
    if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)
        kind = Errc::not_found;
    if (code == ERROR_ACCESS_DENIED || code == ERROR_WRITE_PROTECT)
        kind = Errc::access_denied;
    return {kind, code, std::string(call) + "(" + text_of(path) + ")"};
}

class File {
  public:
    // No sharing for writing: two processes that append to one file would mix their records.
    File(const std::filesystem::path& path, DWORD access, DWORD disposition)
        : handle_(::CreateFileW(path.c_str(), access, FILE_SHARE_READ, nullptr, disposition, FILE_ATTRIBUTE_NORMAL,
                                nullptr)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { close(); }
    void close() noexcept {
        if (*this)
            ::CloseHandle(handle_);
        handle_ = INVALID_HANDLE_VALUE;
    }
    explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }
    HANDLE handle() const noexcept { return handle_; }

  private:
    HANDLE handle_;
};

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers
Result<> write_and_flush(const File& file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        DWORD written = 0;
        const auto size = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1u << 20));
        if (!::WriteFile(file.handle(), bytes.data(), size, &written, nullptr))
            return failed("WriteFile", path);
        bytes.remove_prefix(written);
    }
    if (!::FlushFileBuffers(file.handle()))
        return failed("FlushFileBuffers", path);
    return {};
}

} // namespace

std::string text_of(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

Result<> create(const std::filesystem::path& path, std::string_view bytes) {
    File file(path, GENERIC_WRITE, CREATE_NEW);
    if (!file)
        return failed("CreateFileW", path);
    auto written = write_and_flush(file, bytes, path);
    file.close(); // an open file cannot be deleted
    if (!written)
        ::DeleteFileW(path.c_str());
    return written;
}

// FILE_APPEND_DATA without FILE_WRITE_DATA writes at the end, whoever else wrote:
// https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants
Result<> append(const std::filesystem::path& path, std::string_view bytes) {
    const File file(path, FILE_APPEND_DATA | SYNCHRONIZE, OPEN_ALWAYS);
    if (!file)
        return failed("CreateFileW", path);
    return write_and_flush(file, bytes, path);
}

// MOVEFILE_WRITE_THROUGH returns when the move is on the disk:
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
Result<> replace(const std::filesystem::path& from, const std::filesystem::path& to) {
    // A reader or a virus scanner holds a file for a moment: about a second of patience.
    for (int tries = 0;; ++tries) {
        if (::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
            return {};
        const DWORD code = ::GetLastError();
        if (tries == 20 || (code != ERROR_ACCESS_DENIED && code != ERROR_SHARING_VIOLATION)) {
            ::SetLastError(code);
            return failed("MoveFileExW", to);
        }
        ::Sleep(50);
    }
}

} // namespace rdpmedic::disk
