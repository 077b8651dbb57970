// What has to happen before there is an answer, and how is it waited for?
#include "api/settle.hpp"

#include "api/render_repair.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdpmedic::api {
namespace asio = boost::asio;

namespace {

using Clock = Connection::Clock;

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds poll_interval{25}; // of jobs and lists

// Where the reply of work on another thread arrives, and whom it wakes. Touched by the server's thread only.
struct Slip {
    std::optional<Reply> reply;
    asio::steady_timer* sleeper = nullptr;
};

// One of those who wait for the list of repairs.
class Waiting {
  public:
    explicit Waiting(std::size_t& count) : count_(count) { ++count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { --count_; }

  private:
    std::size_t& count_;
};

Response overloaded() {
    return respond(Problem{503, "overloaded", "too many repairs are being asked about", {}, std::chrono::seconds{10}});
}

Response no_answer() {
    return respond(Problem{503, "no-answer", "the host did not answer in time; a call into Windows may hang"});
}

// False when too much is waiting there already.
bool submit(Hall& hall, const Blocking& what, std::function<void()> work) {
    if (what.kind == Blocking::Kind::acts)
        return hall.act_threads.submit(std::move(work));
    if (!what.plan_of.empty())
        return hall.office.plans.planners().submit(what.plan_of, std::move(work));
    return hall.desk_threads.submit(std::move(work));
}

// GCC 12 breaks a co_await in the condition of a loop; hence the values with names, here and elsewhere.
asio::awaitable<Reply> elsewhere(Hall& hall, Blocking blocking) {
    asio::steady_timer sleeper(hall.io, hall.limits.desk);
    const auto slip = std::make_shared<Slip>();
    slip->sleeper = &sleeper;
    const bool begun = submit(hall, blocking, [slip, mail = hall.mail, work = std::move(blocking.work)] {
        mail->deliver([slip, reply = guarded(work)] {
            slip->reply = reply;
            if (slip->sleeper != nullptr)
                slip->sleeper->cancel();
        });
    });
    if (!begun)
        co_return overloaded();
    co_await sleeper.async_wait(as_value);
    slip->sleeper = nullptr;
    if (!slip->reply)
        co_return no_answer();
    co_return *std::move(slip->reply);
}

asio::awaitable<Reply> job_end(Hall& hall, AwaitJob wanted) {
    const Clock::time_point until = Clock::now() + wanted.patience;
    asio::steady_timer pause(hall.io);
    for (;;) {
        const std::optional<Job> job = hall.office.services.repairs.job(wanted.id);
        if (!job)
            co_return respond(Problem{500, "no-such-job", "the job " + wanted.id + " is not known any more"});
        if (job->outcome != Outcome::running || hall.stopping || Clock::now() >= until)
            co_return render_outcome(*job, wanted.cancelled);
        pause.expires_after(poll_interval);
        co_await pause.async_wait(as_value);
    }
}

// Whoever waits for a list keeps no thread from others, only its own connection: hence few may.
asio::awaitable<Reply> plans(Hall& hall, AwaitPlans wanted) {
    PlanList& list = hall.office.plans;
    const PlanList::Asked asked = list.now();
    const Clock::time_point until = Clock::now() + hall.limits.desk;
    const bool crowded = hall.office.plans_waiting >= hall.limits.plans_waiting;
    const Waiting waiting(hall.office.plans_waiting);
    asio::steady_timer pause(hall.io);
    for (;;) {
        if (std::optional<Response> answer = list.answer(asked))
            co_return unless_known(*std::move(answer), wanted.known);
        if (crowded || !list.make(asked))
            co_return overloaded();
        if (Clock::now() >= until)
            co_return no_answer();
        pause.expires_after(poll_interval);
        co_await pause.async_wait(as_value);
    }
}

} // namespace

asio::awaitable<Response> settle(Hall& hall, Reply reply) {
    while (!std::holds_alternative<Response>(reply)) {
        if (Blocking* blocking = std::get_if<Blocking>(&reply))
            reply = co_await elsewhere(hall, std::move(*blocking));
        else if (AwaitPlans* wanted = std::get_if<AwaitPlans>(&reply))
            reply = co_await plans(hall, std::move(*wanted));
        else
            reply = co_await job_end(hall, std::get<AwaitJob>(std::move(reply)));
    }
    co_return std::get<Response>(std::move(reply));
}

} // namespace rdpmedic::api
