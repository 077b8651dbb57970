// Does a plan that hangs keep its own repair's threads, and no others?
#include "api/planners.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace rdpmedic;
using namespace std::chrono_literals;
using api::Planners;

namespace {

const std::vector<RepairInfo> two_repairs{{"cert", "a"}, {"tls", "b"}};

// Work that hangs until the gate opens.
struct Gate {
    std::promise<void> opened;
    std::shared_future<void> open = opened.get_future().share();

    std::function<void()> work() const {
        return [open = open] { open.wait(); };
    }
};

// Work that tells when it has been done, in which order.
struct Trail {
    std::shared_ptr<std::promise<std::string>> all = std::make_shared<std::promise<std::string>>();
    std::shared_ptr<std::string> steps = std::make_shared<std::string>(); // of one thread

    std::function<void()> work(char step, std::size_t last) const {
        return [all = all, steps = steps, step, last] {
            *steps += step;
            if (steps->size() == last)
                all->set_value(*steps);
        };
    }
};

// Begins it on a thread of its own, and waits until it is under way.
void hang(Planners& planners, const std::string& repair, const Gate& gate) {
    const auto begun = std::make_shared<std::promise<void>>();
    std::future<void> under_way = begun->get_future();
    REQUIRE(planners.submit(repair, [begun, work = gate.work()] {
        begun->set_value();
        work();
    }));
    under_way.wait();
}

} // namespace

TEST_CASE("the plans of one repair that hang take neither thread nor place from another") {
    Gate gate;
    Trail trail;
    Planners planners(two_repairs, 1, 1);
    hang(planners, "cert", gate);
    CHECK(planners.submit("cert", [] {}));
    CHECK_FALSE(planners.submit("cert", [] {}));
    CHECK(planners.submit("tls", trail.work('t', 1)));
    CHECK(trail.all->get_future().get() == "t");
    gate.opened.set_value();
    CHECK(planners.leave(10s));
}

TEST_CASE("what goes ahead is done before all that waits, and has a place where the queue is full") {
    Gate gate;
    Trail trail;
    Planners planners(two_repairs, 1, 2);
    hang(planners, "cert", gate);
    REQUIRE(planners.submit("cert", trail.work('a', 3)));
    REQUIRE(planners.submit("cert", trail.work('b', 3)));
    CHECK(planners.submit_ahead("cert", trail.work('c', 3)));
    gate.opened.set_value();
    CHECK(trail.all->get_future().get() == "cab");
    CHECK(planners.leave(10s));
}

TEST_CASE("nothing is planned for a repair that is none, and nothing after the end") {
    Planners planners(two_repairs, 1, 1);
    CHECK_FALSE(planners.submit("dns", [] {}));
    CHECK_FALSE(planners.submit_ahead("dns", [] {}));
    CHECK(planners.leave(0ms));
    CHECK_FALSE(planners.submit("cert", [] {}));
    CHECK_FALSE(planners.submit_ahead("cert", [] {}));
}

TEST_CASE("the end waits for all plans together, and drops what has not begun") {
    Gate gate;
    Trail trail;
    std::future<std::string> done = trail.all->get_future();
    Planners planners(two_repairs, 1, 1);
    hang(planners, "cert", gate);
    hang(planners, "tls", gate);
    REQUIRE(planners.submit("tls", trail.work('t', 1)));
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(planners.leave(2s));
    CHECK(std::chrono::steady_clock::now() - began < 3900ms); // 4 s, if one were waited for after the other
    gate.opened.set_value();
    CHECK(planners.leave(10s));
    CHECK(done.wait_for(0ms) == std::future_status::timeout);
}
