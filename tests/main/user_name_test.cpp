// Who is written down as the caller of a repair from the command line?
#include "agent/main/user_name.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>

using namespace rdpmedic;

namespace {

void set_variable(const char* name, const char* value) {
#ifdef _WIN32
    REQUIRE(::_putenv_s(name, value) == 0);
#else
    REQUIRE(::setenv(name, value, 1) == 0);
#endif
}

} // namespace

TEST_CASE("the name of the user is the system's, not that of the environment, and can be written into a journal") {
    const std::string before = user_name();
    CHECK_FALSE(before.empty());
    for (const char* variable : {"USERNAME", "USERDOMAIN", "USER", "LOGNAME"})
        set_variable(variable, "J\xf6rg"); // as in an ANSI code page: no UTF-8
    CHECK(user_name() == before);
    CHECK_NOTHROW(nlohmann::json(user_name()).dump());
#ifdef _WIN32
    CHECK(before.find('\\') != std::string::npos); // DOMAIN\user
#endif
}
