// What do the probes remember, across restarts of the agent too?
#pragma once

#include "probes/probe.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace rdpmedic {

// One notebook a probe. Thread-safe: a probe may write while the rest is being saved, and one that hangs may write long
// after that, so whoever lends a notebook keeps this alive.
//
// Bounded: a page of more than 64 KB, or one too many of them, is not kept and its old text is forgotten, so that a
// probe begins anew rather than with something old.
class Notebooks {
  public:
    Notebooks();
    ~Notebooks();
    Notebooks(const Notebooks&) = delete;
    Notebooks& operator=(const Notebooks&) = delete;

    // Made at the first call. Valid as long as these notebooks.
    Notebook& of(const std::string& probe);

    // Grows with every change: nothing has to be saved while it stands still.
    std::uint64_t revision() const noexcept { return revision_; }
    std::string to_json() const;
    // Fills empty notebooks. Malformed text is an error and leaves them empty.
    Result<> load(std::string_view json);

  private:
    class Book;

    mutable std::mutex mutex_; // guards the pages of all books
    std::map<std::string, std::unique_ptr<Book>> books_;
    std::atomic<std::uint64_t> revision_{0};
};

} // namespace rdpmedic
