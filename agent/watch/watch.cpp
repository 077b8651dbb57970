// Who asks the probes, again and again, and survives the ones that never answer?
#include "agent/watch/watch.hpp"

#include "agent/watch/schedule.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace rdpmedic {
namespace {

Time wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

JudgeContext context_for(const ProbeState* state, const Thresholds& limits, Time now) {
    JudgeContext context;
    context.now = now;
    context.limits = limits;
    if (state)
        context.since = [clocks = state->clocks](std::string_view code,
                                                 std::string_view subject) -> std::optional<Time> {
            const auto found = clocks.find(std::pair{std::string(code), std::string(subject)});
            if (found == clocks.end())
                return std::nullopt;
            return found->second;
        };
    return context;
}

// One run. An exception out of a probe is a bug, yet it must not end the agent: it becomes an unknown answer.
Report run(const Probe& probe, const Host& host, const JudgeContext& context) {
    Report report;
    report.probe = probe.id;
    const Tick begin = std::chrono::steady_clock::now();
    try {
        report.findings = probe.run(host, context);
    } catch (const std::exception& error) {
        report.findings = Error{Errc::io, 0, "probe " + report.probe + ": " + error.what()};
    }
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    report.finished = context.now;
    return report;
}

std::size_t count_of_slow(const std::vector<Probe>& probes) {
    return static_cast<std::size_t>(
        std::count_if(probes.begin(), probes.end(), [](const Probe& probe) { return probe.slow; }));
}

} // namespace

// Shared with the workers, so that a stuck one never outlives what it touches.
struct Watch::State : std::enable_shared_from_this<Watch::State> {
    // A queue with workers of its own.
    struct Lane {
        std::size_t wanted = 0; // workers that are not stuck
        std::deque<std::string> queue{};
        std::size_t workers = 0, stuck_workers = 0;
        std::condition_variable work{};
    };
    struct Run {
        Tick deadline{};
        Lane* lane = nullptr;
        bool stuck = false;
    };

    std::shared_ptr<const Host> host;
    std::vector<Probe> probes;
    WatchOptions options;

    std::mutex mutex;
    std::condition_variable idle, wake;
    Board* board = nullptr; // null once stopped: a late worker then publishes nothing
    Schedule schedule;
    Lane ordinary, slow;
    std::map<std::string, Run> running;
    Tick sleeps_until{}; // the scheduler
    std::thread scheduler;

    const Probe& probe(const std::string& id) const {
        for (const Probe& probe : probes)
            if (probe.id == id)
                return probe;
        throw std::logic_error("no probe " + id);
    }

    void publish(const std::unique_lock<std::mutex>&, const Report& report) {
        if (board)
            board->publish(report);
    }

    // Each wake-up of the scheduler costs two switches of threads, and most of what happens is not due before what it
    // waits for anyway.
    void wake_for(Tick due) {
        if (due < sleeps_until)
            wake.notify_all();
    }

    Lane& lane_of(const std::string& id) { return probe(id).slow ? slow : ordinary; }

    void add_worker(Lane& lane) {
        ++lane.workers;
        std::thread([self = shared_from_this(), &lane] { self->work_until_stopped(lane); }).detach();
    }

    void work_until_stopped(Lane& lane) {
        std::unique_lock lock(mutex);
        while (board && lane.workers - lane.stuck_workers <= lane.wanted) {
            if (lane.queue.empty()) {
                lane.work.wait(lock);
                continue;
            }
            const std::string id = std::move(lane.queue.front());
            lane.queue.pop_front();
            run_one(lock, lane, id);
        }
        --lane.workers;
        idle.notify_all();
    }

    void run_one(std::unique_lock<std::mutex>& lock, Lane& lane, const std::string& id) {
        const Probe& current = probe(id);
        running[id] = {std::chrono::steady_clock::now() + current.timeout, &lane, false};
        wake_for(running[id].deadline);
        const auto snapshot = board->current();
        const auto state = snapshot->probes.find(id);
        lock.unlock();
        const Result<Time> now = host->now();
        JudgeContext context = context_for(state == snapshot->probes.end() ? nullptr : &state->second, options.limits,
                                           now ? *now : wall_clock());
        if (options.notes)
            context.notes = &options.notes->of(id);
        const Report report = run(current, *host, context);
        lock.lock();
        if (running[id].stuck)
            --lane.stuck_workers;
        running.erase(id);
        const Tick end = std::chrono::steady_clock::now();
        schedule.finished(id, end);
        publish(lock, report);
        wake_for(schedule.next(end));
    }

    // Reports probes that are past their deadline, once each, and puts a fresh worker in place of theirs.
    Tick watch_deadlines(const std::unique_lock<std::mutex>& lock, Tick now) {
        Tick earliest = now + std::chrono::hours{1};
        for (auto& [id, run] : running) {
            if (run.stuck)
                continue;
            if (run.deadline > now) {
                earliest = std::min(earliest, run.deadline);
                continue;
            }
            run.stuck = true;
            ++run.lane->stuck_workers;
            add_worker(*run.lane);
            Report report{id, wall_clock(), {}, std::vector<Finding>{}, true};
            report.took = probe(id).timeout;
            publish(lock, report);
        }
        return earliest;
    }

    void tick_until_stopped() {
        std::unique_lock lock(mutex);
        while (board) {
            const Tick now = std::chrono::steady_clock::now();
            for (std::string& id : schedule.due(now)) {
                schedule.started(id);
                Lane& lane = lane_of(id);
                lane.queue.push_back(std::move(id));
                lane.work.notify_one();
            }
            sleeps_until = std::min(watch_deadlines(lock, now), schedule.next(now));
            wake.wait_until(lock, sleeps_until);
        }
    }
};

Watch::Watch(std::shared_ptr<const Host> host, std::vector<Probe> probes, Board& board, WatchOptions options)
    : state_(std::make_shared<State>()) {
    state_->host = std::move(host);
    state_->probes = std::move(probes);
    state_->options = std::move(options);
    state_->board = &board;
}

Watch::~Watch() { stop(); }

void Watch::start() {
    const std::lock_guard lock(state_->mutex);
    const Tick now = std::chrono::steady_clock::now();
    for (const Probe& probe : state_->probes)
        state_->schedule.add(std::string(probe.id), probe.period, now);
    state_->ordinary.wanted = state_->options.workers;
    const std::size_t all_slow = count_of_slow(state_->probes), at_most = state_->options.slow_workers;
    state_->slow.wanted = at_most == 0 ? all_slow : std::min(at_most, all_slow);
    for (State::Lane* lane : {&state_->ordinary, &state_->slow})
        for (std::size_t i = 0; i < lane->wanted; ++i)
            state_->add_worker(*lane);
    state_->scheduler = std::thread([state = state_.get()] { state->tick_until_stopped(); });
}

void Watch::stop(std::chrono::milliseconds patience) {
    std::unique_lock lock(state_->mutex);
    if (!state_->board)
        return;
    state_->board = nullptr;
    state_->ordinary.work.notify_all();
    state_->slow.work.notify_all();
    state_->wake.notify_all();
    const auto gone = [](const State::Lane& lane) { return lane.workers == lane.stuck_workers; };
    state_->idle.wait_for(lock, patience, [&] { return gone(state_->ordinary) && gone(state_->slow); });
    lock.unlock();
    if (state_->scheduler.joinable())
        state_->scheduler.join();
}

void Watch::hurry(const std::string& probe) {
    const std::lock_guard lock(state_->mutex);
    state_->schedule.hurry(probe, std::chrono::steady_clock::now());
    state_->wake.notify_all();
}

Snapshot check_once(const Host& host, const std::vector<Probe>& probes, const Thresholds& limits, Time now) {
    Snapshot snapshot = first_snapshot(probes, now);
    for (const Probe& probe : probes) {
        const auto state = snapshot.probes.find(probe.id);
        snapshot = fold(snapshot, run(probe, host, context_for(&state->second, limits, now)));
    }
    return snapshot;
}

} // namespace rdpmedic
