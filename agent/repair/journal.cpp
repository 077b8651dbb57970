// What must be taken back if this process dies now? One file a job, and every line is on the disk before it counts.
#include "agent/repair/journal.hpp"

#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "agent/repair/desk_json.hpp"
#include "agent/repair/json_fields.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr int format = 1;
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

json undo_json(const Undo& undo) {
    json result{{"step", undo.step}};
    if (const auto* change = std::get_if<Change>(&undo.action))
        result["change"] = to_json(*change);
    if (const auto* drop = std::get_if<DropNewCertificates>(&undo.action))
        result["drop"] = {{"store", drop->store}, {"held", drop->held}};
    return result;
}

Result<DropNewCertificates> drop_from(const json& value) {
    JsonFields fields(value, "drop");
    DropNewCertificates drop{fields.text("store"), {}};
    const json* held = fields.find("held");
    if (held != nullptr && held->is_array())
        for (const json& item : *held)
            if (item.is_string())
                drop.held.push_back(item.get<std::string>());
            else
                fields.complain("held holds something other than strings");
    else
        fields.complain("held is not a list");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return drop;
}

Result<Undo> undo_from(const json& value) {
    JsonFields fields(value, "undo");
    Undo undo;
    undo.step = static_cast<std::size_t>(std::max<std::int64_t>(0, fields.number("step")));
    if (value.is_object() && value.contains("drop")) {
        auto drop = drop_from(*fields.find("drop"));
        if (drop)
            undo.action = *drop;
        else
            fields.complain(drop.error().where);
    } else if (const json* change = fields.find("change")) {
        auto read = change_from_json(*change);
        if (read)
            undo.action = *read;
        else
            fields.complain(read.error().where);
    }
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return undo;
}

// Takes one record into `entry`. The problem, or nothing.
Result<> read_captured(JsonFields& fields, JournalEntry& entry) {
    const json* list = fields.find("undo");
    if (list == nullptr || !list->is_array())
        return Error{Errc::malformed, 0, "captured: undo is not a list"};
    for (const json& item : *list) {
        auto undo = undo_from(item);
        if (!undo)
            return undo.error();
        entry.undo.push_back(std::move(*undo));
    }
    return {};
}

Result<> read_job(JsonFields& fields, JournalEntry& entry) {
    const json* value = fields.find("job");
    if (value == nullptr)
        return Error{Errc::malformed, 0, "job is missing"};
    auto job = job_from_json(*value);
    if (!job)
        return job.error();
    entry.job = std::move(*job);
    return {};
}

Result<> read_record(const json& record, JournalEntry& entry, bool first) {
    JsonFields fields(record, "record");
    const std::string kind = fields.text("record");
    if (first != (kind == "begin"))
        fields.complain("\"" + kind + "\" is out of place");
    Result<> read;
    if (kind == "begin") {
        if (fields.number("format") != format)
            fields.complain("another version of this program wrote it");
        entry.idempotency_key = fields.text("idempotency_key");
        read = read_job(fields, entry);
    } else if (kind == "captured") {
        read = read_captured(fields, entry);
    } else if (kind == "reaching") {
        entry.reached = static_cast<std::size_t>(std::max<std::int64_t>(0, fields.number("step")));
    } else if (kind == "finished") {
        entry.finished = true;
        read = read_job(fields, entry);
    } else {
        fields.complain("unknown kind \"" + kind + "\"");
    }
    if (!read)
        return read;
    return fields.finish();
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
    auto line =
        line_of({{"record", "begin"}, {"format", format}, {"job", to_json(job)}, {"idempotency_key", idempotency_key}});
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

Result<> Journal::captured(const std::vector<Undo>& undo) {
    json list = json::array();
    for (const Undo& item : undo)
        list.push_back(undo_json(item));
    auto line = line_of({{"record", "captured"}, {"undo", list}});
    if (!line)
        return line.error();
    return append_(file_, *line);
}

Result<> Journal::reaching(std::size_t step) {
    auto line = line_of({{"record", "reaching"}, {"step", step}});
    if (!line)
        return line.error();
    return append_(file_, *line);
}

Result<> Journal::finished(const Job& job) {
    auto line = line_of({{"record", "finished"}, {"job", to_json(job)}});
    Result<> written = line ? append_(file_, *line) : Result<>{line.error()};
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
