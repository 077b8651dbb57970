// Who is let in, and what are the others told?
#include "api/admission.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::api;

namespace {

constexpr Time now{std::chrono::seconds{1'770'000'000}};

struct Gate {
    testing::TemporaryFolder folder;
    std::string reader, fixer;
    TokenKeeper keeper{folder.path() / "tokens.json"};

    Gate() {
        TokenFile tokens;
        reader = "Bearer " + tokens.add("reader", Role::read, now, std::nullopt).value();
        fixer = "Bearer " + tokens.add("fixer", Role::repair, now, std::nullopt).value();
        REQUIRE(tokens.save(folder.path() / "tokens.json").has_value());
    }
    Admission ask(const Request& request, bool loopback = true) { return admit(request, loopback, keeper, now); }
};

Request request(Method method, std::string_view path, std::string_view authorization = {}) {
    Request made;
    made.method = method;
    made.method_name = method == Method::get    ? "GET"
                       : method == Method::post ? "POST"
                       : method == Method::del  ? "DELETE"
                                                : "PUT";
    made.path = path;
    made.host = "127.0.0.1:8904";
    made.authorization = authorization;
    return made;
}

unsigned status(const Admission& admission) { return admission.refusal ? admission.refusal->status : 200; }

std::string field(const Admission& admission, std::string_view name) {
    if (admission.refusal)
        for (const auto& [key, value] : admission.refusal->fields)
            if (key == name)
                return value;
    return {};
}

} // namespace

TEST_CASE("paths, methods and tokens decide before anything else is read") {
    Gate gate;
    const auto get = Method::get, post = Method::post;
    CHECK(status(gate.ask(request(get, "/health"))) == 200);
    CHECK(status(gate.ask(request(get, "/health"), false)) == 401);
    CHECK(status(gate.ask(request(get, "/health", gate.reader), false)) == 200);
    CHECK(status(gate.ask(request(get, "/livez"), false)) == 200);
    CHECK(status(gate.ask(request(get, "/health", "Bearer wrong"))) == 401);
    CHECK(status(gate.ask(request(post, "/repair/cert"))) == 401);
    CHECK(status(gate.ask(request(post, "/repair/cert", gate.reader))) == 403);
    CHECK(status(gate.ask(request(post, "/repair/cert", gate.fixer))) == 200);
    CHECK(status(gate.ask(request(get, "/audit"))) == 401);
    CHECK(status(gate.ask(request(get, "/audit", gate.reader))) == 403);
    CHECK(status(gate.ask(request(get, "/audit", gate.fixer))) == 200);
    CHECK(status(gate.ask(request(get, "/events"))) == 200);
    CHECK(status(gate.ask(request(get, "/events"), false)) == 401);
    CHECK(status(gate.ask(request(Method::del, "/repair/jobs/7"))) == 401);
    CHECK(status(gate.ask(request(Method::del, "/repair/jobs/7", gate.reader))) == 403);
    CHECK(status(gate.ask(request(post, "/repair/jobs/7/rollback", gate.reader))) == 403);
    CHECK(status(gate.ask(request(post, "/repair/jobs/7/rollback", gate.fixer))) == 200);
    CHECK(status(gate.ask(request(get, "/nowhere"))) == 404);
    CHECK(status(gate.ask(request(get, "/../health"))) == 404);
    CHECK(status(gate.ask(request(get, "/health%2f"))) == 404);
}

TEST_CASE("a wrong method is told which are right") {
    Gate gate;
    CHECK(status(gate.ask(request(Method::post, "/health"))) == 405);
    CHECK(field(gate.ask(request(Method::post, "/health")), "Allow") == "GET, HEAD");
    CHECK(field(gate.ask(request(Method::other, "/repair/cert", gate.fixer)), "Allow") == "GET, HEAD, POST");
    CHECK(field(gate.ask(request(Method::post, "/repair/jobs", gate.fixer)), "Allow") == "GET, HEAD");
    CHECK(field(gate.ask(request(Method::post, "/repair/jobs/7", gate.fixer)), "Allow") == "GET, HEAD, DELETE");
    CHECK(field(gate.ask(request(Method::get, "/repair/jobs/7/rollback")), "Allow") == "POST");
}

TEST_CASE("a missing and a wrong token are challenged") {
    Gate gate;
    CHECK(field(gate.ask(request(Method::post, "/repair/cert")), "WWW-Authenticate") == "Bearer realm=\"rdpmedic\"");
    CHECK(field(gate.ask(request(Method::post, "/repair/cert", "Bearer x")), "WWW-Authenticate") ==
          "Bearer realm=\"rdpmedic\", error=\"invalid_token\"");
}

TEST_CASE("the caller is known by the name of its token") {
    Gate gate;
    CHECK(gate.ask(request(Method::post, "/repair/cert", gate.fixer)).caller == "fixer");
    CHECK(gate.ask(request(Method::get, "/health")).caller == "loopback");
    CHECK(gate.ask(request(Method::get, "/health"), false).caller == "anonymous");
    CHECK(gate.ask(request(Method::post, "/repair/cert", gate.fixer)).parameter == "cert");
    CHECK(gate.ask(request(Method::post, "/repair/jobs/7/rollback", gate.fixer)).parameter == "7");
    CHECK(gate.ask(request(Method::post, "/repair/cert", gate.fixer)).with_token);
    CHECK(gate.ask(request(Method::get, "/health", gate.reader)).with_token);
    CHECK_FALSE(gate.ask(request(Method::get, "/health")).with_token);
}

TEST_CASE("over loopback the Host field names this machine") {
    const auto [host, fine] = GENERATE(table<std::string, bool>({
        {"localhost", true},
        {"LOCALHOST:8904", true},
        {"127.0.0.1", true},
        {"127.0.0.1:1", true},
        {"127.255.0.3:8904", true},
        {"[::1]", true},
        {"[::1]:8904", true},
        {"evil.example", false},
        {"127.0.0.1.evil", false},
        {"localhost.evil:80", false},
        {"127.0.0", false},
        {"127.0.0.256", false},
        {"128.0.0.1", false},
        {"[::2]", false},
        {"[::1", false},
        {"localhost:x", false},
        {"localhost:", false},
        {"127.0.0.1:80@evil", false},
        {"", false},
        {"127.0.0.1.", false},
    }));
    CAPTURE(host);
    CHECK(is_loopback_host(host) == fine);
}

TEST_CASE("a page from elsewhere is refused, whatever its token") {
    Gate gate;
    Request tricked = request(Method::post, "/repair/cert", gate.fixer);
    tricked.origin =
        GENERATE("https://evil.example", "null", "http://127.0.0.1:3000", "http://127.0.0.1:8904.evil.example");
    CHECK(status(gate.ask(tricked)) == 403);
    tricked.origin = "http://127.0.0.1:8904";
    CHECK(status(gate.ask(tricked)) == 200);
    tricked.origin = {};
    tricked.host = "evil.example";
    CHECK(status(gate.ask(tricked)) == 403);
    tricked.path = "/livez";
    CHECK(status(gate.ask(tricked)) == 403);
}

TEST_CASE("doubtful headers are refused") {
    Gate gate;
    Request doubtful = request(Method::get, "/health");
    doubtful.twice = true;
    CHECK(status(gate.ask(doubtful)) == 400);
    doubtful.twice = false;
    doubtful.host = {};
    CHECK(status(gate.ask(doubtful)) == 400);
    doubtful.host = "localhost";
    doubtful.expect = "200-ok";
    CHECK(status(gate.ask(doubtful)) == 417);
}

TEST_CASE("every path of the table is found and no other method works there") {
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        std::string path(route.path);
        if (const std::size_t brace = path.find('{'); brace != std::string::npos)
            path.replace(brace, path.find('}') + 1 - brace, "x");
        const Found found = find_route(routes(), route.method, path);
        CHECK(found.route == &route);
        CHECK(find_route(routes(), Method::other, path).status == 405);
        CHECK(find_route(routes(), route.method, path + "/").status == 404);
        CHECK(route.handle != nullptr);
        CHECK_FALSE(route.what.empty());
    }
}
