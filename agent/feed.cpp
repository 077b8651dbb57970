// What has just happened, for those who listen?
#include "agent/feed.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

std::size_t size_of(const FeedItem& item) {
    return sizeof item + item.type.size() + item.job.size() + item.json.size();
}

} // namespace

std::uint64_t Feed::publish(std::string type, std::string job, std::string json) {
    auto item = std::make_shared<FeedItem>(FeedItem{0, std::move(type), std::move(job), std::move(json)});
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = item->id = next_++;
    bytes_ += size_of(*item);
    items_.push_back(std::move(item));
    // The newest stays, however large it is.
    while (items_.size() > 1 && (items_.size() > bounds_.items || bytes_ > bounds_.bytes)) {
        bytes_ -= size_of(*items_.front());
        items_.pop_front();
    }
    return id;
}

Feed::News Feed::after(std::uint64_t id, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t before = before_oldest_locked();
    News news;
    news.gap = id < before || id >= next_;
    const std::size_t skipped = news.gap ? 0 : static_cast<std::size_t>(id - before);
    const std::size_t end = skipped + std::min(most, items_.size() - skipped);
    for (std::size_t i = skipped; i < end; ++i)
        news.items.push_back(items_[i]);
    return news;
}

std::uint64_t Feed::newest() const {
    const std::lock_guard lock(mutex_);
    return next_ - 1;
}

std::uint64_t Feed::before_oldest() const {
    const std::lock_guard lock(mutex_);
    return before_oldest_locked();
}

} // namespace rdpmedic
