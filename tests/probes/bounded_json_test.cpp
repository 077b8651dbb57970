// Is foreign JSON refused with its place, and never at the cost of the stack?
#include "probes/bounded_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rdpmedic;

namespace {

std::string refusal(std::string_view text, int depth = 32) {
    nlohmann::json document;
    const auto parsed = parse_json(text, "file.json", document, depth);
    if (parsed)
        return "accepted";
    CHECK(parsed.error().code == Errc::malformed);
    return parsed.error().where;
}

} // namespace

TEST_CASE("JSON within the depth is read") {
    nlohmann::json document;
    REQUIRE(parse_json(R"({"a": [1, {"b": null}]})", "file.json", document).has_value());
    CHECK(document["a"][1]["b"].is_null());
    CHECK(refusal("[[[]]]", 3) == "accepted");
    CHECK(refusal("7", 0) == "accepted");
}

TEST_CASE("JSON that is too deep or broken is refused with its place") {
    CHECK(refusal("[[[]]]", 2) == "file.json: more than 2 levels inside each other");
    CHECK(refusal(std::string(10'000, '[')) == "file.json: more than 32 levels inside each other");
    std::string objects;
    for (int i = 0; i < 10'000; ++i)
        objects += R"({"a":)";
    CHECK(refusal(objects) == "file.json: more than 32 levels inside each other");
    CHECK_THAT(refusal("{\n  \"a\" 1}"), Catch::StartsWith("file.json: line 2, column 7: "));
    CHECK_THAT(refusal(""), Catch::StartsWith("file.json: line 1, column 1: "));
    CHECK_THAT(refusal("\"\xff\""), Catch::StartsWith("file.json: line 1, column "));
    CHECK_THAT(refusal("{} x"), Catch::StartsWith("file.json: line 1, column "));
    CHECK_THAT(refusal("1e999"), Catch::StartsWith("file.json: "));
}
