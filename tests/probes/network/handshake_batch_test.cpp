// Are many hosts asked at once, at most so many, with results in order, and can it be stopped?
#include "probes/network/handshake_batch.hpp"

#include "probes/network/rdp_handshake.hpp"
#include "tests/support/scripted_peer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::handshake;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

std::vector<Endpoint> numbered(std::uint16_t count) {
    std::vector<Endpoint> targets;
    for (std::uint16_t port = 1; port <= count; ++port)
        targets.push_back({"host", port});
    return targets;
}

Result<HandshakeFacts> refused(const Endpoint& target) {
    HandshakeFacts facts;
    facts.target = target;
    facts.stage = HandshakeStage::refused;
    return facts;
}

// The indices in the order in which their results were delivered.
struct Delivered {
    std::vector<std::size_t> indices;
    std::vector<std::size_t> progress;
    std::size_t count = 0;
};

Delivered run(Batch batch, std::stop_token stop = {}) {
    Delivered seen;
    batch.result = [&seen](std::size_t index, const Result<HandshakeFacts>& facts) {
        CHECK((!facts || facts->target.port == index + 1));
        seen.indices.push_back(index);
    };
    batch.progress = [&seen](std::size_t finished) { seen.progress.push_back(finished); };
    seen.count = run_batch(std::move(batch), std::move(stop));
    return seen;
}

} // namespace

TEST_CASE("results come in the order of the targets, whichever host answers first") {
    // The first host answers only after the last one has.
    std::promise<void> last_answered;
    std::shared_future<void> wait = last_answered.get_future().share();
    Batch batch;
    batch.targets = numbered(5);
    batch.parallel = 2;
    batch.shake = [&](const Endpoint& target) {
        if (target.port == 1)
            wait.wait();
        if (target.port == 5)
            last_answered.set_value();
        return refused(target);
    };
    const Delivered seen = run(batch);
    CHECK(seen.indices == std::vector<std::size_t>{0, 1, 2, 3, 4});
    CHECK(seen.count == 5);
    REQUIRE_FALSE(seen.progress.empty());
    CHECK(seen.progress.back() == 5);
    CHECK(std::is_sorted(seen.progress.begin(), seen.progress.end()));
}

TEST_CASE("where the system has no thread to give, hosts are asked one by one, and can still be stopped") {
    std::size_t threads = GENERATE(0U, 1U);
    Batch batch;
    batch.targets = numbered(5);
    batch.shake = refused;
    batch.start = [&threads](std::function<void()> work) {
        if (threads == 0)
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        --threads;
        std::thread(std::move(work)).detach();
    };
    CHECK(run(batch).indices == std::vector<std::size_t>{0, 1, 2, 3, 4});
    std::stop_source stop;
    batch.shake = [&stop](const Endpoint& target) {
        if (target.port == 2)
            stop.request_stop();
        return refused(target);
    };
    CHECK(run(batch, stop.get_token()).count == 2);
}

TEST_CASE("never more hosts are asked at a time than allowed, and never fewer while there are some") {
    const unsigned parallel = GENERATE(1U, 3U, 16U);
    std::mutex mutex;
    std::condition_variable changed;
    unsigned inside = 0, most = 0;
    Batch batch;
    batch.targets = numbered(20);
    batch.parallel = parallel;
    batch.shake = [&](const Endpoint& target) {
        std::unique_lock lock(mutex);
        most = std::max(most, ++inside);
        changed.notify_all();
        // Each waits until as many were inside at once as are allowed: less parallel work would hang here.
        const bool full = changed.wait_for(lock, std::chrono::seconds{10}, [&] { return most >= parallel; });
        --inside;
        return full ? refused(target) : Result<HandshakeFacts>(Error{Errc::timed_out, 0, "never full"});
    };
    CHECK(run(batch).count == 20);
    CHECK(most == parallel);
}

TEST_CASE("a stop contacts nobody else, waits for those under way, and leaves out the rest") {
    std::stop_source stop;
    std::atomic<int> asked{0};
    Batch batch;
    batch.targets = numbered(100);
    batch.parallel = 2;
    batch.grace = std::chrono::seconds{10};
    batch.shake = [&](const Endpoint& target) {
        if (++asked == 3)
            stop.request_stop();
        return refused(target);
    };
    const Delivered seen = run(batch, stop.get_token());
    CHECK(seen.count == seen.indices.size());
    CHECK(seen.count >= 3);
    CHECK(static_cast<int>(seen.count) == asked);
    CHECK(std::is_sorted(seen.indices.begin(), seen.indices.end()));
}

TEST_CASE("a host that hangs is abandoned after the grace, and the results behind it are delivered") {
    std::stop_source stop;
    auto release = std::make_shared<std::promise<void>>();
    const std::shared_future<void> hang = release->get_future().share();
    Batch batch;
    batch.targets = numbered(3);
    batch.parallel = 2;
    batch.grace = milliseconds{50};
    batch.shake = [hang, &stop](const Endpoint& target) {
        if (target.port == 1)
            hang.wait();
        if (target.port == 3)
            stop.request_stop();
        return refused(target);
    };
    const Delivered seen = run(batch, stop.get_token());
    CHECK(seen.indices == std::vector<std::size_t>{1, 2});
    CHECK(seen.count == 2);
    release->set_value();
}

TEST_CASE("a batch of real handshakes sees every peer as it is") {
    const ScriptedPeer closing({ReadSome{}}, Ending::close);
    const ScriptedPeer refusing(
        {ReadSome{}, Send{{3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 3, 0, 8, 0, 3, 0, 0, 0}}}, Ending::hang);
    Batch batch;
    batch.targets = {closing.endpoint(), refusing.endpoint(), {"127.0.0.1", closed_port()}, {"", 1}};
    batch.shake = [](const Endpoint& target) { return rdp_handshake(target); };
    std::vector<std::string> seen;
    batch.result = [&](std::size_t, const Result<HandshakeFacts>& facts) {
        seen.push_back(facts ? std::to_string(static_cast<int>(facts->stage)) : "error");
    };
    batch.progress = [](std::size_t) {};
    CHECK(run_batch(batch, {}) == 4);
    const auto number = [](HandshakeStage stage) { return std::to_string(static_cast<int>(stage)); };
    CHECK(seen == std::vector<std::string>{number(HandshakeStage::closed_before_reply),
                                           number(HandshakeStage::negotiation_failure), number(HandshakeStage::refused),
                                           "error"});
}
