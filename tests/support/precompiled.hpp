// What every test needs and is dear to parse.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "agent/repair/desk_impl.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/fake_host.hpp"

#include <string>
#include <vector>
