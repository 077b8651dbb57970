// Which tokens count now, although the file may change or break while the server runs?
#include "api/token_keeper.hpp"

#include <algorithm>

namespace rdpmedic::api {
namespace {

using FileClock = std::filesystem::file_time_type::clock;
// Some file systems keep whole seconds or two: a file that was read while it was younger can change without a trace.
constexpr std::chrono::seconds coarsest_clock{3};

bool is_bearer(std::string_view scheme) {
    constexpr std::string_view bearer = "bearer ";
    return scheme.size() == bearer.size() &&
           std::equal(scheme.begin(), scheme.end(), bearer.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
           });
}

} // namespace

void TokenKeeper::refresh() {
    std::error_code no_time, no_size;
    const auto changed = std::filesystem::last_write_time(file_, no_time);
    const auto size = std::filesystem::file_size(file_, no_size);
    const bool known = !no_time && !no_size;
    if (loaded_ && known && settled_ && changed == changed_ && size == size_)
        return;
    tokens_ = TokenFile::load(file_);
    loaded_ = true;
    changed_ = changed;
    size_ = size;
    settled_ = known && FileClock::now() - changed > coarsest_clock;
}

Presented TokenKeeper::check(std::string_view authorization, Time now) {
    if (authorization.empty())
        return {};
    refresh();
    if (!tokens_)
        return {Presented::Kind::unavailable, {}, describe(tokens_.error())};
    if (!is_bearer(authorization.substr(0, 7)))
        return {Presented::Kind::wrong};
    std::string_view token = authorization.substr(7);
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    const TokenEntry* entry = tokens_->find(token, now);
    if (entry == nullptr)
        return {Presented::Kind::wrong};
    return {entry->role == Role::repair ? Presented::Kind::repair : Presented::Kind::read, entry->name, {}};
}

} // namespace rdpmedic::api
