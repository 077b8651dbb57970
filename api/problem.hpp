// How does a refusal look to a program? application/problem+json, RFC 9457.
#pragma once

#include "api/message.hpp"

#include <chrono>

namespace rdpmedic::api {

// `kind` is part of the API and never renamed: the type of the problem is "urn:rdpmedic:problem:<kind>".
struct Problem {
    unsigned status = 400;
    std::string_view kind;               // "no-such-path"
    std::string detail;                  // one sentence for people: what is wrong and what to do
    std::vector<std::string> details{};  // the sessions, the policy
    std::chrono::seconds retry_after{0}; // 0: says nothing about when
};

Response respond(const Problem& problem);
// Where an answer could not be made.
Response broken();

} // namespace rdpmedic::api
