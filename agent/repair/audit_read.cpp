// Has anybody changed the story since?
#include "agent/repair/audit.hpp"

#include "agent/disk.hpp"
#include "agent/repair/audit_head.hpp"
#include "agent/repair/audit_line.hpp"

#include <cerrno>
#include <deque>
#include <fstream>
#include <thread>

namespace rdpmedic {

namespace {

constexpr std::uintmax_t largest_file = 256u << 20;
constexpr int looks = 3; // a line and its head are two writes, and a reader can come between them
constexpr std::chrono::milliseconds between_looks{20};

// Walks along the chain, line by line.
class Walk {
  public:
    explicit Walk(std::size_t most) : most_(most) {}

    void take(const std::string& text, bool ended) {
        ++trail_.lines;
        const AuditLine line = read_audit_line(text);
        if (!ended)
            complain("has no end");
        else if (line.hash.empty())
            complain("does not have the hash it claims");
        else if (line.previous != hash_)
            complain("does not follow the line before it");
        else if (line.event == audit_changed_event)
            complain("says that the lines before it were changed");
        before_ = std::exchange(hash_, line.hash);
        last_.push_front(text);
        if (last_.size() > most_)
            last_.pop_back();
    }

    AuditTrail end(const Result<AuditHead>& head) {
        compare(head);
        trail_.last.assign(last_.begin(), last_.end());
        return std::move(trail_);
    }

  private:
    void complain(const std::string& what) { complain(what, trail_.lines); }
    void complain(const std::string& what, std::size_t line) {
        if (trail_.broken.empty())
            trail_.broken = "line " + std::to_string(line) + ": " + what;
    }

    void compare(const Result<AuditHead>& head) {
        const std::size_t lines = trail_.lines;
        if (!head) {
            if (lines > 0 || !is_absent(head))
                complain("whether it is the last cannot be told: " + describe(head.error()),
                         std::max<std::size_t>(lines, 1));
        } else if (head->lines > lines) {
            complain("is gone; audit.head counts " + std::to_string(head->lines) + " lines", lines + 1);
        } else if (head->lines + 1 < lines) {
            complain("is not known to audit.head, which counts " + std::to_string(head->lines), head->lines + 1);
        } else if (head->hash != (head->lines == lines ? hash_ : before_)) {
            complain("is not the line that audit.head names", head->lines);
        }
    }

    std::size_t most_;
    AuditTrail trail_;
    std::deque<std::string> last_;
    std::string hash_ = start_of_chain(), before_ = start_of_chain();
};

Result<AuditTrail> look(const std::filesystem::path& file, std::size_t most) {
    const Result<AuditHead> head = read_audit_head(file);
    Walk walk(most);
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error == std::errc::no_such_file_or_directory)
        return walk.end(head);
    const std::string where = "read " + disk::text_of(file);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), where};
    if (size > largest_file)
        return Error{Errc::malformed, 0, where + ": longer than " + std::to_string(largest_file) + " bytes"};
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{errno == EACCES || errno == EPERM ? Errc::access_denied : Errc::io,
                     static_cast<std::uint32_t>(errno), where};
    for (std::string line; std::getline(stream, line);)
        walk.take(line, !stream.eof());
    if (stream.bad())
        return Error{Errc::io, static_cast<std::uint32_t>(errno), where};
    return walk.end(head);
}

} // namespace

Result<AuditTrail> read_audit(const std::filesystem::path& file, std::size_t most) {
    for (int i = 1;; ++i) {
        Result<AuditTrail> trail = look(file, most);
        if (i == looks || !trail || trail->broken.empty())
            return trail;
        std::this_thread::sleep_for(between_looks);
    }
}

Result<std::size_t> verify_audit(const std::filesystem::path& file) {
    const auto trail = read_audit(file, 0);
    if (!trail)
        return trail.error();
    if (!trail->broken.empty())
        return Error{Errc::malformed, 0, disk::text_of(file) + ", " + trail->broken};
    return trail->lines;
}

} // namespace rdpmedic
