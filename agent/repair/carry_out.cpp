// How is a plan carried out so that the host is either cured or as it was?
#include "agent/repair/carry_out.hpp"

#include "agent/repair/job_text.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/still_stands.hpp"
#include "probes/formats/firewall_rule.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

// Ours: RDP is down while we wait, so the first looks come soon. A listener gets 17 s in all.
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{1000};

std::size_t steps_in(const Rung& rung) {
    return rung.changes.size() + (rung.await_new_certificate_in ? 1 : 0) + 1 +
           (rung.confirm_within.count() > 0 ? 1 : 0);
}

const SetServiceState* service_change(const Change& change) { return std::get_if<SetServiceState>(&change); }

// What undoes the last of `undo`, seen with what the rung did to the same service before.
void fit_to_earlier(std::vector<Undo>& undo, const std::vector<Change>& changes, const SetServiceState& later) {
    bool other_between = false;
    for (std::size_t i = undo.size() - 1; i-- > 0;) {
        const auto* earlier = service_change(changes[i]);
        const auto* ended = std::get_if<EndServiceProcess>(&changes[i]);
        if (ended != nullptr && ended->service == later.service) { // started again, and so it stays
            undo.back().action = undo[i].action;
            return;
        }
        other_between = other_between || earlier == nullptr;
        if (earlier == nullptr || earlier->service != later.service)
            continue;
        if (other_between)
            undo.back().action = Change{*earlier};
        else if (later.state == ServiceState::running) // also where it hung in its stop, which nothing brings back
            undo[i].action = undo.back().action = Change{later};
        return;
    }
}

// A rule that lets strangers in on public networks, now or one day. One that cannot be parsed may be such a rule.
bool opens_public_networks(const Change& change) {
    if (const auto* added = std::get_if<AddFirewallRule>(&change))
        return (added->profiles & firewall::public_profile) != 0;
    const auto* set = std::get_if<SetFirewallRule>(&change);
    if (set == nullptr || !set->active)
        return false;
    const firewall::RuleResult rule = firewall::parse_firewall_rule(set->id, set->rule);
    return !rule || (rule->profiles & firewall::public_profile) != 0;
}

class Climb {
  public:
    Climb(const Plan& plan, Job job, const CarryOutParts& parts) : plan_(plan), job_(std::move(job)), parts_(parts) {}

    Job run() {
        try {
            climb();
        } catch (const std::exception& error) { // out of memory and the like: take back what can be taken back
            fail(std::string("the repair was broken off: ") + error.what());
        }
        if (job_.outcome == Outcome::pending_reboot)
            return std::move(job_); // not finished: the journal stays open over the restart
        if (!cured_)
            end_uncured();
        if (auto now = parts_.host.now())
            job_.finished = *now;
        if (auto closed = parts_.journal.finished(job_); !closed)
            job_.reason += " The journal could not be closed (" + describe(closed.error()) +
                           "): the next start of the program takes this repair back.";
        parts_.progress(job_);
        return std::move(job_);
    }

  private:
    void climb() {
        std::size_t step = 0;
        for (const Rung& rung : plan_.rungs) {
            const std::size_t first = step;
            step += steps_in(rung);
            if (const char* why = reason_to_skip(rung)) {
                leave_out(first, step, why);
                continue;
            }
            if (!climb_rung(rung, first) || job_.outcome == Outcome::pending_reboot)
                return leave_out(step, job_.steps.size(), "");
            if (cured_)
                return leave_out(step, job_.steps.size(), "");
        }
        problem_ = "no rung was left to try";
    }

    void leave_out(std::size_t from, std::size_t to, const char* why) {
        for (std::size_t i = from; i < to; ++i) {
            job_.steps[i].state = StepState::skipped;
            job_.steps[i].detail = why;
        }
    }

    // Null: it is climbed.
    const char* reason_to_skip(const Rung& rung) {
        if (rung.only_without_new_certificate && new_certificate_)
            return "";
        if (parts_.unattended && needs_somebody(rung))
            return left_out_unattended;
        if (!rung.disconnects_sessions || (parts_.may_disconnect && !parts_.somebody_came()))
            return nullptr;
        consent_missing_ = true;
        return left_out_for_sessions;
    }

    // False: it is over, and `problem_` says why unless it cured.
    bool climb_rung(const Rung& rung, std::size_t first) {
        if (!capture(rung, first))
            return false;
        std::size_t step = first;
        for (const Change& change : rung.changes)
            if (!make(change, step++))
                return false;
        if (rung.await_new_certificate_in && !await(*rung.await_new_certificate_in, step++)) {
            job_.steps[step].state = StepState::skipped;
            return !over_;
        }
        if (rung.takes_effect_at_restart)
            return wait_for_restart(rung, step);
        return check(step) && (!cured_ || rung.confirm_within.count() == 0 || await_caller(rung, step + 1));
    }

    // Everything is made; what it has cured shows after the restart.
    bool wait_for_restart(const Rung& rung, std::size_t step) {
        if (stopped())
            return false;
        job_.outcome = Outcome::pending_reboot;
        job_.reason = "Rung " + rung.id + " is made and counts after the machine has restarted; it is verified then.";
        job_.steps[step].detail = "after the restart of the machine";
        if (auto written = parts_.journal.waiting(parts_.after_restart, job_); !written) {
            job_.outcome = Outcome::running;
            return fail("the journal could not be written: " + describe(written.error()));
        }
        parts_.progress(job_);
        return true;
    }

    // The change may have cut the caller off, and nobody else may be there to put it right.
    bool await_caller(const Rung& rung, std::size_t step) {
        cured_ = false;
        parts_.listen();
        begin(step);
        for (auto waited = std::chrono::seconds{0}; !stopped(); waited += std::chrono::seconds{1}) {
            if (parts_.heard()) {
                cured_ = true;
                end(step, StepState::done, {});
                return true;
            }
            if (waited >= rung.confirm_within) {
                fail("the caller was not heard again within " + std::to_string(rung.confirm_within.count()) +
                     " seconds");
                break;
            }
            parts_.pause(std::chrono::seconds{1});
        }
        job_.outcome = Outcome::running;
        end(step, StepState::failed, problem_);
        return false;
    }

    bool capture(const Rung& rung, std::size_t first) {
        if (stopped())
            return false;
        auto undo = capture_all(parts_.control, rung.changes, first);
        if (!undo)
            return fail("rung " + rung.id + " could not be undone: " + describe(undo.error()));
        if (rung.await_new_certificate_in) {
            auto held = held_in(*rung.await_new_certificate_in);
            if (!held)
                return fail("the store could not be read: " + describe(held.error()));
            place_drop(*undo, rung, first, {*rung.await_new_certificate_in, *held});
        }
        if (auto written = parts_.journal.captured(*undo); !written)
            return fail("the journal could not be written: " + describe(written.error()));
        undo_.insert(undo_.end(), undo->begin(), undo->end());
        return true;
    }

    // The new certificate goes while the service that makes it is stopped: just before, in time, its start is undone.
    static void place_drop(std::vector<Undo>& undo, const Rung& rung, std::size_t first, DropNewCertificates drop) {
        std::size_t start = rung.changes.size();
        for (std::size_t i = 0; i < rung.changes.size(); ++i)
            if (const auto* change = service_change(rung.changes[i]); change && change->state == ServiceState::running)
                start = i;
        if (start == rung.changes.size())
            start = rung.changes.empty() ? 0 : rung.changes.size() - 1;
        undo.insert(undo.begin() + static_cast<std::ptrdiff_t>(start), {first + start, std::move(drop), {}});
    }

    // What the store held before the repair, not before this rung.
    Result<std::vector<std::string>> held_in(const std::string& store) {
        if (!held_) {
            auto held = thumbprints_in(parts_.host, store);
            if (!held)
                return held.error();
            held_ = std::move(*held);
        }
        return *held_;
    }

    bool make(const Change& change, std::size_t step) {
        if (stopped())
            return false;
        if (auto written = parts_.journal.reaching(step); !written)
            return fail("the journal could not be written: " + describe(written.error()));
        reached_ = step;
        begin(step);
        if (auto applied = parts_.control.apply(change); !applied) {
            end(step, StepState::failed, describe(applied.error()));
            return fail(describe(change) + " failed: " + describe(applied.error()));
        }
        if (leaves_trace(change))
            keep_trace(change, step);
        end(step, StepState::done, {});
        return true;
    }

    // Without it the change cannot be taken back weeks later, which is no reason not to make it.
    void keep_trace(const Change& change, std::size_t step) {
        if (const auto trace = trace_of(change, parts_.host, parts_.control))
            (void)parts_.journal.left(step, *trace);
    }

    // True: a new certificate came. False: none came in time, or it is over (see over_).
    bool await(const std::string& store, std::size_t step) {
        begin(step);
        auto pause = first_pause;
        for (auto waited = std::chrono::milliseconds{0}; !stopped();) {
            auto now = thumbprints_in(parts_.host, store);
            if (now && std::any_of(now->begin(), now->end(), [&](const std::string& thumbprint) {
                    return std::find(held_->begin(), held_->end(), thumbprint) == held_->end();
                })) {
                new_certificate_ = true;
                // Kept for a rollback weeks later. Without it the certificate stays then, which does no harm.
                (void)parts_.journal.came(came_into(store, *now));
                end(step, StepState::done, {});
                return true;
            }
            if (waited >= await_certificate_at_most)
                break;
            parts_.pause(pause);
            waited += pause;
            pause = std::min(pause * 2, longest_pause);
        }
        last_verdict_ = "no new certificate came into the store " + store + " within " +
                        std::to_string(await_certificate_at_most.count()) + " seconds";
        end(step, StepState::failed, over_ ? problem_ : last_verdict_);
        return false;
    }

    NewCertificates came_into(const std::string& store, const std::vector<std::string>& now) const {
        NewCertificates came{store, {}};
        for (const std::string& thumbprint : now)
            if (std::find(held_->begin(), held_->end(), thumbprint) == held_->end())
                came.thumbprints.push_back(thumbprint);
        return came;
    }

    // False: it is over. A listener needs a few seconds to come up, so a bad verdict is asked again.
    bool check(std::size_t step) {
        begin(step);
        Verdict verdict;
        auto pause = first_pause * 2;
        for (int attempt = 0; attempt < verify_tries && !stopped(); ++attempt) {
            if (attempt > 0)
                parts_.pause(std::exchange(pause, pause * 4));
            verdict = parts_.verify();
            if (verdict.cured)
                break;
        }
        last_verdict_ = verdict.why;
        cured_ = verdict.cured && !over_;
        end(step, cured_ ? StepState::done : StepState::failed, verdict.why);
        if (cured_) {
            job_.outcome = verdict.unproved ? Outcome::improved : Outcome::repaired;
            job_.reason = (verdict.unproved ? "What rung " + job_.steps[step].rung + " cures is cured and stays so; "
                                            : "Repaired with rung " + job_.steps[step].rung + ": ") +
                          verdict.why + ".";
        }
        return cured_ || !over_;
    }

    void end_uncured() {
        const std::string problem = over_ ? problem_ : last_verdict_.empty() ? problem_ : last_verdict_;
        const std::string consent =
            consent_missing_
                ? " A rung that would disconnect sessions was left out; ask with disconnect_sessions to allow it."
                : "";
        if (!reached_) {
            job_.outcome = Outcome::refused;
            job_.reason = "Nothing was changed: " + problem + "." + consent;
            return;
        }
        const bool undone =
            roll_back(undo_, *reached_, parts_.host, parts_.control, job_, [&] { parts_.progress(job_); });
        job_.outcome = undone ? Outcome::rolled_back : Outcome::rollback_failed;
        job_.reason = "Not cured: " + problem + "." + words_of_rollback(undo_, *reached_, undone) + consent;
    }

    bool stopped() {
        if (over_)
            return true;
        if (const auto reason = parts_.stop())
            fail(*reason);
        return over_;
    }
    bool fail(std::string problem) {
        if (!over_)
            problem_ = std::move(problem);
        over_ = true;
        return false;
    }
    void begin(std::size_t step) {
        job_.steps[step].state = StepState::running;
        if (auto now = parts_.host.now())
            job_.steps[step].at = *now;
        parts_.progress(job_);
    }
    void end(std::size_t step, StepState state, std::string detail) {
        job_.steps[step].state = state;
        job_.steps[step].detail = std::move(detail);
        parts_.progress(job_);
    }

    const Plan& plan_;
    Job job_;
    const CarryOutParts& parts_;
    std::vector<Undo> undo_;
    std::optional<std::size_t> reached_;
    std::optional<std::vector<std::string>> held_;
    std::string problem_, last_verdict_;
    bool over_ = false, cured_ = false, new_certificate_ = false, consent_missing_ = false;
};

} // namespace

bool needs_somebody(const Rung& rung) {
    return rung.disconnects_sessions || !rung.irreversible.empty() || rung.takes_effect_at_restart ||
           rung.confirm_within.count() > 0 ||
           std::any_of(rung.changes.begin(), rung.changes.end(), opens_public_networks);
}

std::vector<JobStep> steps_of(const Plan& plan) {
    std::vector<JobStep> steps;
    for (const Rung& rung : plan.rungs) {
        for (const Change& change : rung.changes)
            steps.push_back({rung.id, describe(change), {}, {}, {}});
        if (rung.await_new_certificate_in)
            steps.push_back(
                {rung.id, "wait for a new certificate in the store " + *rung.await_new_certificate_in, {}, {}, {}});
        steps.push_back({rung.id, "verify with a fresh look and a handshake", {}, {}, {}});
        if (rung.confirm_within.count() > 0)
            steps.push_back({rung.id, waits_until_heard, {}, {}, {}});
    }
    return steps;
}

Job carry_out(const Plan& plan, Job job, const CarryOutParts& parts) {
    return Climb(plan, std::move(job), parts).run();
}

Result<std::vector<Undo>> capture_all(const HostControl& control, const std::vector<Change>& changes,
                                      std::size_t first_step) {
    std::vector<Undo> undo;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto inverse = control.capture(changes[i]);
        if (!inverse)
            return inverse.error();
        undo.push_back({first_step + i, std::move(*inverse), changes[i]});
        if (const auto* later = service_change(changes[i]))
            fit_to_earlier(undo, changes, *later);
    }
    return undo;
}

} // namespace rdpmedic
