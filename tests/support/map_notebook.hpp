// A notebook that remembers for as long as a test runs.
#pragma once

#include "probes/probe.hpp"

#include <map>

namespace rdpmedic::testing {

class MapNotebook : public Notebook {
  public:
    ~MapNotebook() override;
    std::optional<std::string> recall(std::string_view name) const override;
    void remember(std::string_view name, std::string text) override;

    std::map<std::string, std::string> pages;
};

} // namespace rdpmedic::testing
