// With which certificate do new connections begin, although its file may be renewed or break while the server runs?
#pragma once

#include "api/desk_threads.hpp"
#include "api/tls_identity.hpp"

#include <boost/asio/ssl/context.hpp>

namespace rdpmedic::api {

// Belongs to the server's thread. The files may lie on a share that hangs, so only `open` waits for them.
class TlsKeeper {
  public:
    using Context = std::shared_ptr<boost::asio::ssl::context>;

    TlsKeeper(const Settings& settings, std::filesystem::path data_folder);

    // Reads the certificate for the first time. Blocks.
    Result<> open(Time now);
    // For the next connection. Those that are open keep what they began with.
    Context current() const;
    // Has a thread look whether the files have changed, and read them again if so. Gives what an earlier look has come
    // to, where that is news: another certificate counts now, or the files cannot be used and the old one stays.
    std::optional<Result<>> look(Time now);

  private:
    struct FileMark {
        bool exists = false;
        std::filesystem::file_time_type changed{};
        std::uintmax_t size = 0;
        friend bool operator==(const FileMark&, const FileMark&) = default;
    };
    // Shared with a look that hangs and outlives the server.
    struct State {
        State(const Settings& given, std::filesystem::path folder) : settings(given), data_folder(std::move(folder)) {}

        Settings settings;
        std::filesystem::path data_folder;
        // Of one look at a time.
        TlsIdentity identity{};
        std::vector<FileMark> marks{};
        bool settled = false; // read once more since later changes would show in the marks
        bool told = false;    // that what has these marks cannot be used

        std::mutex mutex{}; // guards what follows
        Context context{};
        std::optional<Result<>> news{};
        bool looking = false;
    };
    static std::vector<FileMark> marks_of(const State& state);
    static bool tells_of_later_changes(const FileMark& mark);
    static std::optional<Result<>> look_again(State& state, Time now);
    static Result<bool> take_up(State& state, Time now);

    std::shared_ptr<State> state_;
    DeskThreads thread_{1, 1};
};

} // namespace rdpmedic::api
