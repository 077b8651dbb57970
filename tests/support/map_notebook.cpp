// A notebook that remembers for as long as a test runs.
#include "tests/support/map_notebook.hpp"

#include <utility>

namespace rdpmedic::testing {

MapNotebook::~MapNotebook() = default;

std::optional<std::string> MapNotebook::recall(std::string_view name) const {
    const auto found = pages.find(std::string(name));
    return found == pages.end() ? std::nullopt : std::optional(found->second);
}

void MapNotebook::remember(std::string_view name, std::string text) { pages[std::string(name)] = std::move(text); }

} // namespace rdpmedic::testing
