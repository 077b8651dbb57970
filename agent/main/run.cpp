// How does the agent run until it is told to stop?
#include "agent/main/run.hpp"

#include "agent/data_folder.hpp"
#include "agent/main/agent.hpp"
#include "agent/main/config_changes.hpp"
#include "agent/main/first_start.hpp"
#include "api/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <iostream>
#include <optional>
#include <utility>

#ifdef _WIN32
#include "agent/main/console_close.hpp"
#endif

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// How often, once a second, a port is tried that may come free.
constexpr int most_tries = 10;

std::string listening(const Settings& settings, const Agent& agent) {
    std::string text;
    const std::vector<std::uint16_t> ports = agent.ports();
    for (std::size_t i = 0; i < settings.listen.size(); ++i) {
        const ListenSettings& listen = settings.listen[i];
        const bool v6 = listen.address.find(':') != std::string::npos;
        text += std::string(i == 0 ? "" : " ") + (listen.tls ? "https://" : "http://") + (v6 ? "[" : "") +
                listen.address + (v6 ? "]:" : ":") + std::to_string(ports.at(i));
    }
    return text;
}

class Runner {
  public:
    Runner(RunOptions options, Settings settings, Machine machine, Log& log)
        : options_(std::move(options)), settings_(std::move(settings)), machine_(std::move(machine)), log_(log),
          changes_(config_file(options_.data_folder), log_) {}

    int run(ServiceLink* link) {
        listen_for_signals(link == nullptr);
        if (link) {
            // Before what follows: taking back what an earlier process left half done starts services, and the service
            // control manager does not start any while it waits for this one.
            // https://learn.microsoft.com/windows/win32/services/service-startup
            link->on_stop([this] { asio::post(io_, [this] { io_.stop(); }); });
            link->running();
        }
        Result<std::unique_ptr<Agent>> agent = Agent::start(settings_, options_.data_folder, machine_, log_);
        if (!agent) {
            log_.error("event=start_failed reason=" + log_value(describe(agent.error())));
            if (link)
                link->on_stop({});
            return 1;
        }
        agent_ = std::move(*agent);
        log_.info("event=started version=" RDPMEDIC_VERSION " listening=" + log_value(listening(settings_, *agent_)));
        tick();
        io_.run();
        log_.info("event=stopping");
        retire();
        if (link)
            link->on_stop({});
        log_.info("event=stopped");
        return exit_code_;
    }

    bool hangs() const { return !hanging_.empty(); }

  private:
    // A service can hear of the log-off of any user as SIGBREAK; the service control manager tells it when to stop.
    // https://learn.microsoft.com/windows/console/handlerroutine
    void listen_for_signals([[maybe_unused]] bool in_console) {
#ifdef _WIN32
        if (in_console) {
            signals_.add(SIGBREAK);
            hear_close();
        }
#endif
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (!error)
                io_.stop();
        });
    }

    void tick() {
        timer_.expires_after(1s);
        timer_.async_wait([this](boost::system::error_code error) {
            if (error)
                return;
            if (agent_)
                look_after_agent();
            else
                start_again();
            tick();
        });
    }

    void look_after_agent() {
        agent_->save_state();
        agent_->recover_others();
        wanted_ = changes_.due(settings_, [this] { return agent_->repairs(); });
        if (!wanted_)
            return;
        retire();
        start_again();
    }

    // With the settings that are wanted, else with those that were in force. Windows gives a port free only once the
    // last connection over it has ended: one try a tick, so that a stop is heard between them.
    // https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
    void start_again() {
        Result<std::unique_ptr<Agent>> agent =
            Agent::start(wanted_ ? *wanted_ : settings_, options_.data_folder, machine_, log_);
        if (agent)
            return take_up(std::move(*agent));
        const std::string reason = log_value(describe(agent.error()));
        if ((!wanted_ || api::port_in_use(agent.error())) && ++tries_ < most_tries) {
            if (tries_ == 1)
                log_.info("event=config_waits reason=" + reason);
            return;
        }
        tries_ = 0;
        if (wanted_) {
            log_.warn("event=config_refused reason=" + reason + " note=\"the old configuration stays\"");
            wanted_.reset();
            return start_again();
        }
        log_.error("event=restart_failed reason=" + reason +
                   " note=\"neither the new nor the old configuration can be started; the process ends\"");
        exit_code_ = 1; // a failure to the service control manager, which then starts the service again
        io_.stop();
    }

    void take_up(std::unique_ptr<Agent> agent) {
        agent_ = std::move(agent);
        tries_ = 0;
        if (!wanted_)
            return;
        settings_ = *std::exchange(wanted_, std::nullopt);
        log_.info("event=config_taken_up listening=" + log_value(listening(settings_, *agent_)));
    }

    // An agent in which a call into Windows hangs stays where it is until the process ends.
    void retire() {
        if (agent_ && !agent_->stop()) {
            log_.warn("event=call_hangs note=\"a call into Windows has not come back; it is left alone\"");
            hanging_.push_back(std::move(agent_));
        }
        agent_.reset();
    }

    RunOptions options_;
    Settings settings_;
    Machine machine_;
    Log& log_;
    ConfigChanges changes_;
    std::optional<Settings> wanted_; // in place of settings_
    int tries_ = 0;
    std::unique_ptr<Agent> agent_; // null between two
    std::vector<std::unique_ptr<Agent>> hanging_;
    int exit_code_ = 0;
    asio::io_context io_;
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    asio::steady_timer timer_{io_};
};

// Before there is a log file. A service has no standard error: its reason goes to the Windows Event Log.
int refuse(const std::string& reason, int code, const ServiceLink* link) {
    std::cerr << "rdpmedic: " << reason << "\n";
    if (link != nullptr)
        if (Result<std::unique_ptr<Log>> log = make_log({}, {{}, false, true}); log)
            (*log)->error("event=start_failed reason=" + log_value(reason));
    return code;
}

} // namespace

int run_agent(const RunOptions& options, ServiceLink* link) {
    const auto loaded = load_settings(config_file(options.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return refuse(describe(*wrong), 2, link);
    const Settings settings = std::get<Settings>(loaded);
    if (Result<> made = first_start(options.data_folder); !made)
        return refuse(describe(made.error()), 1, link);
    Result<std::unique_ptr<Log>> log =
        make_log(settings, {options.data_folder / "logs", link == nullptr, link != nullptr});
    if (!log)
        return refuse(describe(log.error()), 1, link);
    Result<Machine> machine = open_machine(options.recording);
    if (!machine)
        return refuse(describe(machine.error()), 2, link);
    if (link)
        link->still_starting();
    // On the heap and not destroyed where something hangs in it: main ends the process without destructors.
    auto runner = std::make_unique<Runner>(options, settings, std::move(*machine), **log);
    const int code = runner->run(link);
    if (runner->hangs()) {
        static_cast<void>(runner.release());
        static_cast<void>(log->release());
    }
    return code;
}

} // namespace rdpmedic
