// What runs when rdpmedic runs?
#include "agent/main/agent.hpp"

#include "agent/atomic_file.hpp"
#include "agent/boot_mark.hpp"
#include "agent/configured_probes.hpp"
#include "agent/data_folder.hpp"
#include "agent/feed_items.hpp"
#include "agent/main/counted_desk.hpp"
#include "agent/main/log_event.hpp"
#include "agent/repair/auto_repair_runner.hpp"
#include "agent/repair/make_desk.hpp"
#include "agent/watch/watch.hpp"
#include "api/server.hpp"
#include "probes/diagnosis/attempt.hpp"

#include <algorithm>
#include <future>
#include <thread>

namespace rdpmedic {
namespace {

// Clocks that cannot be read start anew: since then is a comfort, and no reason not to run.
Clocks saved_clocks(const std::filesystem::path& file, Log& log) {
    const Result<std::string> text = read_whole_file(file, 1 << 20);
    if (is_absent(text))
        return {};
    const Result<Clocks> clocks = text ? clocks_from_json(*text) : Result<Clocks>(text.error());
    if (clocks)
        return *clocks;
    log.warn("event=clocks_lost file=" + log_value(file.string()) + " reason=" + log_value(describe(clocks.error())));
    return {};
}

// So do notes: a probe then reads what it has read before once more.
std::shared_ptr<Notebooks> saved_notes(const std::filesystem::path& file, Log& log) {
    constexpr std::size_t most = 16 << 20; // far above what the notebooks' own bounds leave room for
    auto notes = std::make_shared<Notebooks>();
    const Result<std::string> text = read_whole_file(file, most);
    if (is_absent(text))
        return notes;
    const Result<> loaded = text ? notes->load(*text) : Result<>(text.error());
    if (!loaded)
        log.warn("event=notes_lost file=" + log_value(file.string()) +
                 " reason=" + log_value(describe(loaded.error())));
    return notes;
}

// One line for each finding that has come or gone.
void log_transition(Log& log, const Transition& transition) {
    const Finding& finding = transition.finding;
    const std::string key = finding.code + (finding.subject.empty() ? "" : "/" + finding.subject);
    if (transition.kind == Transition::Kind::gone)
        log.info("event=cleared finding=" + log_value(key));
    if (transition.kind != Transition::Kind::came)
        return;
    const LogLevel level = status_of(finding.severity) == Status::pass ? LogLevel::info : LogLevel::warn;
    log.write(level, "event=finding code=" + finding.code + " severity=" + name_of(finding.severity) +
                         " subject=" + log_value(finding.subject) + " text=" + log_value(finding.text));
}

// Ids of events grow from one start of the agent to the next, so that a listener who comes back with an old one is told
// what it has missed: a million a second, below 2^53.
std::uint64_t first_event_id() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count()) *
           1'000'000;
}

class RunningAgent : public Agent {
  public:
    RunningAgent(const Settings& settings, std::filesystem::path data, const Machine& machine, Log& log)
        : settings_(settings), data_(std::move(data)),
          machine_(noting(machine, data_, settings_.limits.evidence_window)), log_(log),
          probes_(configured_probes(settings_, machine_.own)),
          board_(first_snapshot(probes_, machine_.now(), saved_clocks(clocks_file(data_), log)),
                 [this](const Snapshot& before, const Snapshot& after, const std::string& probe) {
                     tell(transitions(before, after, probe));
                 }),
          notes_(saved_notes(notes_file(data_), log)) {}

    Result<> begin() {
        WatchOptions options;
        options.limits = settings_.limits;
        options.workers = settings_.workers;
        options.notes = notes_;
        watch_ = std::make_unique<Watch>(machine_.host, probes_, board_, std::move(options));

        DeskParts parts{*machine_.host, machine_.control.get(), data_, settings_};
        parts.recheck = [this](const std::string& probe) { watch_->hurry(probe); };
        parts.since = [this](std::string_view code, std::string_view subject) { return since(code, subject); };
        parts.told = [this](const RepairEvent& event) { tell(event); };
        parts.boot_mark = boot_mark;
        parts.verifies_after_restart = true;
        Result<std::unique_ptr<RepairDesk>> desk = make_repair_desk(std::move(parts));
        if (!desk)
            return desk.error();
        desk_ = std::make_unique<CountedDesk>(std::move(*desk));

        watch_->start();
        unattended_ = std::make_unique<AutoRepair>(AutoRepairParts{board_, *desk_, settings_.auto_repair, machine_.now,
                                                                   [this](const RepairEvent& event) { tell(event); }});
        unattended_->start();
        api::Services services{board_, *desk_, settings_, data_, machine_.now, RDPMEDIC_VERSION};
        services.log = [this](const api::AccessRecord& record) {
            log_.debug("event=request method=" + record.method + " path=" + log_value(record.path) +
                       " status=" + std::to_string(record.status) + " caller=" + log_value(record.caller) +
                       " peer=" + record.peer + " us=" + std::to_string(record.took.count()));
        };
        services.certificate_changed = [this](const Result<>& taken_up) {
            if (taken_up)
                log_.info("event=certificate_renewed");
            else
                log_.warn("event=certificate_refused reason=" + log_value(describe(taken_up.error())) +
                          " note=\"the old certificate stays\"");
        };
        services.recent_events = event_reading();
        services.feed = feed_;
        Result<std::unique_ptr<api::Server>> server = api::Server::start(std::move(services));
        if (!server)
            return server.error();
        server_ = std::move(*server);
        return {};
    }

    bool stop() override {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{4};
        if (unattended_)
            unattended_->ask_to_stop();
        if (server_)
            server_->stop();
        if (watch_)
            watch_->stop();
        save_clocks();
        save_notes();
        log_own_handshakes();
        server_.reset();
        return close_desk(end);
    }

    std::vector<std::uint16_t> ports() const override { return server_->ports(); }

    void save_state() override {
        save_clocks();
        log_own_handshakes();
        if (std::chrono::steady_clock::now() - notes_saved_at_ >= notes_interval)
            save_notes();
    }

    void recover_others() override {
        const auto now = std::chrono::steady_clock::now();
        if (now - others_looked_at_ < others_interval)
            return;
        others_looked_at_ = now;
        desk_->recover_others();
    }

    bool repairs() const override {
        const std::vector<Job> jobs = desk_->jobs();
        return std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.outcome == Outcome::running; });
    }

  private:
    void tell(const std::vector<Transition>& transitions) {
        for (const Transition& transition : transitions) {
            log_transition(log_, transition);
            publish(*feed_, transition);
        }
    }

    void tell(const RepairEvent& event) {
        publish(*feed_, event, machine_.now());
        log_event(log_, event);
    }

    // Probes write into their notes at each run. What is not saved when the power goes is read once more.
    static constexpr std::chrono::minutes notes_interval{1};
    // Of the command line: it repairs in its own process. The service looks without being started anew.
    static constexpr std::chrono::minutes others_interval{1};

    void save_notes() {
        const std::uint64_t revision = notes_->revision();
        notes_saved_at_ = std::chrono::steady_clock::now();
        if (revision == notes_revision_)
            return;
        if (Result<> written = write_file_atomically(notes_file(data_), notes_->to_json()); !written)
            log_.warn("event=notes_not_saved reason=" + log_value(describe(written.error())));
        else
            notes_revision_ = revision;
    }

    // They are kept as they are made; what is wrong with that is said here, on a thread that does not outlive the log.
    void log_own_handshakes() {
        const std::optional<Error> trouble = machine_.own->trouble();
        if (trouble && trouble->code == Errc::not_found)
            log_.info("event=own_handshakes_none reason=" + log_value(describe(*trouble)) +
                      " note=\"those of earlier starts and of commands are not known\"");
        else if (trouble)
            log_.warn("event=own_handshakes_lost reason=" + log_value(describe(*trouble)) +
                      " note=\"some may count as clients\"");
    }

    void save_clocks() {
        const std::string text = clocks_to_json(*board_.current());
        if (text == saved_)
            return;
        if (Result<> written = write_file_atomically(clocks_file(data_), text); !written)
            log_.warn("event=clocks_not_saved reason=" + log_value(describe(written.error())));
        saved_ = text;
    }

    // Owns all that it touches: a call into the event logs that hangs outlives the agent.
    std::function<Result<events::Facts>(std::optional<Time>)> event_reading() const {
        return [host = machine_.host, limits = settings_.limits,
                own = machine_.own](std::optional<Time> at) -> Result<events::Facts> {
            const Result<Time> now = host->now();
            if (!now)
                return now.error();
            JudgeContext context;
            context.now = *now;
            context.limits = limits;
            if (at)
                return events::collect_span(*host, context, diagnosis::span_of_attempt(*at, *now), own.get());
            return events::collect(*host, context, own.get());
        };
    }

    // Closing takes a running repair back, and a Windows service can take minutes to stop. What is not done in time is
    // left: the journal is open, and the next start takes it back before anything else.
    bool close_desk(std::chrono::steady_clock::time_point end) {
        if (desk_ && !desk_->quiet(std::chrono::seconds{1}))
            return false;
        unattended_.reset();
        auto closed = std::make_shared<std::promise<void>>();
        std::future<void> done = closed->get_future();
        std::thread([desk = std::move(desk_), closed]() mutable {
            desk.reset();
            closed->set_value();
        }).detach();
        return done.wait_until(end) == std::future_status::ready;
    }

    // Since when a finding stands, whichever probe it is of; codes and subjects are unique across probes.
    std::optional<Time> since(std::string_view code, std::string_view subject) const {
        const std::pair key{std::string(code), std::string(subject)};
        for (const auto& [id, state] : board_.current()->probes)
            if (const auto found = state.clocks.find(key); found != state.clocks.end())
                return found->second;
        return std::nullopt;
    }

    Settings settings_;
    std::filesystem::path data_;
    Machine machine_;
    Log& log_;
    std::shared_ptr<Feed> feed_ = std::make_shared<Feed>(first_event_id());
    std::vector<Probe> probes_;
    Board board_;
    std::unique_ptr<Watch> watch_;
    std::unique_ptr<CountedDesk> desk_;
    std::unique_ptr<AutoRepair> unattended_; // before the desk goes
    std::unique_ptr<api::Server> server_;
    std::string saved_;
    std::shared_ptr<Notebooks> notes_;
    std::uint64_t notes_revision_ = 0;
    std::chrono::steady_clock::time_point notes_saved_at_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point others_looked_at_ = std::chrono::steady_clock::now();
};

} // namespace

Result<std::unique_ptr<Agent>> Agent::start(const Settings& settings, const std::filesystem::path& data_folder,
                                            const Machine& machine, Log& log) {
    auto agent = std::make_unique<RunningAgent>(settings, data_folder, machine, log);
    if (Result<> begun = agent->begin(); !begun) {
        if (!agent->stop())
            static_cast<void>(agent.release()); // a call hangs in it: it stays until the process ends
        return begun.error();
    }
    return std::unique_ptr<Agent>(std::move(agent));
}

} // namespace rdpmedic
