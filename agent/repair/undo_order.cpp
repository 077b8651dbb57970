// In which order is a repair taken back, so that no service runs on with what was taken back under it?
#include "agent/repair/undo_order.hpp"

#include "agent/repair/plan_parts.hpp"

#include <algorithm>
#include <set>

namespace rdpmedic {

namespace {

const SetServiceState* state_in(const Change* change) {
    return change == nullptr ? nullptr : std::get_if<SetServiceState>(change);
}

const Change* action_of(const Undo& undo) { return std::get_if<Change>(&undo.action); }

bool is(const SetServiceState* state, ServiceState which) { return state != nullptr && state->state == which; }

// Its inverse takes back something that a service may have read when it started.
bool is_read_at_start(const Undo& undo) {
    const Change* change = action_of(undo);
    if (change == nullptr)
        return true; // the new certificate
    return std::holds_alternative<SetRegistryValue>(*change) || std::holds_alternative<SetRegistryKey>(*change) ||
           std::holds_alternative<SetRegistryTree>(*change) || std::holds_alternative<SetRegistryAccess>(*change) ||
           std::holds_alternative<SetFileAccess>(*change) || std::holds_alternative<RenameFile>(*change) ||
           std::holds_alternative<AddCertificate>(*change) || std::holds_alternative<DeleteCertificate>(*change) ||
           std::holds_alternative<LinkCertificateKey>(*change);
}

// The index of the start that belongs to the stop at `stop`: nothing but services between, and it ran before. 0: none.
std::size_t restart_of(const std::vector<Undo>& undo, std::size_t stop) {
    const auto* stopped = undo[stop].made ? state_in(&*undo[stop].made) : nullptr;
    if (!is(stopped, ServiceState::stopped) || !is(state_in(action_of(undo[stop])), ServiceState::running))
        return 0;
    for (std::size_t i = stop + 1; i < undo.size(); ++i) {
        const auto* state = undo[i].made ? state_in(&*undo[i].made) : nullptr;
        if (state == nullptr)
            return 0;
        if (state->service == stopped->service)
            return is(state, ServiceState::running) ? i : 0;
    }
    return 0;
}

// Restarts after something that the service has read: stops (as indices into the undos) and starts.
struct Restarts {
    std::set<std::size_t> stops, starts;
    std::set<std::string> services;
};

Restarts restarts_after_changes(const std::vector<Undo>& undo, std::size_t reached) {
    Restarts found;
    bool any = false;
    for (std::size_t i = 0; i < undo.size() && undo[i].step <= reached; ++i) {
        any = any || is_read_at_start(undo[i]);
        const std::size_t start = any ? restart_of(undo, i) : 0;
        if (start == 0)
            continue;
        found.stops.insert(i);
        found.starts.insert(start);
        found.services.insert(std::get<SetServiceState>(*undo[i].made).service);
    }
    return found;
}

// A service that is to be disabled again cannot be started any more.
bool disables(const Undo& undo, const std::set<std::string>& services) {
    const Change* change = action_of(undo);
    const auto* start = change == nullptr ? nullptr : std::get_if<SetServiceStart>(change);
    return start != nullptr && start->start == StartType::disabled && services.count(start->service) != 0;
}

bool runs(const std::string& service, const Host& host) {
    const auto facts = host.service(service);
    return facts && facts->state == ServiceState::running;
}

// Those that Windows has started since of itself: it refuses to stop what they depend on.
std::vector<std::string> others_that_run(const std::vector<Undo>& order, std::size_t stop, const Host& host) {
    std::vector<std::string> found;
    for (const auto& [name, service] : read_term_services(host).dependents) {
        const bool stopped_before = std::any_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(stop),
                                                [&name = name](const Undo& one) {
                                                    const auto* state = state_in(action_of(one));
                                                    return is(state, ServiceState::stopped) && state->service == name;
                                                });
        if (service && service->state == ServiceState::running && !stopped_before)
            found.push_back(name);
    }
    return found;
}

void stop_dependents(std::vector<Undo>& order, const Host& host) {
    const auto acts_on_term_service = [](const Undo& one, ServiceState which) {
        const auto* state = state_in(action_of(one));
        return is(state, which) && state->service == services::term_service;
    };
    const auto stop = std::find_if(order.begin(), order.end(),
                                   [&](const Undo& one) { return acts_on_term_service(one, ServiceState::stopped); });
    if (stop == order.end() || !runs(services::term_service, host))
        return;
    const std::size_t at = static_cast<std::size_t>(stop - order.begin());
    const std::vector<std::string> others = others_that_run(order, at, host);
    const auto last = std::find_if(order.rbegin(), order.rend(),
                                   [&](const Undo& one) { return acts_on_term_service(one, ServiceState::running); });
    const auto start = order.rend() - last; // behind it; 0: none
    const std::size_t step = stop->step, start_step = last == order.rend() ? 0 : last->step;
    if (static_cast<std::size_t>(start) > at)
        for (const std::string& name : others)
            order.insert(order.begin() + start, {start_step, Change{SetServiceState{name, ServiceState::running}}, {}});
    for (auto name = others.rbegin(); name != others.rend(); ++name)
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(at),
                     {step, Change{SetServiceState{*name, ServiceState::stopped}}, {}});
}

} // namespace

std::vector<Undo> undo_order(const std::vector<Undo>& undo, std::size_t reached, const Host& host) {
    const Restarts restarts = restarts_after_changes(undo, reached);
    std::vector<Undo> order, group, starts, disabling;
    // The restart of one service may lie within that of another: the one that was stopped last is started first.
    const auto close_group = [&] {
        starts.insert(starts.begin(), group.begin(), group.end());
        group.clear();
    };
    for (std::size_t i = undo.size(); i-- > 0;) {
        Undo item = undo[i];
        if (item.step > reached)
            continue;
        if (restarts.starts.count(i) != 0)
            std::get<SetServiceState>(std::get<Change>(item.action)).state = ServiceState::stopped;
        if (restarts.stops.count(i) != 0) {
            group.push_back(std::move(item));
            continue;
        }
        if (state_in(action_of(item)) == nullptr)
            close_group();
        (disables(item, restarts.services) ? disabling : order).push_back(std::move(item));
    }
    close_group();
    order.insert(order.end(), starts.begin(), starts.end());
    order.insert(order.end(), disabling.begin(), disabling.end());
    stop_dependents(order, host);
    return order;
}

std::vector<std::string> restarted_in(const std::vector<Change>& changes) {
    std::vector<std::string> stopped, restarted;
    for (const Change& change : changes) {
        const auto* state = state_in(&change);
        if (is(state, ServiceState::stopped))
            stopped.push_back(state->service);
        else if (is(state, ServiceState::running) &&
                 std::find(stopped.begin(), stopped.end(), state->service) != stopped.end() &&
                 std::find(restarted.begin(), restarted.end(), state->service) == restarted.end())
            restarted.push_back(state->service);
    }
    return restarted;
}

std::string why_not_running(const std::string& service, const Host& host) {
    const auto facts = host.service(service);
    if (!facts)
        return "whether " + service + " runs again could not be read: " + describe(facts.error());
    return facts->state == ServiceState::running ? std::string() : service + " does not run";
}

} // namespace rdpmedic
