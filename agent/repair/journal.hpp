// What must be taken back if this process dies now? One file a job, and every line is on the disk before it counts.
//
// A line is a checksum, a blank, one JSON record and a line break. First comes `begin`; before the first change of a
// rung `captured` with everything that undoes it; before each step `reaching`; `left` with a digest of what a step has
// made, where its inverse does not tell; `came` with the certificates that a service has made meanwhile; `waiting`
// where a restart of the machine must come first; at the end `finished`. The file stays, so that the repair can be
// taken back weeks later.
#pragma once

#include "agent/repair/job.hpp"
#include "agent/repair/plan.hpp"

#include <filesystem>
#include <functional>
#include <map>
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
    std::optional<Change> made{}; // what is taken back: weeks later it must still stand
};

// Certificates that a service has put into a store during the repair.
struct NewCertificates {
    std::string store;
    std::vector<std::string> thumbprints;
};

// What is asked after the machine has restarted.
struct AfterRestart {
    std::string boot;            // mark of the boot in which the repair was made
    std::vector<Finding> cures;  // that must be gone
    std::vector<Finding> before; // everything the probe said before the repair
    Options still_asked{};       // what must be as asked, where looking again can tell; see Plan::done_when_made
    bool asked = false;          // whether anything was
};

// What the file of a job says.
struct JournalEntry {
    std::filesystem::path file;
    Job job;                            // as begun, or as finished
    std::string idempotency_key;        // as text, see request_key.hpp; empty: none
    std::vector<Undo> undo;             // in the order of the steps: to be made from the last to the first
    std::optional<std::size_t> reached; // the last step that may have been made, also in part
    std::vector<NewCertificates> came;
    std::map<std::size_t, std::string> left{}; // by step: a digest of what it left
    std::optional<AfterRestart> waiting;
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
    Result<> left(std::size_t step, const std::string& digest);
    Result<> came(const NewCertificates& certificates);
    Result<> waiting(const AfterRestart& after, const Job& job);
    // Closes the entry. Where the record cannot be written the file is removed, so that a finished repair is not taken
    // back at the next start; an error says that this was not possible either.
    Result<> finished(const Job& job);

    // A finished record once more: what has become of the job since.
    Result<> note(const Job& job);

  private:
    Result<> write(const nlohmann::json& record);
    Journal(std::filesystem::path file, Append append) : file_(std::move(file)), append_(std::move(append)) {}

    std::filesystem::path file_;
    Append append_;
    bool torn_ = false; // what a failed append left could not be cut off
};

// not_found: the file ends within its first record, so nothing was changed yet. malformed: a record in the middle is
// damaged, or says something that this version does not understand.
Result<JournalEntry> read_journal(const std::filesystem::path& file);
// Notes in the file of a finished job that another one has taken it back. The record counts from then on.
Result<> note_undone(const JournalEntry& entry, const std::string& by, const Journal::Append& append);
// Removes the oldest files of finished jobs until at most `files` of them and `bytes` in all are left. Files of open
// entries, of damaged ones and of jobs that could not be taken back stay: they are their only copy.
Result<> prune_journal(const std::filesystem::path& folder, std::size_t files, std::uintmax_t bytes);
// The journal files of a folder, oldest first. A folder that does not exist has none.
Result<std::vector<std::filesystem::path>> journal_files(const std::filesystem::path& folder);

} // namespace rdpmedic
