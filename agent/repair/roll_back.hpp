// How is a repair taken back, now or after a crash?
#pragma once

#include "agent/repair/journal.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// Makes the undos of all steps up to `reached` in their order (undo_order.hpp), and marks the steps undone or
// undo_failed. An undo that fails does not stop the others: each is one thing more that is as it was. True: every one
// succeeded, and what was restarted for it runs. Blocks.
bool roll_back(const std::vector<Undo>& undo, std::size_t reached, const Host& host, HostControl& control, Job& job,
               const std::function<void()>& progress);

// For people: " Every change was taken back.", what could not be, and what cannot be by its nature.
std::string words_of_rollback(const std::vector<Undo>& undo, std::size_t reached, bool undone);

// Takes back what a dead process left open in `folder`, under the caller's repair lock, and closes the entries. A file
// that is damaged is renamed to *.damaged and told as a job with outcome rollback_failed: nobody guesses what to undo.
// An entry that waits for a restart of the machine is left alone. Returns the jobs that were rolled back or could not
// be. An error: the folder could not be listed, so what is open is not known and nothing may be changed. Blocks.
Result<std::vector<Job>> roll_back_open_entries(const std::filesystem::path& folder, const Host& host,
                                                HostControl& control, const Journal::Append& append);

// Lower-case thumbprints of the certificates in a store; a store that does not exist is empty.
Result<std::vector<std::string>> thumbprints_in(const Host& host, const std::string& store);

} // namespace rdpmedic
