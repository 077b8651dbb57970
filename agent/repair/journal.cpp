// What must be taken back if this process dies now? One file a job, and every line is on the disk before it counts.
#include "agent/repair/journal.hpp"

#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "agent/repair/journal_records.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr std::size_t checksum_size = 16;
constexpr std::size_t largest_file = 64u << 20; // inverses hold certificates and key files, a few KiB each
constexpr const char* extension = ".jsonl";

std::string checksum(std::string_view text) { return sha256_hex(text).substr(0, checksum_size); }

Result<std::string> line_of(const json& record) {
    auto text = dump_strictly(record);
    if (!text)
        return text.error();
    return checksum(*text) + " " + *text + "\n";
}

// nlohmann's json converts from anything, which makes Result<json> ambiguous: hence the out parameter.
Result<> parse_line(std::string_view line, json& record) {
    if (line.size() <= checksum_size || line[checksum_size] != ' ')
        return Error{Errc::malformed, 0, "a line without a checksum"};
    const std::string_view text = line.substr(checksum_size + 1);
    if (checksum(text) != line.substr(0, checksum_size))
        return Error{Errc::malformed, 0, "a wrong checksum"};
    record = json::parse(text, nullptr, false);
    if (record.is_discarded())
        return Error{Errc::malformed, 0, "not JSON"};
    return {};
}

} // namespace

Result<Journal> Journal::begin(const std::filesystem::path& folder, const Job& job, const std::string& idempotency_key,
                               Append append) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "create the folder " + disk::text_of(folder)};
    Journal journal(folder / (job.id + extension), std::move(append));
    auto line = line_of(begin_record(job, idempotency_key));
    if (!line)
        return line.error();
    if (auto written = journal.append_(journal.file_, *line); !written) {
        std::filesystem::remove(journal.file_, error);
        return written.error();
    }
    return journal;
}

Result<Journal> Journal::resume(const JournalEntry& entry, Append append) {
    std::error_code error;
    std::filesystem::resize_file(entry.file, entry.whole_bytes, error);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "shorten " + disk::text_of(entry.file)};
    return Journal(entry.file, std::move(append));
}

Result<> Journal::captured(const std::vector<Undo>& undo) { return write(captured_record(undo)); }

Result<> Journal::reaching(std::size_t step) { return write({{"record", "reaching"}, {"step", step}}); }

Result<> Journal::left(std::size_t step, const std::string& digest) {
    return write({{"record", "left"}, {"step", step}, {"digest", digest}});
}

Result<> Journal::came(const NewCertificates& certificates) { return write(came_record(certificates)); }

Result<> Journal::waiting(const AfterRestart& after, const Job& job) { return write(waiting_record(after, job)); }

// A part of a record in the middle of the file would be damage, and the end of a repair that nobody takes back: what an
// append that failed has left is cut off, and where that fails nothing is written behind it.
Result<> Journal::write(const json& record) {
    auto line = line_of(record);
    if (!line)
        return line.error();
    if (torn_)
        return Error{Errc::io, 0, disk::text_of(file_) + " ends in a part of a record"};
    std::error_code error;
    const std::uintmax_t whole = std::filesystem::file_size(file_, error);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "the size of " + disk::text_of(file_)};
    Result<> written = append_(file_, *line);
    if (!written) {
        std::filesystem::resize_file(file_, whole, error);
        torn_ = static_cast<bool>(error);
    }
    return written;
}

Result<> Journal::finished(const Job& job) {
    Result<> written = write({{"record", "finished"}, {"job", to_json(job)}});
    // What could not be taken back is taken back from here at the next start: this is its only copy.
    if (written || job.outcome == Outcome::rollback_failed)
        return written;
    std::error_code error;
    std::filesystem::remove(file_, error);
    if (!error)
        return {};
    return written;
}

Result<JournalEntry> read_journal(const std::filesystem::path& file) {
    auto content = read_whole_file(file, largest_file);
    if (!content)
        return content.error();
    JournalEntry entry;
    entry.file = file;
    std::string_view rest = *content;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            break; // torn: what it announces was not done
        const std::string where = disk::text_of(file) + ", line " + std::to_string(number) + ": ";
        json record;
        auto read = parse_line(rest.substr(0, end), record);
        if (read)
            read = read_record(record, entry, number == 1);
        if (!read)
            return Error{Errc::malformed, 0, where + read.error().where};
        rest.remove_prefix(end + 1);
        entry.whole_bytes += end + 1;
    }
    if (entry.whole_bytes == 0)
        return Error{Errc::not_found, 0, disk::text_of(file) + " ends in its first record"};
    return entry;
}

Result<> note_undone(const JournalEntry& entry, const std::string& by, const Journal::Append& append) {
    auto journal = Journal::resume(entry, append);
    if (!journal)
        return journal.error();
    Job job = entry.job;
    job.undone_by = by;
    if (job.outcome == Outcome::pending_reboot)
        job.outcome = Outcome::rolled_back; // there is nothing left to wait for
    return journal->note(job);
}

Result<> Journal::note(const Job& job) { return write({{"record", "finished"}, {"job", to_json(job)}}); }

Result<> prune_journal(const std::filesystem::path& folder, std::size_t most_files, std::uintmax_t most_bytes) {
    auto files = journal_files(folder);
    if (!files)
        return files.error();
    std::error_code error;
    std::size_t count = files->size();
    std::uintmax_t bytes = 0;
    for (const std::filesystem::path& file : *files)
        if (const std::uintmax_t size = std::filesystem::file_size(file, error); !error)
            bytes += size;
    for (const std::filesystem::path& file : *files) {
        if (count <= most_files && bytes <= most_bytes)
            break;
        const std::uintmax_t size = std::filesystem::file_size(file, error);
        const auto entry = read_journal(file);
        if (error || !entry || !entry->finished || entry->job.outcome == Outcome::rollback_failed)
            continue;
        if (!std::filesystem::remove(file, error))
            return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "remove " + disk::text_of(file)};
        --count;
        bytes -= std::min(bytes, size);
    }
    return {};
}

Result<std::vector<std::filesystem::path>> journal_files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator i(folder, error), end; !error && i != end; i.increment(error))
        if (i->path().extension() == extension)
            files.push_back(i->path());
    if (error && error != std::errc::no_such_file_or_directory)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "list " + disk::text_of(folder)};
    std::sort(files.begin(), files.end()); // job ids begin with their time
    return files;
}

} // namespace rdpmedic
