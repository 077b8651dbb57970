// Does every process know the handshakes of the others, whatever has become of their file?
#include "agent/kept_handshakes.hpp"

#include "agent/atomic_file.hpp"
#include "probes/noting_host.hpp"
#include "tests/probes/event_log.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Time noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} + std::chrono::hours{12}};

OwnHandshake at(Time time, const std::string& socket = "127.0.0.1:51000", bool tls = true) {
    return {time, time + seconds{1}, socket, tls};
}

using List = std::vector<OwnHandshake>;

struct Shared {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "own-handshakes.json";

    // As if by another process.
    std::unique_ptr<KeptHandshakes> process() const { return std::make_unique<KeptHandshakes>(file, minutes{60}); }
    void write(std::string_view text) const { REQUIRE(write_file_atomically(file, text).has_value()); }
    std::string text() const { return read_whole_file(file, 1 << 20).value(); }
};

} // namespace

TEST_CASE("what one process has made is known to the others, and after a start") {
    const Shared shared;
    const auto service = shared.process(), command = shared.process();
    service->add(at(noon));
    CHECK(command->list() == List{at(noon)});
    command->add(at(noon + minutes{1}, "127.0.0.1:51001", false));
    const List both{at(noon), at(noon + minutes{1}, "127.0.0.1:51001", false)};
    CHECK(service->list() == both);
    CHECK(shared.process()->list() == both);
    service->add(at(noon + minutes{2}, "[::1]:51002"));
    CHECK(shared.process()->list().size() == 3);
}

TEST_CASE("what the handshakes of the service leave in the event logs is no client to a command") {
    const Shared shared;
    const auto logs = std::make_shared<LogHost>();
    logs->time = noon;
    HandshakeFacts facts;
    facts.local_address = "127.0.0.1:51000";
    logs->handshake = facts;
    const auto service = std::shared_ptr<KeptHandshakes>(shared.process());
    REQUIRE(make_noting_host(logs, service)->rdp_handshake({"127.0.0.1", 3389}).has_value());
    logs->write("transport", arrival(noon, "127.0.0.1:51000"));
    logs->time = noon + minutes{50};
    JudgeContext context;
    context.now = logs->time;
    const auto looked = events::collect(*logs, context, shared.process().get());
    REQUIRE(looked.has_value());
    CHECK(looked->ours == 1);
    CHECK(looked->seen.empty());
}

TEST_CASE("what is older than the longest look back is dropped, and what a wrong clock left in the future") {
    const Shared shared;
    const auto process = shared.process();
    process->add(at(noon - minutes{70}));
    process->add(at(noon + minutes{90}, "127.0.0.1:51001"));
    process->add(at(noon - minutes{50}, "127.0.0.1:51002"));
    process->add(at(noon, "127.0.0.1:51003"));
    CHECK(shared.process()->list() == List{at(noon - minutes{50}, "127.0.0.1:51002"), at(noon, "127.0.0.1:51003")});
}

TEST_CASE("the file does not grow without end") {
    const Shared shared;
    List many;
    for (std::size_t i = 0; i < OwnHandshakes::most; ++i)
        many.push_back(at(noon, "127.0.0.1:" + std::to_string(10000 + i)));
    shared.write(to_json(many));
    shared.process()->add(at(noon + seconds{1}));
    const List kept = shared.process()->list();
    CHECK(kept.size() == OwnHandshakes::most);
    CHECK(kept.back() == at(noon + seconds{1}));
    CHECK(shared.text().size() < (1 << 20) / 2);
}

TEST_CASE("a file that is missing is an empty list, and said once") {
    const Shared shared;
    const auto process = shared.process();
    CHECK(process->list().empty());
    CHECK(process->list().empty());
    const auto trouble = process->trouble();
    REQUIRE(trouble.has_value());
    CHECK(trouble->code == Errc::not_found);
    CHECK(trouble->where.find("own-handshakes.json") != std::string::npos);
    CHECK(process->list().empty());
    CHECK_FALSE(process->trouble());
    process->add(at(noon));
    CHECK_FALSE(process->trouble());
    CHECK(process->list() == List{at(noon)});
    CHECK_FALSE(process->trouble());
}

TEST_CASE("a file that is damaged is an empty list, is said, and is written anew") {
    const auto text = GENERATE(
        as<std::string>{}, "", "{", "[]", "null", "7", R"({"rdpmedic_own_handshakes":2,"handshakes":[]})",
        R"({"rdpmedic_own_handshakes":1})", R"({"rdpmedic_own_handshakes":1,"handshakes":7})",
        R"({"rdpmedic_own_handshakes":1,"handshakes":[7]})", R"({"rdpmedic_own_handshakes":1,"handshakes":[{}]})",
        R"({"rdpmedic_own_handshakes":1,"handshakes":[{"from":"x","until":"x","socket":"","tls":true}]})",
        R"({"rdpmedic_own_handshakes":1,"handshakes":[{"from":7,"until":8,"socket":"","tls":true}]})");
    INFO(text);
    const Shared shared;
    shared.write(text);
    const auto process = shared.process();
    CHECK(process->list().empty());
    CHECK(process->list().empty());
    const auto trouble = process->trouble();
    REQUIRE(trouble.has_value());
    CHECK(trouble->code == Errc::malformed);
    CHECK_FALSE(process->trouble());
    process->add(at(noon));
    CHECK(shared.process()->list() == List{at(noon)});
}

TEST_CASE("a file that is cut off anywhere is an error, never a crash") {
    const std::string whole = to_json({at(noon), at(noon + minutes{1}, "[::1]:51001", false)});
    CHECK(handshakes_from_json(whole).value() == List{at(noon), at(noon + minutes{1}, "[::1]:51001", false)});
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) { // the last byte ends the line
        const auto read = handshakes_from_json(std::string_view(whole).substr(0, length));
        INFO(length);
        REQUIRE(read.has_error());
        CHECK(read.error().code == Errc::malformed);
    }
}

TEST_CASE("a file that cannot be read is left alone, and what is made meanwhile is known here and written later") {
    const Shared shared;
    std::filesystem::create_directory(shared.file); // a folder in its place
    const auto process = shared.process();
    process->add(at(noon));
    CHECK(process->trouble().value().code == Errc::io);
    CHECK(std::filesystem::is_directory(shared.file));
    CHECK(process->list() == List{at(noon)});
    CHECK_FALSE(process->trouble());
    std::filesystem::remove(shared.file);
    process->add(at(noon + minutes{1}));
    CHECK(shared.process()->list() == List{at(noon), at(noon + minutes{1})});
}

TEST_CASE("a folder that is gone is worse than a list that nobody has begun") {
    const Shared shared;
    KeptHandshakes process(shared.folder.path() / "gone" / "own-handshakes.json", minutes{60});
    process.add(at(noon));
    CHECK(process.trouble().value().code == Errc::io);
    CHECK(process.list() == List{at(noon)});
}

TEST_CASE("several threads of one process lose nothing") {
    const Shared shared;
    const auto process = shared.process();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&process, i] {
            for (int n = 0; n < 5; ++n)
                process->add(at(noon, "127.0.0.1:" + std::to_string(50000 + 10 * i + n)));
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(shared.process()->list().size() == 20);
}
