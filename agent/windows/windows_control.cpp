// The hands on the real machine.
#include "agent/windows/windows_control.hpp"

#include "agent/windows/control.hpp"

namespace rdpmedic {

namespace {

class WindowsControl : public HostControl {
  public:
    Result<Change> capture(const Change& change) const override {
        return std::visit([](const auto& which) { return windows::capture_change(which); }, change);
    }
    Result<> apply(const Change& change) override {
        return std::visit([](const auto& which) { return windows::apply_change(which); }, change);
    }
};

} // namespace

std::unique_ptr<HostControl> make_windows_control() { return std::make_unique<WindowsControl>(); }

} // namespace rdpmedic
