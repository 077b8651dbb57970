// How does each record of the journal look, and what does reading it add to the entry?
#include "agent/repair/journal_records.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr int format = 2;
constexpr std::array severities{Severity::info, Severity::unknown, Severity::warning, Severity::critical};

std::vector<std::string> texts_from(JsonFields& fields, const char* name) {
    std::vector<std::string> texts;
    const json* list = fields.find(name);
    if (list == nullptr)
        return texts;
    if (!list->is_array())
        fields.complain(std::string(name) + " is not a list");
    else
        for (const json& item : *list)
            if (item.is_string())
                texts.push_back(item.get<std::string>());
            else
                fields.complain(std::string(name) + " holds something other than strings");
    return texts;
}

// Every item of a list by `read`, or the first problem as a complaint.
template <class T, class Read>
std::vector<T> items_from(JsonFields& fields, const char* name, Read read) {
    std::vector<T> items;
    const json* list = fields.find(name);
    if (list == nullptr)
        return items;
    if (!list->is_array())
        fields.complain(std::string(name) + " is not a list");
    else
        for (const json& item : *list)
            if (auto one = read(item))
                items.push_back(std::move(*one));
            else
                fields.complain(one.error().where);
    return items;
}

Options options_from(JsonFields& fields, const char* name) {
    Options options;
    const json* object = fields.find(name);
    if (object == nullptr)
        return options;
    if (!object->is_object()) {
        fields.complain(std::string(name) + " is not an object");
        return options;
    }
    for (const auto& [option, value] : object->items())
        if (value.is_string())
            options[option] = value.get<std::string>();
        else
            fields.complain(std::string(name) + ": " + option + " is not a string");
    return options;
}

json undo_json(const Undo& undo) {
    json result{{"step", undo.step}, {"made", undo.made ? to_json(*undo.made) : json(nullptr)}};
    if (const auto* change = std::get_if<Change>(&undo.action))
        result["change"] = to_json(*change);
    if (const auto* drop = std::get_if<DropNewCertificates>(&undo.action))
        result["drop"] = {{"store", drop->store}, {"held", drop->held}};
    return result;
}

Result<DropNewCertificates> drop_from(const json& value) {
    JsonFields fields(value, "drop");
    DropNewCertificates drop{fields.text("store"), texts_from(fields, "held")};
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return drop;
}

Result<Undo> undo_from(const json& value) {
    JsonFields fields(value, "undo");
    Undo undo;
    undo.step = static_cast<std::size_t>(std::max<std::int64_t>(0, fields.number("step")));
    const auto take = [&](auto read, auto& to) {
        if (read)
            to = std::move(*read);
        else
            fields.complain(read.error().where);
    };
    if (const json* made = fields.find("made"); made != nullptr && !made->is_null())
        take(change_from_json(*made), undo.made);
    if (value.is_object() && value.contains("drop"))
        take(drop_from(*fields.find("drop")), undo.action);
    else if (const json* change = fields.find("change"))
        take(change_from_json(*change), undo.action);
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return undo;
}

json finding_json(const Finding& finding) {
    return {{"code", finding.code},
            {"severity", name_of(finding.severity)},
            {"subject", finding.subject},
            {"text", finding.text}};
}

Result<Finding> finding_from(const json& value) {
    JsonFields fields(value, "finding");
    Finding finding;
    finding.code = fields.text("code");
    const std::string severity = fields.text("severity");
    const auto* found =
        std::find_if(severities.begin(), severities.end(), [&](Severity one) { return severity == name_of(one); });
    if (found == severities.end())
        fields.complain("unknown severity");
    else
        finding.severity = *found;
    finding.subject = fields.text("subject");
    finding.text = fields.text("text");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return finding;
}

json findings_json(const std::vector<Finding>& findings) {
    json list = json::array();
    for (const Finding& finding : findings)
        list.push_back(finding_json(finding));
    return list;
}

void read_job(JsonFields& fields, JournalEntry& entry) {
    const json* value = fields.find("job");
    if (value == nullptr)
        return;
    if (auto job = job_from_json(*value))
        entry.job = std::move(*job);
    else
        fields.complain(job.error().where);
}

void read_begin(JsonFields& fields, JournalEntry& entry) {
    if (fields.number("format") != format)
        fields.complain("another version of this program wrote it");
    entry.idempotency_key = fields.text("idempotency_key");
    read_job(fields, entry);
}

void read_captured(JsonFields& fields, JournalEntry& entry) {
    std::vector<Undo> undo = items_from<Undo>(fields, "undo", undo_from);
    std::move(undo.begin(), undo.end(), std::back_inserter(entry.undo));
}

void read_waiting(JsonFields& fields, JournalEntry& entry) {
    AfterRestart after;
    after.boot = fields.text("boot");
    after.cures = items_from<Finding>(fields, "cures", finding_from);
    after.before = items_from<Finding>(fields, "before", finding_from);
    after.asked = fields.flag("asked");
    after.still_asked = options_from(fields, "still_asked");
    read_job(fields, entry);
    entry.waiting = std::move(after);
}

} // namespace

json begin_record(const Job& job, const std::string& idempotency_key) {
    return {{"record", "begin"}, {"format", format}, {"job", to_json(job)}, {"idempotency_key", idempotency_key}};
}

json captured_record(const std::vector<Undo>& undo) {
    json list = json::array();
    for (const Undo& item : undo)
        list.push_back(undo_json(item));
    return {{"record", "captured"}, {"undo", list}};
}

json came_record(const NewCertificates& certificates) {
    return {{"record", "came"}, {"store", certificates.store}, {"thumbprints", certificates.thumbprints}};
}

json waiting_record(const AfterRestart& after, const Job& job) {
    return {{"record", "waiting"},
            {"job", to_json(job)},
            {"boot", after.boot},
            {"cures", findings_json(after.cures)},
            {"before", findings_json(after.before)},
            {"asked", after.asked},
            {"still_asked", after.still_asked}};
}

Result<> read_record(const json& record, JournalEntry& entry, bool first) {
    JsonFields fields(record, "record");
    const std::string kind = fields.text("record");
    if (first != (kind == "begin"))
        fields.complain("\"" + kind + "\" is out of place");
    if (kind == "begin") {
        read_begin(fields, entry);
    } else if (kind == "captured") {
        read_captured(fields, entry);
    } else if (kind == "reaching") {
        entry.reached = static_cast<std::size_t>(std::max<std::int64_t>(0, fields.number("step")));
    } else if (kind == "left") {
        const auto step = static_cast<std::size_t>(std::max<std::int64_t>(0, fields.number("step")));
        entry.left[step] = fields.text("digest");
    } else if (kind == "came") {
        NewCertificates came{fields.text("store"), texts_from(fields, "thumbprints")};
        entry.came.push_back(std::move(came));
    } else if (kind == "waiting") {
        read_waiting(fields, entry);
    } else if (kind == "finished") {
        entry.finished = true;
        read_job(fields, entry);
    } else {
        fields.complain("unknown kind \"" + kind + "\"");
    }
    return fields.finish();
}

} // namespace rdpmedic
