// What must be taken back if this process dies now? One file a job, and every line is on the disk before it counts.
//
// A line is a checksum, a blank, one JSON record and a line break. First comes `begin`; before the first change of a
// rung `captured` with everything that undoes it; before each step `reaching`; at the end `finished`.
#pragma once

#include "agent/repair/desk.hpp"

#include <filesystem>
#include <functional>
#include <variant>

namespace rdpmedic {

// Takes out what has come into a store since: the certificate that a service has made during the repair.
struct DropNewCertificates {
    std::string store;
    std::vector<std::string> held; // thumbprints that were there before
};

// What takes one step back. Counts when `step` (an index into Job::steps) was reached.
struct Undo {
    std::size_t step = 0;
    std::variant<Change, DropNewCertificates> action;
};

// What the file of a job says.
struct JournalEntry {
    std::filesystem::path file;
    Job job; // as begun, or as finished
    std::string idempotency_key;
    std::vector<Undo> undo;             // in the order of the steps: to be made from the last to the first
    std::optional<std::size_t> reached; // the last step that may have been made, also in part
    bool finished = false;
    std::uintmax_t whole_bytes = 0; // up to here the file is whole; behind it is a record torn by a crash
};

// Writes the file of one job. Not thread-safe. Every call blocks until the disk has the record.
class Journal {
  public:
    using Append = std::function<Result<>(const std::filesystem::path&, std::string_view)>;

    // Creates the file with its first record. An error: nothing may be changed on the host.
    static Result<Journal> begin(const std::filesystem::path& folder, const Job& job,
                                 const std::string& idempotency_key, Append append);
    // Goes on with the file of a job that another process left open: cuts off a torn record first.
    static Result<Journal> resume(const JournalEntry& entry, Append append);

    Result<> captured(const std::vector<Undo>& undo);
    Result<> reaching(std::size_t step);
    // Closes the entry. Where the record cannot be written the file is removed, so that a finished repair is not taken
    // back at the next start; an error says that this was not possible either.
    Result<> finished(const Job& job);

  private:
    Journal(std::filesystem::path file, Append append) : file_(std::move(file)), append_(std::move(append)) {}

    std::filesystem::path file_;
    Append append_;
};

// not_found: the file ends within its first record, so nothing was changed yet. malformed: a record in the middle is
// damaged, or says something that this version does not understand.
Result<JournalEntry> read_journal(const std::filesystem::path& file);
// The journal files of a folder, oldest first. A folder that does not exist has none.
Result<std::vector<std::filesystem::path>> journal_files(const std::filesystem::path& folder);

} // namespace rdpmedic
