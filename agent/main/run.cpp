// How does the agent run until it is told to stop?
#include "agent/main/run.hpp"

#include "agent/data_folder.hpp"
#include "agent/main/agent.hpp"
#include "agent/main/first_start.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <iostream>
#include <thread>

#ifdef _WIN32
#include "agent/main/console_close.hpp"
#endif

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// The configuration file as last seen, to notice that it has changed.
struct FileMark {
    bool exists = false;
    std::filesystem::file_time_type written{};
    std::uintmax_t size = 0;
    friend bool operator==(const FileMark&, const FileMark&) = default;
};

FileMark mark_of(const std::filesystem::path& file) {
    std::error_code error;
    FileMark mark;
    mark.written = std::filesystem::last_write_time(file, error);
    mark.exists = !error;
    if (mark.exists)
        mark.size = std::filesystem::file_size(file, error);
    return mark;
}

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
          mark_(mark_of(config_file(options_.data_folder))) {}

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
            if (agent_) {
                agent_->save_state();
                agent_->recover_others();
            }
            take_up_changes();
            tick();
        });
    }

    // A configuration that is wrong, or that cannot be listened on, changes nothing.
    void take_up_changes() {
        const std::filesystem::path file = config_file(options_.data_folder);
        const FileMark mark = mark_of(file);
        if (mark == mark_)
            return;
        mark_ = mark;
        const auto loaded = load_settings(file);
        if (const auto* wrong = std::get_if<SettingsError>(&loaded)) {
            log_.warn("event=config_refused reason=" + log_value(describe(*wrong)) +
                      " note=\"the old configuration stays\"");
            return;
        }
        retire();
        if (restart_with(std::get<Settings>(loaded))) {
            settings_ = std::get<Settings>(loaded);
            log_.info("event=config_taken_up listening=" + log_value(listening(settings_, *agent_)));
        } else if (!restart_with_patience(settings_)) {
            log_.error("event=restart_failed note=\"neither the new nor the old configuration can be started; the "
                       "process ends\"");
            exit_code_ = 1; // a failure to the service control manager, which then starts the service again
            io_.stop();
        }
    }

    // An agent in which a call into Windows hangs stays where it is until the process ends.
    void retire() {
        if (agent_ && !agent_->stop()) {
            log_.warn("event=call_hangs note=\"a call into Windows has not come back; it is left alone\"");
            hanging_.push_back(std::move(agent_));
        }
        agent_.reset();
    }

    // Windows gives a port free only once the last connection over it has ended.
    // https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
    bool restart_with_patience(const Settings& settings) {
        for (int tries = 0; tries < 10; ++tries) {
            if (restart_with(settings))
                return true;
            std::this_thread::sleep_for(1s);
        }
        return false;
    }

    bool restart_with(const Settings& settings) {
        Result<std::unique_ptr<Agent>> agent = Agent::start(settings, options_.data_folder, machine_, log_);
        if (!agent) {
            log_.warn("event=config_refused reason=" + log_value(describe(agent.error())) +
                      " note=\"the old configuration stays\"");
            return false;
        }
        agent_ = std::move(*agent);
        return true;
    }

    RunOptions options_;
    Settings settings_;
    Machine machine_;
    Log& log_;
    FileMark mark_;
    std::unique_ptr<Agent> agent_;
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
