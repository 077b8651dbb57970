// Which observations has a reader seen already?
#pragma once

#include "probes/diagnosis/rank.hpp"

#include <map>

namespace rdpmedic::diagnosis {

// What stands below several causes is said in full below the first, and there "see 1" below the others.
class Shown {
  public:
    // The number of the cause that has it in full; nothing where that is this one, from now on.
    std::optional<std::size_t> first(const Observation& seen, std::size_t cause) {
        const std::size_t place = places_.emplace(seen.source + "\n" + seen.text, cause).first->second;
        return place == cause ? std::nullopt : std::optional(place);
    }

  private:
    std::map<std::string, std::size_t> places_;
};

} // namespace rdpmedic::diagnosis
