// Is another process repairing this host right now?
#include "agent/repair/repair_lock.hpp"

#include "agent/disk.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"

namespace rdpmedic {

namespace {

using namespace rdpmedic::windows;

class FileLock : public RepairLock {
  public:
    explicit FileLock(HANDLE file) : file_(file) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock() override { ::CloseHandle(file_); }

  private:
    HANDLE file_;
};

} // namespace

// Open without sharing: whoever opens it first has the lock, and it ends with the handle, also when the process dies.
// Not a named mutex, which any user may create before us: the folder lets administrators and SYSTEM in and nobody else.
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
Result<std::unique_ptr<RepairLock>> take_repair_lock(const std::filesystem::path& data_folder) {
    const std::filesystem::path path = data_folder / "repair.lock";
    const HANDLE file =
        ::CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file != INVALID_HANDLE_VALUE)
        return std::unique_ptr<RepairLock>(std::make_unique<FileLock>(file));
    const DWORD code = ::GetLastError();
    if (code == ERROR_SHARING_VIOLATION)
        return Error{Errc::timed_out, code, "CreateFileW(" + disk::text_of(path) + ")"};
    return error_of(code, "CreateFileW", disk::text_of(path));
}

} // namespace rdpmedic
