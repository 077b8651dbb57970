// Where does the agent say what it does? The one source that knows spdlog.
#include "agent/log.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#ifdef _WIN32
#include "agent/windows/event_log.hpp"
#endif

namespace rdpmedic {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warn:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::err;
}

class SpdLog : public Log {
  public:
    SpdLog(spdlog::logger logger, bool event_log) : logger_(std::move(logger)), event_log_(event_log) {}

    void write(LogLevel level, std::string_view line) override {
        to_sinks(level, line);
#ifdef _WIN32
        if (event_log_ && level >= LogLevel::warn)
            write_event(level == LogLevel::error, line);
#endif
    }

    void event([[maybe_unused]] std::uint16_t id, LogLevel level, std::string_view line) override {
        to_sinks(level, line);
#ifdef _WIN32
        if (event_log_)
            write_event(id, level >= LogLevel::warn, line);
#endif
    }

  private:
    void to_sinks(LogLevel level, std::string_view line) {
        logger_.log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
    }

    spdlog::logger logger_;
    [[maybe_unused]] bool event_log_;
};

} // namespace

Result<std::unique_ptr<Log>> make_log(const Settings& settings, const LogTargets& targets) {
    const std::string file = targets.folder.empty() ? "" : (targets.folder / "rdpmedic.log").string();
    try {
        std::vector<spdlog::sink_ptr> sinks;
        if (targets.console)
            sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        if (!file.empty())
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                file, settings.log_size_mb * 1024u * 1024u, settings.log_files));
        spdlog::logger logger("rdpmedic", sinks.begin(), sinks.end());
        logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        logger.set_level(spdlog::level::from_str(settings.log_level == "warn" ? "warning" : settings.log_level));
        logger.flush_on(spdlog::level::info);
        return std::unique_ptr<Log>(std::make_unique<SpdLog>(std::move(logger), targets.event_log));
    } catch (const spdlog::spdlog_ex& error) {
        return Error{Errc::io, 0, "the log file " + file + ": " + error.what()};
    }
}

std::string log_value(std::string_view text) {
    std::string value;
    bool quote = text.empty();
    for (const char raw : text) {
        const auto byte = static_cast<unsigned char>(raw);
        const char c = byte < 0x20 || byte == 0x7f ? ' ' : raw; // before it is asked for blanks
        if (c == ' ' || c == '"' || c == '=')
            quote = true;
        if (c == '"' || c == '\\')
            value += '\\';
        value += c;
    }
    return quote ? '"' + value + '"' : value;
}

} // namespace rdpmedic
