// Which repairs are called for now?
#include "api/plan_list.hpp"

#include "api/problem.hpp"
#include "api/render_repair.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <set>

namespace rdpmedic::api {

namespace {

using Clock = PlanList::Clock;

// A repair in a list that is being made.
struct Row {
    RepairInfo repair;
    std::optional<Clock::time_point> begun{}; // none: for this list no plan is made
    std::optional<PlanAnswer> answer{};
};

// One list, as far as it is made.
struct Round {
    std::uint64_t told = 0; // before it was begun
    Clock::time_point begun{};
    std::vector<Row> rows{}; // the repairs in it never change: threads read them unlocked
    bool over = false;       // what comes now comes too late for it
};

// A plan that has come too late for its list.
struct Late {
    PlanAnswer answer;
    std::uint64_t told = 0; // before it was begun
    Clock::time_point came{};
};

} // namespace

// What the threads share with the list. Lives as long as the last of them.
struct ListState {
    ListState(RepairDesk& given_desk, const Limits& given_limits)
        : desk(given_desk), repairs(given_desk.repairs()), limits(given_limits) {}

    RepairDesk& desk; // where a plan hangs, it lives as long as the process
    const std::vector<RepairInfo> repairs;
    const Limits limits;

    std::mutex mutex;                // guards what follows, and the rounds
    std::condition_variable changed; // a plan has come, or the list is left
    bool leaving = false;
    bool making = false;
    std::optional<Response> last{};
    std::uint64_t told = 0;             // before `last` was begun
    Clock::time_point good_until{};     // `last` is for those who have asked by then
    std::set<std::string> under_way{};  // repairs whose plan a list has asked for, and that has not come back
    std::map<std::string, Late> late{}; // by repair
};

namespace {

// May never come back. Whatever a planner throws costs its own entry alone.
PlanAnswer plan_at(RepairDesk& desk, const std::string& repair) {
    try {
        return answer_of_desk(desk.plan(repair, {}));
    } catch (const std::exception&) {
        return Problem{500, "internal", "the agent failed to make its plan; its log may say more"};
    }
}

// On a thread of the repair. Whoever waits may have gone when the plan comes; what is touched then is the state alone.
void plan_one(ListState& state, Round& round, std::size_t index) {
    Row& row = round.rows[index];
    const std::string& name = row.repair.name;
    {
        const std::lock_guard lock(state.mutex);
        if (round.over || state.leaving) { // it stood in the queue behind one that hung
            state.under_way.erase(name);
            return;
        }
    }
    PlanAnswer answer = plan_at(state.desk, name);
    const std::lock_guard lock(state.mutex);
    state.under_way.erase(name);
    if (round.over) {
        state.late.insert_or_assign(name, Late{std::move(answer), round.told, Clock::now()});
        state.good_until = std::min(state.good_until, Clock::now()); // who asks from now on gets it
    } else {
        row.answer = std::move(answer);
    }
    state.changed.notify_all();
}

// From here on with the state locked.

// A late plan is as good as one of this list where nothing has been told since it was begun, and as long as a list is
// kept. Then the list is good for no longer than its oldest plan.
void take_late(ListState& state, const Round& round, Row& row, Clock::time_point& good_until) {
    const auto found = state.late.find(row.repair.name);
    if (found == state.late.end())
        return;
    const Clock::time_point until = found->second.came + state.limits.plans_keep;
    if (found->second.told == round.told && until >= Clock::now()) {
        row.answer = std::move(found->second.answer);
        good_until = std::min(good_until, until);
    }
    state.late.erase(found);
}

void begin_row(const std::shared_ptr<ListState>& state, Planners& planners, const std::shared_ptr<Round>& round,
               std::size_t index) {
    Row& row = round->rows[index];
    const std::string& name = row.repair.name;
    if (state->under_way.count(name) != 0)
        return; // an earlier list has asked, and waited for long enough
    row.begun = Clock::now();
    if (planners.submit_ahead(name, [state, round, index] { plan_one(*state, *round, index); }))
        state->under_way.insert(name); // it cannot have come back yet: it needs the lock
    else
        row.answer = Problem{503, "overloaded", "there was no thread to make its plan"};
}

void wait_for(ListState& state, std::unique_lock<std::mutex>& lock, const Row& row,
              std::chrono::milliseconds patience) {
    if (row.begun)
        state.changed.wait_until(lock, *row.begun + patience, [&] { return state.leaving || row.answer; });
}

std::string in_words(std::chrono::milliseconds time) {
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

Problem not_ready(const Limits& limits) {
    return {503, "no-answer", "its plan was not ready within " + in_words(limits.plan_ready) + ": timed out"};
}

// Ends the round. Lowers `good_until` where the list is not to be kept as long.
std::vector<Listed> collect(ListState& state, Round& round, Clock::time_point& good_until) {
    round.over = true;
    std::vector<Listed> list;
    for (Row& row : round.rows) {
        if (!row.answer)
            take_late(state, round, row, good_until);
        if (!row.answer && state.under_way.count(row.repair.name) == 0)
            good_until = round.begun; // it came back meanwhile, of no use here: the next list begins it anew
        if (!row.answer)
            row.answer = not_ready(state.limits);
        list.emplace_back(row.repair, *std::move(row.answer));
    }
    return list;
}

// On the thread of the lists, with the state not locked.
void make_list(const std::shared_ptr<ListState>& state, Planners& planners, const std::shared_ptr<Round>& round) {
    Clock::time_point good_until = Clock::time_point::max();
    std::unique_lock lock(state->mutex);
    for (std::size_t i = 0; i < round->rows.size() && !state->leaving; ++i) {
        take_late(*state, *round, round->rows[i], good_until);
        if (!round->rows[i].answer)
            begin_row(state, planners, round, i);
        wait_for(*state, lock, round->rows[i], state->limits.plan_next);
    }
    for (const Row& row : round->rows)
        wait_for(*state, lock, row, state->limits.plan_ready);
    const std::vector<Listed> list = collect(*state, *round, good_until);
    lock.unlock();
    Response made = render_repairs(list);
    lock.lock();
    if (!state->late.empty()) // `collect` has left none: it came just now, and is for who asks next
        good_until = round->begun;
    state->last = std::move(made);
    state->told = round->told;
    state->good_until = std::min(good_until, Clock::now() + state->limits.plans_keep);
}

bool serves(const ListState& state, const PlanList::Asked& asked) {
    return state.last && state.told >= asked.told && state.good_until >= asked.at;
}

} // namespace

PlanList::PlanList(RepairDesk& desk, std::shared_ptr<const Feed> feed, const Limits& limits)
    : feed_(std::move(feed)), state_(std::make_shared<ListState>(desk, limits)),
      planners_(std::make_shared<Planners>(state_->repairs, limits.plan_threads, limits.plan_queue)) {}

std::optional<Response> PlanList::answer(const Asked& asked) const {
    const std::lock_guard lock(state_->mutex);
    return serves(*state_, asked) ? state_->last : std::nullopt;
}

bool PlanList::make(const Asked& asked) {
    const std::lock_guard lock(state_->mutex);
    if (state_->making || serves(*state_, asked)) // the latter since `answer` was asked
        return true;
    const auto round = std::make_shared<Round>(Round{feed_->newest(), Clock::now()});
    for (const RepairInfo& repair : state_->repairs)
        round->rows.push_back({repair});
    state_->making = thread_.submit([state = state_, planners = planners_, round] {
        try {
            make_list(state, *planners, round);
        } catch (const std::exception&) { // on a thread of its own nobody else would catch it
            const std::lock_guard guard(state->mutex);
            round->over = true;
            state->last = broken();
            state->told = round->told;
            state->good_until = Clock::now() + state->limits.plans_keep;
        }
        const std::lock_guard guard(state->mutex);
        state->making = false;
    });
    return state_->making;
}

void PlanList::leave(std::chrono::milliseconds patience) {
    const Clock::time_point end = Clock::now() + patience;
    {
        const std::lock_guard lock(state_->mutex);
        state_->leaving = true;
    }
    state_->changed.notify_all();
    planners_->leave(std::chrono::milliseconds{0}); // nothing begins any more
    thread_.leave(patience);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    planners_->leave(std::max(rest, std::chrono::milliseconds{0}));
}

} // namespace rdpmedic::api
