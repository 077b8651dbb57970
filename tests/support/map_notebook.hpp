// A notebook that remembers for as long as a test runs.
#pragma once

#include "probes/probe.hpp"

#include <map>

namespace rdpmedic::testing {

class MapNotebook : public Notebook {
  public:
    std::optional<std::string> recall(std::string_view name) const override {
        const auto found = pages.find(std::string(name));
        return found == pages.end() ? std::nullopt : std::optional(found->second);
    }
    void remember(std::string_view name, std::string text) override { pages[std::string(name)] = std::move(text); }

    std::map<std::string, std::string> pages;
};

} // namespace rdpmedic::testing
