// How does the running agent talk with whoever started it?
#pragma once

#include <functional>

namespace rdpmedic {

// What the body of the service tells the service control manager, and hears from it. Thread-safe.
class ServiceLink {
  public:
    virtual ~ServiceLink() = default;
    // START_PENDING with an advanced checkpoint: only on real progress, or a hang would look like work.
    virtual void still_starting() = 0;
    virtual void running() = 0;
    // Called once, on a thread of the control manager, when the service is to stop or the machine shuts down. If that
    // has happened already, at once. Must not block.
    virtual void on_stop(std::function<void()> stop) = 0;
};

} // namespace rdpmedic
