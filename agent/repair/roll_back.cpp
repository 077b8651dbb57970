// How is a repair taken back, now or after a crash?
#include "agent/repair/roll_back.hpp"

#include "agent/disk.hpp"
#include "agent/repair/undo_order.hpp"
#include "probes/formats/x509.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

Result<> drop_new(const DropNewCertificates& drop, const Host& host, HostControl& control) {
    auto now = thumbprints_in(host, drop.store);
    if (!now)
        return now.error();
    for (const std::string& thumbprint : *now) {
        if (std::find(drop.held.begin(), drop.held.end(), thumbprint) != drop.held.end())
            continue;
        if (auto dropped = control.apply(DeleteCertificate{drop.store, thumbprint, {}}); !dropped)
            return dropped;
    }
    return {};
}

const CannotUndo* cannot_undo(const Undo& undo) {
    const auto* change = std::get_if<Change>(&undo.action);
    return change == nullptr ? nullptr : std::get_if<CannotUndo>(change);
}

Result<> make(const Undo& undo, const Host& host, HostControl& control) {
    if (cannot_undo(undo) != nullptr)
        return {};
    if (const auto* change = std::get_if<Change>(&undo.action))
        return control.apply(*change);
    return drop_new(std::get<DropNewCertificates>(undo.action), host, control);
}

void mark(JobStep& step, const Undo& undo, const Result<>& result) {
    if (const CannotUndo* stays = cannot_undo(undo)) {
        step.detail += (step.detail.empty() ? "" : "; ") + std::string("not taken back: ") + stays->why;
    } else if (!result) {
        step.state = StepState::undo_failed;
        step.detail = (step.detail.empty() ? "" : step.detail + "; ") + describe(result.error());
    } else if (step.state != StepState::undo_failed) {
        step.state = StepState::undone;
    }
}

const Undo& last_of(const std::string& service, const std::vector<Undo>& order) {
    return *std::find_if(order.rbegin(), order.rend(), [&](const Undo& item) {
        const auto* change = std::get_if<Change>(&item.action);
        const auto* state = change == nullptr ? nullptr : std::get_if<SetServiceState>(change);
        return state != nullptr && state->service == service;
    });
}

Job damaged_job(const std::filesystem::path& file, const std::string& problem) {
    std::filesystem::path aside = file;
    aside += ".damaged";
    std::error_code error;
    std::filesystem::rename(file, aside, error);
    Job job;
    job.id = disk::text_of(file.stem());
    job.outcome = Outcome::rollback_failed;
    job.reason = "The journal of this repair is damaged (" + problem +
                 "), so it was not taken back. The file is kept as " + disk::text_of(error ? file : aside) +
                 "; compare the host with it by hand.";
    return job;
}

Job take_back(JournalEntry& entry, const Host& host, HostControl& control, const Journal::Append& append) {
    Job& job = entry.job;
    auto journal = Journal::resume(entry, append);
    const bool undone = !entry.reached || roll_back(entry.undo, *entry.reached, host, control, job, [] {});
    job.outcome = undone ? Outcome::rolled_back : Outcome::rollback_failed;
    job.reason = "The program ended during this repair, which was taken back afterwards." +
                 (entry.reached ? words_of_rollback(entry.undo, *entry.reached, undone)
                                : std::string(" Nothing had been changed."));
    if (auto now = host.now())
        job.finished = *now;
    Result<> closed = journal ? journal->finished(job) : Result<>{journal.error()};
    if (!closed)
        job.reason += " The journal could not be closed: " + describe(closed.error()) + ".";
    return job;
}

} // namespace

Result<std::vector<std::string>> thumbprints_in(const Host& host, const std::string& store) {
    std::vector<std::string> result;
    auto certificates = host.certificates(store);
    if (is_absent(certificates))
        return result;
    if (!certificates)
        return certificates.error();
    for (const StoreCertificate& certificate : *certificates)
        result.push_back(sha1_thumbprint(certificate.der));
    return result;
}

bool roll_back(const std::vector<Undo>& undo, std::size_t reached, const Host& host, HostControl& control, Job& job,
               const std::function<void()>& progress) {
    bool all = true;
    const std::vector<Undo> order = undo_order(undo, reached, host);
    const auto tell = [&](const Undo& item, const Result<>& result) {
        all = all && result.has_value();
        if (item.step < job.steps.size())
            mark(job.steps[item.step], item, result);
        progress();
    };
    std::vector<Change> made;
    for (const Undo& item : order) {
        tell(item, make(item, host, control));
        if (const auto* change = std::get_if<Change>(&item.action))
            made.push_back(*change);
    }
    for (const std::string& service : restarted_in(made))
        if (const std::string problem = why_not_running(service, host); !problem.empty())
            tell(last_of(service, order), Error{Errc::io, 0, problem});
    return all;
}

std::string words_of_rollback(const std::vector<Undo>& undo, std::size_t reached, bool undone) {
    std::string words =
        undone ? " Every change was taken back." : " Not every change could be taken back: see the steps.";
    std::string stays;
    for (const Undo& item : undo)
        if (const CannotUndo* why = cannot_undo(item); why != nullptr && item.step <= reached)
            stays += (stays.empty() ? " What cannot be taken back: " : "; ") + why->why;
    if (!stays.empty() && undone)
        words = " Every change that can be taken back was.";
    return words + (stays.empty() ? "" : stays + ".");
}

Result<std::vector<Job>> roll_back_open_entries(const std::filesystem::path& folder, const Host& host,
                                                HostControl& control, const Journal::Append& append) {
    std::vector<Job> jobs;
    auto files = journal_files(folder);
    if (!files)
        return files.error();
    for (const std::filesystem::path& file : *files) {
        auto entry = read_journal(file);
        if (is_absent(entry)) {
            std::error_code ignored;
            std::filesystem::remove(file, ignored);
        } else if (!entry && entry.error().code != Errc::malformed) {
            return entry.error(); // somebody holds the file for a moment, say: nothing else may begin over it
        } else if (!entry) {
            jobs.push_back(damaged_job(file, entry.error().where));
        } else if (!entry->finished && !entry->waiting) {
            jobs.push_back(take_back(*entry, host, control, append));
        }
    }
    return jobs;
}

} // namespace rdpmedic
