// What every test needs and is dear to parse.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "probes/result.hpp"

#include <string>
#include <vector>
