// What has to happen before there is an answer?
#pragma once

#include "api/session.hpp"

namespace rdpmedic::api {

// From a blocking call, a list that is being made or a running job to a response: 503 where it takes too long or too
// many wait. No EventStream comes here.
boost::asio::awaitable<Response> settle(Hall& hall, Reply reply);

// What `work` gives. Where it throws (out of memory, or a bug) the caller gets an answer and the agent lives on.
template <class Work>
Reply guarded(const Work& work) {
    try {
        return work();
    } catch (const std::exception&) {
        return broken();
    }
}

} // namespace rdpmedic::api
