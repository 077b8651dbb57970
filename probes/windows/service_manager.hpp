// How is the service control manager asked without knocking anew for each question?
#pragma once

#include "probes/facts.hpp"
#include "probes/windows/handle.hpp"

#include <memory>
#include <mutex>
#include <string_view>

namespace rdpmedic::windows {

// Keeps one handle of the manager open, which is a connection and no answer: every question is asked afresh. A
// connection that broke is made anew, once a question. Contracts and errors are those of Host; thread-safe.
class ServiceManager {
  public:
    Result<ServiceFacts> service(std::string_view name) const;
    Result<Bytes> service_security(std::string_view name) const;
    Result<std::vector<ServiceSummary>> services() const;

  private:
    using Shared = std::shared_ptr<const ServiceHandle>; // a question keeps the connection that it began with

    Result<Shared> connect() const;
    void forget(const Shared& broken) const;
    template <class Question>
    auto ask(Question question) const -> decltype(question(std::declval<const ServiceHandle&>()));

    mutable std::mutex mutex_;
    mutable Shared kept_;
};

} // namespace rdpmedic::windows
