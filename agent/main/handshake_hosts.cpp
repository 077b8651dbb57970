// Would an RDP client get through to each host of a list?
#include "agent/main/handshake_hosts.hpp"

#include "agent/main/print.hpp"
#include "probes/network/handshake_batch.hpp"
#include "probes/network/handshake_report.hpp"
#include "probes/network/host_list.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace rdpmedic {
namespace {

bool errors_go_to_a_terminal() {
#ifdef _WIN32
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

Result<std::string> read_all(std::istream& stream, const std::string& name) {
    constexpr std::size_t longest = 4 * 1024 * 1024; // some hundred thousand hosts
    std::string text;
    std::array<char, 65536> chunk;
    while (stream.read(chunk.data(), chunk.size()) || stream.gcount() > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
        if (text.size() > longest)
            return Error{Errc::malformed, 0, name + " is longer than 4 MB"};
    }
    if (stream.bad())
        return Error{Errc::io, 0, name + " cannot be read"};
    return text;
}

Result<std::vector<Endpoint>> hosts_of(const std::filesystem::path& file) {
    const bool from_stdin = file == "-";
    const std::u8string path = file.u8string();
    const std::string name = from_stdin ? "standard input" : std::string(path.begin(), path.end());
    std::ifstream stream;
    if (!from_stdin) {
        stream.open(file, std::ios::binary);
        if (!stream)
            return Error{Errc::io, 0, name + " cannot be opened"};
    }
    const Result<std::string> text = read_all(from_stdin ? std::cin : stream, name);
    if (!text)
        return text.error();
    return handshake::parse_host_list(*text, name);
}

// Asks for a stop at the first Ctrl-C, for as long as it lives.
class StopAtInterrupt {
  public:
    StopAtInterrupt() {
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error)
                source_.request_stop();
        });
        thread_ = std::thread([this] { io_.run(); });
    }
    ~StopAtInterrupt() {
        io_.stop();
        thread_.join();
    }
    StopAtInterrupt(const StopAtInterrupt&) = delete;
    StopAtInterrupt& operator=(const StopAtInterrupt&) = delete;

    std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};
    std::thread thread_;
};

// "12 of 40 hosts", written over itself; nothing where standard error is no terminal.
class ProgressLine {
  public:
    explicit ProgressLine(std::size_t all) : all_(all), shown_(errors_go_to_a_terminal()) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::size_t finished) {
        if (!shown_)
            return;
        text_ = std::to_string(finished) + " of " + std::to_string(all_) + " hosts";
        std::cerr << "\r" << text_ << std::flush;
    }
    void clear() {
        if (!text_.empty())
            std::cerr << "\r" << std::string(text_.size(), ' ') << "\r" << std::flush;
        text_.clear();
    }

  private:
    const std::size_t all_;
    const bool shown_;
    std::string text_;
};

} // namespace

int handshake_with_hosts(const std::filesystem::path& file, Shake shake, unsigned parallel, const JudgeContext& context,
                         bool json) {
    const Result<std::vector<Endpoint>> hosts = hosts_of(file);
    if (!hosts)
        return complain(hosts.error().where, 3);
    std::optional<StopAtInterrupt> interrupt;
    try {
        interrupt.emplace();
    } catch (const std::exception& error) { // no thread left, or no handler for signals
        return complain(std::string("Ctrl-C cannot be listened for: ") + error.what(), 3);
    }
    handshake::HostsReport report(*hosts, context);
    {
        ProgressLine progress(hosts->size());
        progress.show(0);
        handshake::Batch batch;
        batch.targets = *hosts;
        batch.parallel = parallel;
        batch.shake = std::move(shake);
        batch.result = [&](std::size_t at, const Result<HandshakeFacts>& facts) {
            report.add(at, facts);
            if (json)
                return;
            progress.clear();
            std::cout << report.line(at) << std::flush;
        };
        batch.progress = [&](std::size_t finished) { progress.show(finished); };
        handshake::run_batch(std::move(batch), interrupt->token());
    }
    if (json)
        std::cout << report.to_json().dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    else
        std::cout << report.summary();
    return report.exit_status();
}

} // namespace rdpmedic
