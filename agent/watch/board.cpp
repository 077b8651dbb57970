// Where does everybody find the present snapshot?
#include "agent/watch/board.hpp"

namespace rdpmedic {

std::shared_ptr<const Snapshot> Board::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

std::shared_ptr<const Snapshot> Board::publish(const Report& report) {
    std::shared_ptr<const Snapshot> next;
    {
        const std::lock_guard lock(mutex_);
        next = std::make_shared<const Snapshot>(fold(*current_, report));
        current_ = next;
    }
    published_.notify_all();
    return next;
}

bool Board::wait_beyond(std::uint64_t generation, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return published_.wait_for(lock, patience, [&] { return current_->generation > generation; });
}

} // namespace rdpmedic
