// Which tokens count now, although the file may change or break while the server runs?
#pragma once

#include "api/tokens.hpp"

namespace rdpmedic::api {

// Who presents a token, and may it count?
struct Presented {
    enum class Kind { none, wrong, read, repair, unavailable };
    Kind kind = Kind::none;
    std::string name{};    // of the token
    std::string problem{}; // why tokens cannot be checked: kind is unavailable
};

// Not thread-safe.
class TokenKeeper {
  public:
    explicit TokenKeeper(std::filesystem::path file) : file_(std::move(file)) {}
    // What the value of an Authorization field stands for. Looks whether the file changed and reads it again if so;
    // a damaged file makes every token unavailable, never valid and never "no tokens". Blocks for that file.
    Presented check(std::string_view authorization, Time now);

  private:
    void refresh();

    std::filesystem::path file_;
    Result<TokenFile> tokens_ = TokenFile{};
    bool loaded_ = false;
    std::filesystem::file_time_type changed_{};
    std::uintmax_t size_ = 0;
    bool settled_ = false; // the file was old enough when read that a later change must show in its time
};

} // namespace rdpmedic::api
