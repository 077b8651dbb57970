// What can a question about the host come back with? Facts or a reason, never a default.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace rdpmedic {

enum class Errc {
    not_found,     // the thing asked for does not exist: "not set", "no such service"
    access_denied, // it may exist, but this process may not look
    timed_out,     // no answer within the time given
    unsupported,   // this system cannot answer: the call or the feature is missing
    malformed,     // something answered, but not in the documented shape
    io,            // anything else that went wrong while reading or writing
};

// The name that recordings, logs and messages use: "not_found", "access_denied", ...
const char* name_of(Errc code) noexcept;
// The inverse of name_of; unknown names are Errc::io, so that an older reader still sees an error.
Errc errc_from_name(std::string_view name) noexcept;

// Why a read or a change did not happen. `native` is the Windows or errno code, 0 where there is none; `where` is the
// call and its object: "OpenServiceW(SessionEnv)".
struct Error {
    Errc code = Errc::io;
    std::uint32_t native = 0;
    std::string where;

    friend bool operator==(const Error&, const Error&) = default;
};

// One line for people: "not found (1060) at OpenServiceW(SessionEnv)", "malformed answer: config.json is empty".
std::string describe(const Error& error);

// boost::system::result calls this when value() is asked of an error. That is a bug in the caller, not a condition.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::logic_error("value() of a failed result: " + describe(error));
}

// boost::system::result alone is not [[nodiscard]]: a dropped error would compile without a warning.
template <class T = void>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
  public:
    using Base = boost::system::result<T, Error>;
    using Base::Base;
};

// A registry value, service, file or certificate that does not exist is an answer, not a failure.
template <class T>
bool is_absent(const Result<T>& result) {
    return result.has_error() && result.error().code == Errc::not_found;
}

// True when the question was not answered at all: neither a value nor "does not exist".
template <class T>
bool is_unreadable(const Result<T>& result) {
    return result.has_error() && result.error().code != Errc::not_found;
}

} // namespace rdpmedic
