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
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override { return keep(#name, inner_.name()); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override {                                                          \
        return keep(read_name(#name, about), inner_.name(about));                                                      \
    }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

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
