// On which threads are plans made?
#include "api/planners.hpp"

#include <algorithm>

namespace rdpmedic::api {

Planners::Planners(const std::vector<RepairInfo>& repairs, std::size_t threads, std::size_t queue) {
    for (const RepairInfo& repair : repairs)
        threads_.try_emplace(repair.name, threads, queue);
}

bool Planners::submit(const std::string& repair, std::function<void()> work) {
    const auto found = threads_.find(repair);
    return found != threads_.end() && found->second.submit(std::move(work));
}

bool Planners::submit_ahead(const std::string& repair, std::function<void()> work) {
    const auto found = threads_.find(repair);
    return found != threads_.end() && found->second.submit_ahead(std::move(work));
}

bool Planners::leave(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + patience;
    for (auto& [repair, threads] : threads_)
        threads.leave(std::chrono::milliseconds{0}); // no plan begins while another is waited for
    bool all_ended = true;
    for (auto& [repair, threads] : threads_) {
        const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        all_ended = threads.leave(std::max(rest, std::chrono::milliseconds{0})) && all_ended;
    }
    return all_ended;
}

} // namespace rdpmedic::api
