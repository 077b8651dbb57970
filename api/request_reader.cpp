// Where does one HTTP request end and the next begin? The only translation unit that includes Beast.
#include "api/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <limits>

namespace rdpmedic::api {
namespace http = boost::beast::http;
using boost::beast::string_view;

struct RequestReader::Parser {
    std::optional<http::request_parser<http::string_body>> http;
};

namespace {

std::string_view view(string_view text) { return {text.data(), text.size()}; }

// Bodies are bound by accept_body; until then nothing of a body is taken.
constexpr std::uint64_t any_size = std::numeric_limits<std::uint32_t>::max();

std::string_view* slot_of(Request& request, http::field name) {
    switch (name) {
    case http::field::host:
        return &request.host;
    case http::field::origin:
        return &request.origin;
    case http::field::authorization:
        return &request.authorization;
    case http::field::if_match:
        return &request.if_match;
    case http::field::if_none_match:
        return &request.if_none_match;
    case http::field::prefer:
        return &request.prefer;
    case http::field::expect:
        return &request.expect;
    case http::field::content_type:
        return &request.content_type;
    case http::field::accept:
        return &request.accept;
    default:
        return nullptr;
    }
}

// Fields that Beast has no name for.
std::string_view* slot_of(Request& request, string_view name) {
    if (boost::beast::iequals(name, "Idempotency-Key"))
        return &request.idempotency_key;
    return boost::beast::iequals(name, "Last-Event-ID") ? &request.last_event_id : nullptr;
}

// RFC 9112, 3.2.2: a server accepts the absolute form, and its authority counts instead of Host.
void split_target(Request& request) {
    std::string_view rest = request.target;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!rest.starts_with(scheme))
            continue;
        rest.remove_prefix(scheme.size());
        const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
        request.host = rest.substr(0, path);
        rest.remove_prefix(path);
        if (rest.empty())
            rest = "/";
        break;
    }
    const std::size_t question = rest.find('?');
    request.path = rest.substr(0, question);
    request.query = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
}

} // namespace

RequestReader::RequestReader(std::size_t header_limit)
    : parser_(std::make_unique<Parser>()), header_limit_(header_limit) {
    next();
}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;

void RequestReader::next() {
    parser_->http.emplace();
    parser_->http->header_limit(static_cast<std::uint32_t>(header_limit_));
    parser_->http->body_limit(any_size);
    request_ = {};
    state_ = State::header;
    started_ = false;
}

void RequestReader::fail(unsigned status, std::string problem) {
    state_ = State::failed;
    status_ = status;
    problem_ = std::move(problem);
}

std::size_t RequestReader::take(std::span<const char> bytes) {
    if (bytes.empty() || (state_ != State::header && state_ != State::body))
        return 0;
    started_ = true;
    auto& parser = *parser_->http;
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        boost::system::error_code error;
        const std::size_t used = parser.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
        taken += used;
        if (error == http::error::need_more)
            break;
        if (error == http::error::header_limit || error == http::error::buffer_overflow)
            return fail(431, "the header is larger than " + std::to_string(header_limit_) + " bytes"), taken;
        if (error == http::error::body_limit)
            return fail(413, "the body is larger than is accepted here"), taken;
        if (error)
            return fail(400, "not an HTTP request: " + error.message()), taken;
        if (state_ == State::header && parser.is_header_done()) {
            read_header();
            return taken;
        }
        if (parser.is_done())
            break;
        if (used == 0)
            break;
    }
    if (state_ == State::body && parser.is_done()) {
        request_.body = parser.get().body();
        state_ = State::complete;
    }
    return taken;
}

void RequestReader::read_header() {
    const auto& parser = *parser_->http;
    const auto& message = parser.get();
    request_.method_name = view(message.method_string());
    request_.method = message.method() == http::verb::get       ? Method::get
                      : message.method() == http::verb::head    ? Method::head
                      : message.method() == http::verb::post    ? Method::post
                      : message.method() == http::verb::delete_ ? Method::del
                                                                : Method::other;
    request_.target = view(message.target());
    for (const auto& field : message) {
        std::string_view* slot = slot_of(request_, field.name());
        if (field.name() == http::field::unknown)
            slot = slot_of(request_, field.name_string());
        if (slot == nullptr)
            continue;
        const bool is_list = slot == &request_.accept || slot == &request_.prefer || slot == &request_.if_match ||
                             slot == &request_.if_none_match;
        if (slot->data() != nullptr && !is_list)
            request_.twice = true;
        if (slot->data() != nullptr)
            continue;
        *slot = view(field.value());
    }
    request_.old_http = message.version() == 10;
    request_.keep_alive = parser.keep_alive();
    request_.chunked = parser.chunked();
    if (const auto length = parser.content_length())
        request_.content_length = *length;
    split_target(request_);
    // A request without a body is complete here: nothing of it is left to take.
    state_ = parser.is_done() || (!request_.chunked && request_.content_length.value_or(0) == 0) ? State::complete
                                                                                                 : State::body;
}

void RequestReader::accept_body(std::size_t limit) {
    if (state_ != State::body)
        return;
    // The limit of Beast binds chunked bodies only once the header has been read; a length is compared here.
    if (request_.content_length.value_or(0) > limit)
        return fail(413, "the body is larger than is accepted here");
    parser_->http->body_limit(limit);
}

} // namespace rdpmedic::api
