// Which addresses does a name have, when the answer may not take longer than the caller can wait?
#include "probes/network/resolve.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <thread>

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// In our words: those of the system come in its language.
std::string words(const boost::system::error_code& error) {
    if (error == asio::error::host_not_found || error == asio::error::no_data)
        return "the name is not known";
    if (error == asio::error::host_not_found_try_again)
        return "the name servers do not answer";
    return "name resolution failed with error " + std::to_string(error.value());
}

Resolved ask_system(const std::string& host, std::uint16_t port) {
    asio::io_context io;
    boost::system::error_code error;
    const auto results = tcp::resolver(io).resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
    Resolved answer;
    if (error)
        answer.error = words(error);
    for (const auto& result : results) {
        // A few systems list an address once per protocol.
        if (answer.endpoints.size() < 4 &&
            std::find(answer.endpoints.begin(), answer.endpoints.end(), result.endpoint()) == answer.endpoints.end())
            answer.endpoints.push_back(result.endpoint());
    }
    if (answer.endpoints.empty() && answer.error.empty())
        answer.error = "the name has no address";
    return answer;
}

} // namespace

Resolved resolve(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) {
    boost::system::error_code not_literal;
    const asio::ip::address literal = asio::ip::make_address(host, not_literal);
    if (!not_literal)
        return {{tcp::endpoint{literal, port}}, "", false};

    std::packaged_task<Resolved()> question([host, port] { return ask_system(host, port); });
    std::future<Resolved> answer = question.get_future();
    std::thread(std::move(question)).detach();
    if (answer.wait_for(timeout) != std::future_status::ready)
        return {{}, "no answer from name resolution within " + std::to_string(timeout.count()) + " ms"};
    return answer.get();
}

} // namespace rdpmedic
