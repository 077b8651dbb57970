// How does a job read to people while it runs, and afterwards?
#include "agent/repair/job_text.hpp"

#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

const char* mark_of(StepState state) {
    switch (state) {
    case StepState::planned:
        return "[ ] ";
    case StepState::running:
        return "[>] ";
    case StepState::done:
        return "[x] ";
    case StepState::failed:
        return "[!] ";
    case StepState::undone:
        return "[<] ";
    case StepState::undo_failed:
        return "[?] ";
    case StepState::skipped:
        return "[-] ";
    }
    return "[ ] ";
}

// Control characters would move the cursor.
std::string plain(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    return text;
}

// Cut to `width` bytes, and not within a character of UTF-8.
std::string cut(std::string text, std::size_t width) {
    if (text.size() <= width)
        return text;
    std::size_t end = width;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    text.resize(end);
    return text;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

} // namespace

std::string line_of(const JobStep& step) {
    return plain(std::string(name_of(step.state)) + ": " + step.what +
                 (step.detail.empty() ? "" : " (" + step.detail + ")"));
}

std::vector<std::string> progress_of(const Job& job, std::size_t width) {
    std::vector<std::string> lines;
    for (const JobStep& step : job.steps)
        lines.push_back(
            cut(plain(mark_of(step.state) + step.what + (step.detail.empty() ? "" : " (" + step.detail + ")")), width));
    return lines;
}

bool waits_for_caller(const Job& job) {
    return std::any_of(job.steps.begin(), job.steps.end(), [](const JobStep& step) {
        return step.state == StepState::running && step.what == waits_until_heard;
    });
}

std::string ending_of(const Job& job) {
    return plain(std::string(name_of(job.outcome)) + (job.reason.empty() ? "" : ": " + job.reason));
}

std::string row_of(const Job& job) {
    std::string row = padded(job.id, 26) + "  " + to_iso(job.started) + "  " + padded(job.repair, 12) + " " +
                      padded(name_of(job.outcome), 15) + " " + job.caller.name;
    if (!job.undoes.empty())
        row += ", takes back " + job.undoes;
    if (job.undone_by)
        row += ", taken back by " + *job.undone_by;
    return plain(row);
}

} // namespace rdpmedic
