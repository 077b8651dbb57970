// How does the agent live under the service control manager?
#pragma once

#include "agent/service_link.hpp"

namespace rdpmedic {

// Hands this thread to the service control manager and runs `body` as the service. Returns the exit code of `body`, or
// 1 when this process was not started as a service (said on stderr). Blocks until the service has stopped.
// https://learn.microsoft.com/windows/win32/services/service-servicemain-function
int run_as_service(std::function<int(ServiceLink&)> body);

} // namespace rdpmedic
