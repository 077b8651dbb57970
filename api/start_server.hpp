// As Server::start, with other limits than the usual ones.
#pragma once

#include "api/limits.hpp"
#include "api/server.hpp"

namespace rdpmedic::api {

Result<std::unique_ptr<Server>> start_server(Services services, const Limits& limits);

} // namespace rdpmedic::api
