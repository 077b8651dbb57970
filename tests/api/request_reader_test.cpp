// What is a request, and what is not?
#include "api/request_reader.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic::api;
using State = RequestReader::State;

namespace {

constexpr std::size_t header_limit = 8192;

// Feeds `bytes` as they would come from a buffer: at most `step` new ones at a time. Returns what was not taken.
std::string feed(RequestReader& reader, const std::string& bytes, std::size_t step, std::size_t body_limit = 100) {
    std::size_t taken = 0;
    for (std::size_t end = 0;
         taken < bytes.size() && reader.state() != State::complete && reader.state() != State::failed;) {
        end = std::min(end + step, bytes.size());
        const bool was_header = reader.state() == State::header;
        taken += reader.take({bytes.data() + taken, end - taken});
        if (was_header && reader.state() == State::body) {
            reader.accept_body(body_limit);
            end = taken;
        }
        if (end == bytes.size() && (taken == end || was_header))
            break;
    }
    while (reader.state() == State::body && taken < bytes.size()) {
        const std::size_t more = reader.take({bytes.data() + taken, bytes.size() - taken});
        if (more == 0)
            break;
        taken += more;
    }
    return bytes.substr(taken);
}

} // namespace

TEST_CASE("a request is read the same in one piece and byte by byte") {
    const std::size_t step = GENERATE(1u, 2u, 7u, 100000u);
    RequestReader reader(header_limit);
    const std::string bytes =
        "POST /repair/cert?x=1&y HTTP/1.1\r\nHost: localhost:8904\r\nAuthorization: Bearer abc\r\n"
        "Idempotency-Key: 7\r\nPrefer: wait=3\r\nContent-Type: application/json\r\n"
        "Content-Length: 4\r\n\r\n{\"a\"GET / HTTP/1.1";
    CHECK(feed(reader, bytes, step) == "GET / HTTP/1.1");
    REQUIRE(reader.state() == State::complete);
    const Request& request = reader.request();
    CHECK(request.method == Method::post);
    CHECK(request.path == "/repair/cert");
    CHECK(request.query == "x=1&y");
    CHECK(request.host == "localhost:8904");
    CHECK(request.authorization == "Bearer abc");
    CHECK(request.idempotency_key == "7");
    CHECK(request.prefer == "wait=3");
    CHECK(request.content_type == "application/json");
    CHECK(request.body == "{\"a\"");
    CHECK_FALSE(request.twice);
    CHECK(request.keep_alive);
}

TEST_CASE("chunked bodies are put together and bound") {
    const std::size_t step = GENERATE(1u, 3u, 100000u);
    const std::string header = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    RequestReader reader(header_limit);
    CHECK(feed(reader, header + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nrest", step) == "rest");
    REQUIRE(reader.state() == State::complete);
    CHECK(reader.request().body == "abcde");

    reader.next();
    feed(reader, header + "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n", step);
    REQUIRE(reader.state() == State::failed);
    CHECK(reader.status() == 413);

    reader.next();
    feed(reader, header + "ffffffffffffffff\r\n" + std::string(1000, 'x'), step);
    REQUIRE(reader.state() == State::failed);
}

TEST_CASE("a length above the limit fails before any of the body is taken") {
    RequestReader reader(header_limit);
    CHECK(feed(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 1000) == "");
    REQUIRE(reader.state() == State::failed);
    CHECK(reader.status() == 413);
}

TEST_CASE("a header above the limit is 431, in one piece and in small ones") {
    const std::size_t step = GENERATE(100u, 100000u);
    const std::string header = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
    RequestReader reader(header_limit);
    feed(reader, header, step);
    REQUIRE(reader.state() == State::failed);
    CHECK(reader.status() == 431);
}

TEST_CASE("what is no request is 400") {
    const std::string bytes =
        GENERATE(as<std::string>{}, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client hello \r\n\r\n",
                 "\x03\x00\x00\x13\x0e\xe0 rdp \r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nNo colon\r\n\r\n",
                 "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabcd",
                 "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                 "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n");
    RequestReader reader(header_limit);
    feed(reader, bytes, 100000);
    CAPTURE(bytes);
    REQUIRE(reader.state() == State::failed);
    CHECK(reader.status() == 400);
    CHECK_FALSE(reader.problem().empty());
}

TEST_CASE("a request cut at any byte is neither complete nor a crash") {
    const std::string bytes = "POST /repair/cert HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        RequestReader reader(header_limit);
        feed(reader, bytes.substr(0, size), 100000);
        CAPTURE(size);
        CHECK((reader.state() == State::header || reader.state() == State::body));
    }
}

TEST_CASE("fields that may occur once are noticed when they occur twice") {
    RequestReader reader(header_limit);
    const std::string field = GENERATE("Host: b\r\n", "Authorization: Bearer y\r\n", "host:\r\n");
    feed(reader, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n" + field + "\r\n", 100000);
    REQUIRE(reader.state() == State::complete);
    CHECK(reader.request().twice);
    CHECK(reader.request().host == "a");
}

TEST_CASE("the absolute form of a target counts instead of Host") {
    RequestReader reader(header_limit);
    feed(reader, "GET http://evil.example?a HTTP/1.1\r\nHost: localhost\r\n\r\n", 100000);
    CHECK(reader.request().host == "evil.example");
    CHECK(reader.request().query == "a");
    reader.next();
    feed(reader, "GET https://localhost:1/health HTTP/1.0\r\n\r\n", 100000);
    CHECK(reader.request().path == "/health");
    CHECK(reader.request().host == "localhost:1");
    CHECK(reader.request().old_http);
    CHECK_FALSE(reader.request().keep_alive);
}
