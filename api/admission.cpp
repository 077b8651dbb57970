// Is this request let in?
#include "api/admission.hpp"

namespace rdpmedic::api {
namespace {

std::optional<Response> malformed(const Request& request) {
    if (request.twice)
        return respond(Problem{400, "bad-request", "a header field occurs twice that may occur once"});
    if (request.host.empty() && !request.old_http)
        return respond(Problem{400, "bad-request", "the Host field is missing"});
    const bool expects = request.expect.data() != nullptr;
    if (expects && request.expect != "100-continue" && request.expect != "100-Continue")
        return respond(Problem{417, "expectation", "the only expectation that is understood is 100-continue"});
    return std::nullopt;
}

Response not_found(const Request& request, const Found& found) {
    if (found.status == 404)
        return respond(Problem{404, "no-such-path", "there is no such path; GET / lists those there are"});
    Response response = respond(Problem{405, "wrong-method",
                                        std::string(request.method_name.substr(0, 20)) +
                                            " does not work here; the Allow field says what does"});
    std::string allowed;
    for (const auto& [allows, name] : {std::pair{found.allows_get, "GET, HEAD"}, std::pair{found.allows_post, "POST"},
                                       std::pair{found.allows_delete, "DELETE"}})
        if (allows)
            allowed.append(allowed.empty() ? "" : ", ").append(name);
    response.fields.emplace_back("Allow", std::move(allowed));
    return response;
}

Response challenge(std::string_view kind, std::string detail, std::string_view error) {
    Response response = respond(Problem{401, kind, std::move(detail)});
    std::string value = "Bearer realm=\"rdpmedic\"";
    if (!error.empty())
        value.append(", error=\"").append(error).append("\"");
    response.fields.emplace_back("WWW-Authenticate", std::move(value));
    return response;
}

std::optional<Response> refusal_of(Verdict verdict, const Presented& presented) {
    switch (verdict) {
    case Verdict::allowed:
        return std::nullopt;
    case Verdict::foreign_host:
        return respond(
            Problem{403, "foreign-host",
                    "over loopback the Host field is localhost, 127.x.x.x or [::1], because a web page could "
                    "reach this address under a name of its own"});
    case Verdict::foreign_origin:
        return respond(Problem{403, "foreign-origin", "requests of pages from another origin are refused"});
    case Verdict::no_token:
        return challenge("no-token", "a bearer token is needed: Authorization: Bearer <token>", "");
    case Verdict::wrong_token:
        return challenge("wrong-token", "the token is not known, or it has expired", "invalid_token");
    case Verdict::role_too_low:
        return respond(
            Problem{403, "role-too-low",
                    "the token '" + presented.name + "' has the role read; this needs a token with the role repair"});
    case Verdict::tokens_unavailable:
        return respond(Problem{503, "tokens-unavailable", "tokens cannot be checked: " + presented.problem});
    }
    return respond(Problem{403, "refused", "refused"});
}

} // namespace

Admission admit(const Request& request, bool loopback, TokenKeeper& tokens, Time now) {
    Admission admission;
    admission.refusal = malformed(request);
    if (admission.refusal)
        return admission;

    const Presented presented = tokens.check(request.authorization, now);
    admission.caller = !presented.name.empty() ? presented.name : loopback ? "loopback" : "anonymous";
    const Credentials credentials{presented.kind, loopback, is_loopback_host(request.host),
                                  is_foreign_origin(request.origin, request.host)};
    const Found found = find_route(routes(), request.method, request.path);
    // Who is foreign learns nothing, not even which paths there are.
    const Verdict verdict = authorise(found.route == nullptr ? Permission::none : found.route->needs, credentials);
    admission.refusal = refusal_of(verdict, presented);
    if (!admission.refusal && found.route == nullptr)
        admission.refusal = not_found(request, found);
    if (admission.refusal)
        return admission;
    admission.route = found.route;
    admission.parameter = found.parameter;
    admission.with_token = presented.kind == Presented::Kind::read || presented.kind == Presented::Kind::repair;
    return admission;
}

} // namespace rdpmedic::api
