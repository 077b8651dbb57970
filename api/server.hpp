// How does the world ask rdpmedic? HTTP and HTTPS on the configured addresses.
#pragma once

#include "agent/feed.hpp"
#include "agent/repair/desk.hpp"
#include "agent/settings.hpp"
#include "agent/watch/board.hpp"
#include "probes/events.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace rdpmedic::api {

// One line for the request log: method, path, status, caller, milliseconds. Never a token or a body.
struct AccessRecord {
    std::string method, path, caller, peer;
    unsigned status = 0;
    std::chrono::microseconds took{0};
};

struct Services {
    const Board& board;
    RepairDesk& repairs;
    const Settings& settings;
    std::filesystem::path data_folder; // holds tokens.json, audit.jsonl and tls/
    std::function<Time()> now;
    std::string version;
    std::function<void(const AccessRecord&)> log = [](const AccessRecord&) {};
    // The certificate of the server: its files were renewed and count for new connections, or they changed and cannot
    // be used, so that the old one stays.
    std::function<void(const Result<>&)> certificate_changed = [](const Result<>&) {};
    // What GET /events and GET /history tell. Filled by others.
    std::shared_ptr<const Feed> feed = std::make_shared<const Feed>();
    // What the event logs hold now, or of the time of an attempt, for the diagnosis. May block and may hang: it runs on
    // a thread that the server can leave behind, so it must own what it touches. One call at a time.
    std::function<Result<events::Facts>(std::optional<Time>)> recent_events =
        [](std::optional<Time>) -> Result<events::Facts> {
        return Error{Errc::unsupported, 0, "event logs, which are not read here"};
    };
};

// Listens from construction on. Throws nothing: `start` returns why it could not listen (port in use, certificate or
// key unreadable, an address other than loopback without TLS).
class Server {
  public:
    static Result<std::unique_ptr<Server>> start(Services services);
    virtual ~Server() = default; // as stop()
    // Refuses new requests, lets running ones end, closes everything within two seconds. Blocks until done. A call of
    // the repair desk that hangs is left behind on its own thread: where that can be, the desk must live as long as the
    // process.
    virtual void stop() = 0;
    // The ports in the order of the settings: a configured port 0 is answered with the one the system chose.
    virtual std::vector<std::uint16_t> ports() const = 0;
};

// Of an error of `start`: another process, or a connection that has not ended yet, holds the port. It can come free.
bool port_in_use(const Error& error);

} // namespace rdpmedic::api
