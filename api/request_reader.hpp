// Where does one HTTP request end and the next begin? Bytes in, requests out; knows no socket.
#pragma once

#include "api/message.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace rdpmedic::api {

// Reads one request after another from one connection. The header comes first and alone, so that the caller can
// refuse before any of the body is accepted.
class RequestReader {
  public:
    enum class State { header, body, complete, failed };

    explicit RequestReader(std::size_t header_limit);
    ~RequestReader();
    RequestReader(RequestReader&&) noexcept;
    RequestReader& operator=(RequestReader&&) = delete;

    // Begins the next request.
    void next();
    // Takes from `bytes` what belongs to the header, or to the body after `accept_body`, and returns how many bytes it
    // took; the rest is for the next call. Stops where the header ends.
    std::size_t take(std::span<const char> bytes);
    // After the header: the body follows, and it is at most `limit` bytes, however it is sent.
    void accept_body(std::size_t limit);

    State state() const { return state_; }
    bool started() const { return started_; } // any byte of this request has been taken or seen
    // After `failed`: 400, 413 or 431, and what is wrong.
    unsigned status() const { return status_; }
    const std::string& problem() const { return problem_; }
    const Request& request() const { return request_; }

  private:
    struct Parser;
    void fail(unsigned status, std::string problem);
    void read_header();

    std::unique_ptr<Parser> parser_;
    std::size_t header_limit_;
    State state_ = State::header;
    bool started_ = false;
    unsigned status_ = 0;
    std::string problem_;
    Request request_;
};

} // namespace rdpmedic::api
