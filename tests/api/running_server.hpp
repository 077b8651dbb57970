// What does a test need to ask a live server? One on free ports, with a fake desk and tokens.
#pragma once

#include "api/start_server.hpp"
#include "api/tokens.hpp"
#include "tests/api/raw_client.hpp"
#include "tests/support/fake_desk.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

constexpr Time test_time{std::chrono::seconds{1'770'000'000}};

inline Snapshot two_probes() {
    Snapshot snapshot;
    snapshot.started = snapshot.taken = test_time;
    for (const char* id : {"cert", "firewall"}) {
        snapshot.probes[id].probe = id;
        snapshot.probes[id].period = std::chrono::seconds{60};
    }
    return snapshot;
}

struct Rig {
    TemporaryFolder folder;
    Board board{two_probes()};
    std::shared_ptr<FakeDesk> desk = std::make_shared<FakeDesk>();
    Settings settings;
    api::Limits limits;
    std::shared_ptr<Feed> feed = std::make_shared<Feed>(101); // its first item has the id 101
    // Empty: the event logs are not read.
    std::function<Result<events::Facts>(std::optional<Time>)> recent_events;
    std::string reader, fixer; // Authorization fields with their line ends
    std::mutex log_mutex;
    std::vector<api::AccessRecord> log;
    std::vector<Result<>> certificate_news; // under the same mutex
    std::unique_ptr<api::Server> server;

    explicit Rig(bool tls = false) {
        settings.listen = {ListenSettings{"127.0.0.1", 0, tls}};
        limits.tick = std::chrono::milliseconds{20};
        limits.stream_poll = std::chrono::milliseconds{5};
        api::TokenFile tokens;
        reader = "Authorization: Bearer " + tokens.add("reader", api::Role::read, test_time, {}).value() + "\r\n";
        fixer = "Authorization: Bearer " + tokens.add("fixer", api::Role::repair, test_time, {}).value() + "\r\n";
        REQUIRE(tokens.save(token_file()).has_value());
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;
    ~Rig() {
        server.reset();
        desk->release();
        desk->await_hanging(0);
    }

    std::filesystem::path token_file() const { return folder.path() / "tokens.json"; }

    Result<std::unique_ptr<api::Server>> try_start() {
        api::Services services{board, *desk, settings, folder.path(), [] { return test_time; }, "1.2.3"};
        services.log = [this](const api::AccessRecord& record) {
            const std::lock_guard lock(log_mutex);
            log.push_back(record);
        };
        services.certificate_changed = [this](const Result<>& news) {
            const std::lock_guard lock(log_mutex);
            certificate_news.push_back(news);
        };
        services.feed = feed;
        if (recent_events)
            services.recent_events = recent_events;
        return api::start_server(std::move(services), limits);
    }
    std::uint16_t start() {
        auto started = try_start();
        if (!started)
            FAIL(describe(started.error()));
        server = std::move(*started);
        return server->ports().front();
    }
};

inline std::string get(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
inline std::string del(const std::string& path, const std::string& fields = "") {
    return "DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
inline std::string post(const std::string& path, const std::string& fields, const std::string& body = "") {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace rdpmedic::testing
