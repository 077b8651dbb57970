// How are many hosts asked at once?
#include "probes/network/handshake_batch.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace rdpmedic::handshake {
namespace {

// What the threads share. They hold it together with the caller, because some may outlive the batch.
struct Shared {
    std::vector<Endpoint> targets;
    std::function<Result<HandshakeFacts>(const Endpoint&)> shake;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::vector<std::optional<Result<HandshakeFacts>>> results;
    std::size_t next = 0, running = 0, finished = 0;
    bool stopped = false;

    void work() {
        std::unique_lock lock(mutex);
        while (work_on_one(lock)) {
        }
    }

    // False: there is nothing left to do.
    bool work_on_one(std::unique_lock<std::mutex>& lock) {
        if (stopped || next >= targets.size())
            return false;
        const std::size_t mine = next++;
        ++running;
        lock.unlock();
        Result<HandshakeFacts> answer = shake(targets[mine]);
        lock.lock();
        results[mine] = std::move(answer);
        --running;
        ++finished;
        changed.notify_all();
        return true;
    }
};

class Delivery {
  public:
    Delivery(const Batch& batch, Shared& shared) : batch_(batch), shared_(shared) {}

    // Hands over what has come, in order, without holding up the threads. `past_gaps`: nothing more will come.
    void hand_over(std::unique_lock<std::mutex>& lock, bool past_gaps) {
        for (; at_ < shared_.results.size(); ++at_) {
            const std::optional<Result<HandshakeFacts>> answer = shared_.results[at_];
            if (!answer && !past_gaps)
                break;
            if (!answer)
                continue;
            ++delivered_;
            lock.unlock();
            batch_.result(at_, *answer);
            lock.lock();
        }
        const std::size_t finished = shared_.finished;
        if (finished == reported_)
            return;
        reported_ = finished;
        lock.unlock();
        batch_.progress(finished);
        lock.lock();
    }

    bool news() const { return shared_.finished != reported_; }
    std::size_t delivered() const { return delivered_; }

  private:
    const Batch& batch_;
    Shared& shared_;
    std::size_t at_ = 0, reported_ = 0, delivered_ = 0;
};

void in_a_thread(std::function<void()> work) { std::thread(std::move(work)).detach(); }

// How many could be started.
std::size_t start_workers(const Batch& batch, const std::shared_ptr<Shared>& shared) {
    const std::size_t wanted = std::min<std::size_t>(std::max(batch.parallel, 1U), batch.targets.size());
    const auto start = batch.start ? batch.start : in_a_thread;
    for (std::size_t started = 0; started < wanted; ++started)
        try {
            start([shared] { shared->work(); });
        } catch (const std::system_error&) {
            return started;
        }
    return wanted;
}

} // namespace

std::size_t run_batch(Batch batch, std::stop_token stop) {
    const auto shared = std::make_shared<Shared>();
    shared->targets = batch.targets;
    shared->shake = batch.shake;
    shared->results.resize(batch.targets.size());
    const bool alone = start_workers(batch, shared) == 0;

    Delivery delivery(batch, *shared);
    std::unique_lock lock(shared->mutex);
    while (shared->finished < shared->targets.size() && !stop.stop_requested()) {
        if (alone)
            shared->work_on_one(lock);
        else
            shared->changed.wait(lock, stop, [&] { return delivery.news(); });
        delivery.hand_over(lock, false);
    }
    shared->stopped = true;
    if (shared->running > 0)
        shared->changed.wait_for(lock, batch.grace, [&] { return shared->running == 0; });
    delivery.hand_over(lock, true);
    return delivery.delivered();
}

} // namespace rdpmedic::handshake
