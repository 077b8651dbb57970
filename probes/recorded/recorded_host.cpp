// How does a recording answer for the host that it was made on?
#include "probes/recorded/recorded_host.hpp"

#include "probes/bounded_json.hpp"
#include "probes/recorded/facts_json.hpp"
#include "probes/recorded/reads.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>

namespace rdpmedic {
namespace {

using nlohmann::json;
using recorded::read_name;

using Answer =
    std::variant<Result<RegistryValue>, Result<std::map<std::string, RegistryValue>>, Result<std::vector<std::string>>,
                 Result<Bytes>, Result<ServiceFacts>, Result<std::vector<StoreCertificate>>, Result<FileFacts>,
                 Result<std::vector<Session>>, Result<WinsockCatalog>, Result<std::vector<TcpListener>>,
                 Result<FirewallProfiles>, Result<HandshakeFacts>>;
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
    Question{"registry_values", true, &decode<std::map<std::string, RegistryValue>>},
    Question{"registry_subkeys", true, &decode<std::vector<std::string>>},
    Question{"registry_security", true, &decode<Bytes>},
    Question{"service", true, &decode<ServiceFacts>},
    Question{"certificates", true, &decode<std::vector<StoreCertificate>>},
    Question{"file", true, &decode<FileFacts>},
    Question{"file_security", true, &decode<Bytes>},
    Question{"folder", true, &decode<std::vector<std::string>>},
    Question{"sessions", false, &decode<std::vector<Session>>},
    Question{"winsock_catalog", false, &decode<WinsockCatalog>},
    Question{"tcp_listeners", false, &decode<std::vector<TcpListener>>},
    Question{"active_firewall_profiles", false, &decode<FirewallProfiles>},
    Question{"rdp_handshake", true, &decode<HandshakeFacts>},
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
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override {
        return answer<std::map<std::string, RegistryValue>>(read_name("registry_values", key));
    }
    Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const override {
        return answer<std::vector<std::string>>(read_name("registry_subkeys", key));
    }
    Result<Bytes> registry_security(const RegistryPath& key) const override {
        return answer<Bytes>(read_name("registry_security", key));
    }
    Result<ServiceFacts> service(std::string_view name) const override {
        return answer<ServiceFacts>(read_name("service", name));
    }
    Result<std::vector<StoreCertificate>> certificates(std::string_view store) const override {
        return answer<std::vector<StoreCertificate>>(read_name("certificates", store));
    }
    Result<FileFacts> file(std::string_view path) const override { return answer<FileFacts>(read_name("file", path)); }
    Result<Bytes> file_security(std::string_view path) const override {
        return answer<Bytes>(read_name("file_security", path));
    }
    Result<std::vector<std::string>> folder(std::string_view path) const override {
        return answer<std::vector<std::string>>(read_name("folder", path));
    }
    Result<std::vector<Session>> sessions() const override { return answer<std::vector<Session>>("sessions"); }
    Result<WinsockCatalog> winsock_catalog() const override { return answer<WinsockCatalog>("winsock_catalog"); }
    Result<std::vector<TcpListener>> tcp_listeners() const override {
        return answer<std::vector<TcpListener>>("tcp_listeners");
    }
    Result<FirewallProfiles> active_firewall_profiles() const override {
        return answer<FirewallProfiles>("active_firewall_profiles");
    }
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        return answer<HandshakeFacts>(read_name("rdp_handshake", target));
    }

  private:
    template <class T>
    Result<T> answer(const std::string& read) const {
        const auto found = answers_.find(recorded::fold_case(read));
        if (found != answers_.end())
            if (const auto* result = std::get_if<Result<T>>(&found->second))
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
        const auto [answer, is_new] = answers.try_emplace(recorded::fold_case(read.key()), Result<Bytes>{Error{}});
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

} // namespace

Result<std::unique_ptr<Host>> parse_recorded_host(const std::string& text, const std::string& file_name) {
    json document;
    if (Result<> parsed = parse_json(text, file_name, document); !parsed)
        return parsed.error();
    const auto version = document.find("rdpmedic_recording");
    if (!document.is_object() || version == document.end())
        return refuse(file_name + ": not a recording: the member 'rdpmedic_recording' is missing");
    if (!version->is_number_integer() || *version != 1)
        return refuse(file_name + ": rdpmedic_recording: expected version 1, found " + version->dump());
    if (!document.contains("time") || !document.contains("reads"))
        return refuse(file_name + ": expected the members 'time' and 'reads'");
    Result<Time> time = Error{};
    if (Result<> decoded = decode_time(document["time"], file_name + ": time", time); !decoded)
        return decoded.error();
    Answers answers;
    if (Result<> decoded = decode_reads(document["reads"], file_name + ": reads", answers); !decoded)
        return decoded.error();
    return std::unique_ptr<Host>(std::make_unique<Recorded>(std::move(time), std::move(answers)));
}

Result<std::unique_ptr<Host>> load_recorded_host(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return Error{Errc::io, 0, file.string() + ": a folder, expected a recording"};
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{Errc::not_found, 0, file.string() + ": cannot be opened"};
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (stream.bad())
        return Error{Errc::io, 0, file.string() + ": cannot be read"};
    return parse_recorded_host(text, file.string());
}

} // namespace rdpmedic
