// Where does everybody find the present snapshot?
#include "agent/watch/board.hpp"

namespace rdpmedic {

std::shared_ptr<const Snapshot> Board::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

std::shared_ptr<const Snapshot> Board::publish(const Report& report) {
    const std::lock_guard order(order_);
    const std::shared_ptr<const Snapshot> before = current();
    auto next = std::make_shared<const Snapshot>(fold(*before, report));
    {
        const std::lock_guard lock(mutex_);
        current_ = next;
    }
    published_.notify_all();
    if (told_)
        told_(*before, *next, report.probe);
    return next;
}

bool Board::wait_beyond(std::uint64_t generation, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return published_.wait_for(lock, patience, [&] { return current_->generation > generation; });
}

} // namespace rdpmedic
