// Who had what done to this host?
#include "agent/repair/audit.hpp"

#include "agent/digest.hpp"
#include "agent/disk.hpp"
#include "agent/repair/audit_head.hpp"
#include "agent/repair/audit_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <optional>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr std::streamoff tail_size = 1 << 20; // far more than one line
constexpr std::size_t longest_torn = 4096;    // of a torn line is kept: it must not tear the next one

Error io_error(const std::error_code& error, const std::string& what, const std::filesystem::path& file) {
    return {Errc::io, static_cast<std::uint32_t>(error.value()), what + " " + disk::text_of(file)};
}

struct Tail {
    bool empty = true;                   // there is no whole line
    std::string hash = start_of_chain(); // of the last whole line
    std::string previous{};              // that the last whole line names
    std::string torn{};                  // bytes behind the last line break
    std::uintmax_t whole_bytes = 0;
};

// A last line without a line break was cut by a crash. A whole last line whose hash is wrong keeps its claimed place in
// the chain: appending must go on, and verify_audit shows the break.
Result<Tail> tail_of(const std::filesystem::path& file) {
    Tail tail;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error == std::errc::no_such_file_or_directory)
        return tail;
    if (error)
        return io_error(error, "size of", file);
    std::ifstream stream(file, std::ios::binary);
    const auto begin = std::max<std::streamoff>(0, static_cast<std::streamoff>(size) - tail_size);
    std::string text(static_cast<std::size_t>(static_cast<std::streamoff>(size) - begin), '\0');
    if (!stream.seekg(begin) || !stream.read(text.data(), static_cast<std::streamsize>(text.size())))
        return Error{Errc::io, 0, "read " + disk::text_of(file)};
    const std::size_t end = text.rfind('\n');
    tail.torn = text.substr(end == std::string::npos ? 0 : end + 1);
    tail.whole_bytes = size - tail.torn.size();
    if (end == std::string::npos)
        return tail;
    const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const std::string last = text.substr(before == std::string::npos ? 0 : before + 1, end - (before + 1));
    AuditLine line = read_audit_line(last);
    tail.empty = false;
    tail.hash = line.hash.empty() ? sha256_hex(last) : line.hash;
    tail.previous = std::move(line.previous);
    return tail;
}

Result<std::size_t> lines_in(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::size_t lines = 0;
    char block[16384];
    while (stream.read(block, sizeof block) || stream.gcount() > 0)
        lines += static_cast<std::size_t>(std::count(block, block + stream.gcount(), '\n'));
    if (stream.bad())
        return Error{Errc::io, 0, "read " + disk::text_of(file)};
    return lines;
}

// The line and its head, or neither.
Result<> write_both(const std::filesystem::path& file, std::uintmax_t whole_bytes, const std::string& line,
                    const AuditHead& head) {
    Result<> written = disk::append(file, line);
    if (written)
        written = write_audit_head(file, head);
    if (!written) {
        std::error_code ignored;
        std::filesystem::resize_file(file, whole_bytes, ignored);
    }
    return written;
}

// What is written behind what stands in the file, one line after the other.
class Writer {
  public:
    Writer(const std::filesystem::path& file, Time time, AuditHead head, std::uintmax_t bytes)
        : file_(file), time_(time), head_(std::move(head)), bytes_(bytes) {}

    Result<> write(json event) {
        event["time"] = time_.time_since_epoch().count();
        const std::string line = chained_line(std::move(event), head_.hash);
        const AuditHead next{head_.lines + 1, read_audit_line(std::string_view(line).substr(0, line.size() - 1)).hash};
        if (Result<> written = write_both(file_, bytes_, line, next); !written)
            return written;
        head_ = next;
        bytes_ += line.size();
        return {};
    }

  private:
    const std::filesystem::path& file_;
    Time time_;
    AuditHead head_;
    std::uintmax_t bytes_;
};

// Nothing where the trail ends as its head says, or is one line ahead; else the sentence that says what is wrong.
std::string disagreement(const Tail& tail, const Result<AuditHead>& head) {
    if (is_absent(head))
        return tail.empty ? "" : "the file audit.head is gone";
    if (!head)
        return "the file audit.head cannot be used: " + describe(head.error());
    const bool as_written = tail.empty ? head->lines == 0 : head->hash == tail.hash;
    const bool one_ahead = !tail.empty && head->hash == tail.previous;
    return as_written || one_ahead ? "" : "the trail does not end with the line that audit.head names";
}

} // namespace

Result<> Audit::append(Time time, json event) {
    const std::lock_guard lock(mutex_);
    auto tail = tail_of(file_);
    if (!tail)
        return tail.error();
    const Result<AuditHead> head = read_audit_head(file_);
    const std::string wrong = disagreement(*tail, head);
    AuditHead ending{0, tail->hash};
    if (head && wrong.empty()) {
        ending.lines = head->lines + (head->hash == tail->hash ? 0 : 1);
    } else if (!tail->empty) {
        auto lines = lines_in(file_);
        if (!lines)
            return lines.error();
        ending.lines = *lines;
    }
    // A head before the first line: from then on a missing one means that somebody has taken it away.
    if (tail->empty && is_absent(head))
        if (Result<> written = write_audit_head(file_, ending); !written)
            return written;
    if (!tail->torn.empty()) {
        std::error_code error;
        std::filesystem::resize_file(file_, tail->whole_bytes, error);
        if (error)
            return io_error(error, "shorten", file_);
    }
    Writer writer(file_, time, std::move(ending), tail->whole_bytes);
    if (!wrong.empty())
        if (Result<> told = writer.write({{"event", audit_changed_event}, {"text", wrong}}); !told)
            return told;
    if (!tail->torn.empty())
        if (Result<> told =
                writer.write({{"event", "torn_line_removed"}, {"text", tail->torn.substr(0, longest_torn)}});
            !told)
            return told;
    return writer.write(std::move(event));
}

} // namespace rdpmedic
