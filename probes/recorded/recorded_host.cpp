// How does a recording answer for the host that it was made on?
#include "probes/recorded/recorded_host.hpp"

#include "probes/bounded_json.hpp"
#include "probes/recorded/facts_json.hpp"
#include "probes/recorded/reads.hpp"

#include <nlohmann/json.hpp>

#include <any>
#include <array>
#include <fstream>

namespace rdpmedic {
namespace {

using nlohmann::json;
using recorded::read_name;

// A Result of any fact; which one, the read says.
using Answer = std::any;
using Answers = std::map<std::string, Answer>; // by the name of the read, without case

template <class T>
Result<> decode(const json& node, const std::string& path, Answer& answer) {
    return facts_from_json(node, path, answer.emplace<Result<T>>(Error{}));
}

struct Question {
    std::string_view name;
    bool about_something; // or about the whole host
    Result<> (*decode)(const json&, const std::string&, Answer&);
};

constexpr std::array questions{
    Question{"registry_value", true, &decode<RegistryValue>},
#define RDPMEDIC_READ(name, ...) Question{#name, false, &decode<__VA_ARGS__>},
#define RDPMEDIC_READ_OF(name, Argument, ...) Question{#name, true, &decode<__VA_ARGS__>},
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF
};

const Question* question_of(std::string_view read) {
    const auto space = read.find(' ');
    for (const Question& question : questions)
        if (question.name == read.substr(0, space) && question.about_something == (space != std::string_view::npos))
            return &question;
    return nullptr;
}

class Recorded final : public Host {
  public:
    Recorded(Result<Time> time, Answers answers) : time_(std::move(time)), answers_(std::move(answers)) {}

    Result<Time> now() const override { return time_; }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return answer<RegistryValue>(read_name("registry_value", key, name));
    }
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override { return answer<__VA_ARGS__>(#name); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override { return answer<__VA_ARGS__>(read_name(#name, about)); }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

  private:
    template <class T>
    Result<T> answer(const std::string& read) const {
        const auto found = answers_.find(recorded::fold_case(read));
        if (found != answers_.end())
            if (const auto* result = std::any_cast<Result<T>>(&found->second))
                return *result;
        return Error{Errc::unsupported, 0, "not in the recording: " + read};
    }

    Result<Time> time_;
    Answers answers_;
};

Error refuse(const std::string& text) { return {Errc::malformed, 0, text}; }

Result<> decode_reads(const json& reads, const std::string& path, Answers& answers) {
    if (!reads.is_object())
        return refuse(path + ": expected an object, found " + reads.type_name());
    for (auto read = reads.begin(); read != reads.end(); ++read) {
        const std::string place = path + "." + read.key();
        const Question* question = question_of(read.key());
        if (!question)
            return refuse(place + ": not a read that this version knows");
        const auto [answer, is_new] = answers.try_emplace(recorded::fold_case(read.key()));
        if (!is_new)
            return refuse(place + ": recorded twice, with other upper and lower case");
        if (Result<> decoded = question->decode(read.value(), place, answer->second); !decoded)
            return decoded.error();
    }
    return {};
}

// The time as text; the error of the clock where that could not be read.
Result<> decode_time(const json& node, const std::string& path, Result<Time>& time) {
    return node.is_object() ? facts_from_json(node, path, time) : facts_from_json(node, path, time.emplace());
}

Result<> check_head(const json& document, const std::string& file_name) {
    const auto version = document.find("rdpmedic_recording");
    if (!document.is_object() || version == document.end())
        return refuse(file_name + ": not a recording: the member 'rdpmedic_recording' is missing");
    if (!version->is_number_integer() || *version != 1)
        return refuse(file_name + ": rdpmedic_recording: expected version 1, found " + version->dump());
    if (!document.contains("time") || !document.contains("reads"))
        return refuse(file_name + ": expected the members 'time' and 'reads'");
    return {};
}

Result<> parse_document(const std::string& text, const std::string& file_name, json& document) {
    if (Result<> parsed = parse_json(text, file_name, document); !parsed)
        return parsed.error();
    return check_head(document, file_name);
}

Result<std::unique_ptr<Host>> host_of(const json& document, const std::string& file_name) {
    Result<Time> time = Error{};
    if (Result<> decoded = decode_time(document["time"], file_name + ": time", time); !decoded)
        return decoded.error();
    Answers answers;
    if (Result<> decoded = decode_reads(document["reads"], file_name + ": reads", answers); !decoded)
        return decoded.error();
    return std::unique_ptr<Host>(std::make_unique<Recorded>(std::move(time), std::move(answers)));
}

Result<std::string> read_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return Error{Errc::io, 0, file.string() + ": a folder, expected a recording"};
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{Errc::not_found, 0, file.string() + ": cannot be opened"};
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (stream.bad())
        return Error{Errc::io, 0, file.string() + ": cannot be read"};
    return text;
}

// Puts the reads of `top` over those of `base`; null takes a read away. Names compare without case.
void lay_over(json& base, const json& top) {
    std::map<std::string, std::string> names; // folded -> as in base
    for (auto read = base.begin(); read != base.end(); ++read)
        names[recorded::fold_case(read.key())] = read.key();
    for (auto read = top.begin(); read != top.end(); ++read) {
        if (const auto name = names.find(recorded::fold_case(read.key())); name != names.end())
            base.erase(name->second);
        if (!read.value().is_null())
            base[read.key()] = read.value();
    }
}

Result<> load_document(const std::filesystem::path& file, int depth, json& document) {
    const Result<std::string> text = read_file(file);
    if (!text)
        return text.error();
    if (Result<> parsed = parse_document(*text, file.string(), document); !parsed || !document.contains("based_on"))
        return parsed;
    const std::string place = file.string() + ": based_on";
    const json& name = document["based_on"];
    if (!name.is_string() || name.get_ref<const std::string&>().find_first_of("/\\:") != std::string::npos)
        return refuse(place + ": expected the name of a recording in the same folder, found " + name.dump());
    if (depth == 0)
        return refuse(place + ": recordings that are based on each other more than four deep");
    json base;
    if (Result<> loaded = load_document(file.parent_path() / name.get_ref<const std::string&>(), depth - 1, base);
        !loaded)
        return Error{loaded.error().code, loaded.error().native, place + ": " + loaded.error().where};
    if (!document["reads"].is_object() || !base["reads"].is_object())
        return refuse(file.string() + ": reads: expected an object");
    lay_over(base["reads"], document["reads"]);
    document["reads"] = std::move(base["reads"]);
    return {};
}

} // namespace

Result<std::unique_ptr<Host>> parse_recorded_host(const std::string& text, const std::string& file_name) {
    json document;
    if (Result<> parsed = parse_document(text, file_name, document); !parsed)
        return parsed.error();
    return host_of(document, file_name);
}

Result<std::unique_ptr<Host>> load_recorded_host(const std::filesystem::path& file) {
    constexpr int depth = 4;
    json document;
    if (Result<> loaded = load_document(file, depth, document); !loaded)
        return loaded.error();
    return host_of(document, file.string());
}

} // namespace rdpmedic
