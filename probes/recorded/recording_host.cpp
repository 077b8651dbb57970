// How is every read of a host written down while it is made?
#include "probes/recorded/facts_json.hpp"
#include "probes/recorded/reads.hpp"
#include "probes/recorded/recorded_host.hpp"

#include <nlohmann/json.hpp>

#include <mutex>

namespace rdpmedic {
namespace {

using recorded::read_name;

class Recorder final : public RecordingHost {
  public:
    explicit Recorder(const Host& inner) : inner_(inner) {}

    Result<Time> now() const override {
        Result<Time> time = inner_.now();
        const std::lock_guard lock(mutex_);
        time_ = time;
        return time;
    }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return keep(read_name("registry_value", key, name), inner_.registry_value(key, name));
    }
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override {
        return keep(read_name("registry_values", key), inner_.registry_values(key));
    }
    Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const override {
        return keep(read_name("registry_subkeys", key), inner_.registry_subkeys(key));
    }
    Result<Bytes> registry_security(const RegistryPath& key) const override {
        return keep(read_name("registry_security", key), inner_.registry_security(key));
    }
    Result<ServiceFacts> service(std::string_view name) const override {
        return keep(read_name("service", name), inner_.service(name));
    }
    Result<std::vector<StoreCertificate>> certificates(std::string_view store) const override {
        return keep(read_name("certificates", store), inner_.certificates(store));
    }
    Result<FileFacts> file(std::string_view path) const override {
        return keep(read_name("file", path), inner_.file(path));
    }
    Result<Bytes> file_security(std::string_view path) const override {
        return keep(read_name("file_security", path), inner_.file_security(path));
    }
    Result<std::vector<std::string>> folder(std::string_view path) const override {
        return keep(read_name("folder", path), inner_.folder(path));
    }
    Result<std::vector<Session>> sessions() const override { return keep("sessions", inner_.sessions()); }
    Result<WinsockCatalog> winsock_catalog() const override {
        return keep("winsock_catalog", inner_.winsock_catalog());
    }
    Result<std::vector<TcpListener>> tcp_listeners() const override {
        return keep("tcp_listeners", inner_.tcp_listeners());
    }
    Result<FirewallProfiles> active_firewall_profiles() const override {
        return keep("active_firewall_profiles", inner_.active_firewall_profiles());
    }
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        return keep(read_name("rdp_handshake", target), inner_.rdp_handshake(target));
    }

    std::string recording() const override {
        nlohmann::json reads = nlohmann::json::object();
        std::optional<Result<Time>> last_time;
        {
            const std::lock_guard lock(mutex_);
            last_time = time_;
            for (const auto& [folded, read] : reads_)
                reads[read.name] = read.answer;
        }
        const Result<Time> time = last_time ? *last_time : inner_.now();
        const nlohmann::json document{{"rdpmedic_recording", 1},
                                      {"time", time ? facts_to_json(*time) : facts_to_json(time)},
                                      {"reads", std::move(reads)}};
        // Text that is not UTF-8 (a mangled registry string) must not cost the whole recording.
        return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    }

  private:
    struct Read {
        std::string name; // as asked first
        nlohmann::json answer;
    };

    // A read that is repeated replaces its answer: the recording is what the host said last.
    template <class T>
    T keep(const std::string& name, T answer) const {
        nlohmann::json json = facts_to_json(answer);
        const std::lock_guard lock(mutex_);
        Read& read = reads_.try_emplace(recorded::fold_case(name), Read{name, {}}).first->second;
        read.answer = std::move(json);
        return answer;
    }

    const Host& inner_;
    mutable std::mutex mutex_; // guards all that follows
    mutable std::optional<Result<Time>> time_;
    mutable std::map<std::string, Read> reads_; // by name without case
};

} // namespace

std::unique_ptr<RecordingHost> make_recording_host(const Host& inner) { return std::make_unique<Recorder>(inner); }

} // namespace rdpmedic
