// Is another process repairing this host right now?
#include "agent/repair/repair_lock.hpp"

#include "agent/disk.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace rdpmedic {

namespace {

class FileLock : public RepairLock {
  public:
    explicit FileLock(int file) : file_(file) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock() override { ::close(file_); }

  private:
    int file_;
};

} // namespace

// flock belongs to the open file, not to the process: two takers in one process exclude each other as well.
Result<std::unique_ptr<RepairLock>> take_repair_lock(const std::filesystem::path& data_folder) {
    const std::filesystem::path path = data_folder / "repair.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return Error{Errc::io, static_cast<std::uint32_t>(errno), "open(" + disk::text_of(path) + ")"};
    auto lock = std::make_unique<FileLock>(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0)
        return std::unique_ptr<RepairLock>(std::move(lock));
    const int code = errno;
    return Error{code == EWOULDBLOCK ? Errc::timed_out : Errc::io, static_cast<std::uint32_t>(code),
                 "flock(" + disk::text_of(path) + ")"};
}

} // namespace rdpmedic
