// How does a refusal look to a program?
#include "api/problem.hpp"

#include "api/response_writer.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::api {

Response respond(const Problem& problem) {
    nlohmann::ordered_json body{{"type", "urn:rdpmedic:problem:" + std::string(problem.kind)},
                                {"title", reason_of(problem.status)},
                                {"status", problem.status},
                                {"detail", problem.detail}};
    if (!problem.details.empty())
        body["details"] = problem.details;
    if (problem.retry_after.count() > 0)
        body["retry_after"] = problem.retry_after.count();
    Response response = respond(problem.status, "application/problem+json",
                                body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    if (problem.retry_after.count() > 0)
        response.fields.emplace_back("Retry-After", std::to_string(problem.retry_after.count()));
    return response;
}

Response broken() {
    return respond(Problem{500, "internal", "the agent failed to make an answer; its log may say more"});
}

} // namespace rdpmedic::api
