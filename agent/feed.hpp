// What has just happened, for those who listen?
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rdpmedic {

struct FeedItem {
    std::uint64_t id = 0;
    std::string type; // "step", "job", "finding"
    std::string job;  // id of the repair job it is about; empty: of none
    std::string json; // one JSON object in one line
};

// The newest items in a ring: who reads too slowly misses the oldest and is told so. Thread-safe; no call waits for
// readers. Pure data: readers come and ask.
class Feed {
  public:
    struct Bounds {
        std::size_t items = 1000, bytes = 512 * 1024;
    };
    // Ids grow by one from `first` on. Give each process a higher one, so that an id of an earlier process is known to
    // be old.
    explicit Feed(std::uint64_t first = 1) : Feed(first, Bounds{}) {}
    Feed(std::uint64_t first, Bounds bounds) : bounds_(bounds), next_(first) {}

    // Returns its id.
    std::uint64_t publish(std::string type, std::string job, std::string json);

    struct News {
        std::vector<std::shared_ptr<const FeedItem>> items{}; // oldest first
        bool gap = false; // between the id that was asked about and the first item others are gone
    };
    // What came after the item with this id, at most so many. An id above all there are is one of another process.
    News after(std::uint64_t id, std::size_t most) const;

    std::uint64_t newest() const;        // id; one below the first when nothing was published
    std::uint64_t before_oldest() const; // after(before_oldest()) gives all that is kept, without a gap

  private:
    std::uint64_t before_oldest_locked() const { return next_ - 1 - items_.size(); }

    Bounds bounds_;
    mutable std::mutex mutex_; // guards what follows
    std::uint64_t next_;
    std::deque<std::shared_ptr<const FeedItem>> items_;
    std::size_t bytes_ = 0;
};

} // namespace rdpmedic
