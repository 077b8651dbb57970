// Is a query read as it was meant, or refused?
#include "api/query.hpp"
#include "api/repair_order.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::api;
using Parameters = std::map<std::string, std::string>;

TEST_CASE("the parameters of a query are decoded") {
    CHECK(parameters_of("").value().empty());
    CHECK(parameters_of("a=1&b=x+y&c=").value() == Parameters{{"a", "1"}, {"b", "x y"}, {"c", ""}});
    CHECK(parameters_of("user=EXAMPLE%5Canna%2b%C3%bc&").value() == Parameters{{"user", "EXAMPLE\\anna+\xc3\xbc"}});
    CHECK(parameters_of("a=b=c").value() == Parameters{{"a", "b=c"}});
}

TEST_CASE("a query that means two things, or nothing, is refused") {
    const std::string query = GENERATE("a=1&a=2", "a=1&%61=2", "a", "=1", "a=%4", "a=%", "a=%zz", "a=1&b=%4z");
    CAPTURE(query);
    const auto parameters = parameters_of(query);
    REQUIRE(parameters.has_error());
    CHECK(parameters.error().code == Errc::malformed);
    CHECK_FALSE(parameters.error().where.empty());
}

TEST_CASE("a limit is a number between one and the most there can be") {
    const auto [query, limit] = GENERATE(table<std::string, std::size_t>({{"", 50},
                                                                          {"limit=1", 1},
                                                                          {"limit=200", 200},
                                                                          {"limit=201", 0},
                                                                          {"limit=0", 0},
                                                                          {"limit=-1", 0},
                                                                          {"limit=", 0},
                                                                          {"limit=5x", 0},
                                                                          {"limit=99999999999999999999", 0},
                                                                          {"limits=5", 0}}));
    CAPTURE(query);
    const auto read = limit_of(query, 50, 200);
    if (limit > 0) {
        REQUIRE(std::holds_alternative<std::size_t>(read));
        CHECK(std::get<std::size_t>(read) == limit);
    } else {
        REQUIRE(std::holds_alternative<Problem>(read));
        CHECK(std::get<Problem>(read).kind == "bad-query");
    }
}

TEST_CASE("options come from the query and the body, as text") {
    Request request;
    request.query = "user=anna&n=1";
    request.body =
        R"({"disconnect_sessions": true, "options": {"force": true, "after": 12, "below": -3, "how": "start"}})";
    const auto order = read_order(request);
    REQUIRE(std::holds_alternative<RepairOrder>(order));
    CHECK(std::get<RepairOrder>(order).disconnect_sessions);
    CHECK(std::get<RepairOrder>(order).options ==
          Options{{"user", "anna"}, {"n", "1"}, {"force", "true"}, {"after", "12"}, {"below", "-3"}, {"how", "start"}});
}

TEST_CASE("an option that is given twice, or has no meaning as text, is refused") {
    struct Row {
        std::string query, body, kind;
    };
    const std::vector<Row> rows{
        {"force=true", R"({"options": {"force": true}})", "bad-option"},
        {"force=true&force=true", "", "bad-option"},
        {"force", "", "bad-option"},
        {"", R"({"options": {"force": true, "force": true}})", "bad-body"},
        {"", R"({"options": {"force": null}})", "bad-body"},
        {"", R"({"options": {"force": [true]}})", "bad-body"},
        {"", R"({"options": {"force": {}}})", "bad-body"},
        {"", R"({"options": ["force"]})", "bad-body"},
        {"", R"({"option": {}})", "bad-body"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.query, row.body);
        Request request;
        request.query = row.query;
        request.body = row.body;
        const auto order = read_order(request);
        REQUIRE(std::holds_alternative<Problem>(order));
        CHECK(std::get<Problem>(order).status == 400);
        CHECK(std::get<Problem>(order).kind == row.kind);
    }
}

TEST_CASE("If-Match allows every plan, those it names, or none") {
    CHECK(wanted_plans({}).any);
    CHECK(wanted_plans("*").any);
    CHECK(wanted_plans("\"a\", *").any);
    CHECK_FALSE(wanted_plans("\"a\"").any);
    CHECK(wanted_plans("\"a\"").hashes == std::vector<std::string>{"a"});
    CHECK(wanted_plans(" \"a\" ,\"b\"").hashes == std::vector<std::string>{"a", "b"});
    CHECK(wanted_plans("W/\"a\"").hashes.empty());
    CHECK_FALSE(wanted_plans("W/\"a\"").any);
    CHECK(wanted_plans("a").hashes.empty());
    CHECK_FALSE(wanted_plans("a").any);
    for (const char* nothing : {"", " ", ",", "\"\""}) {
        CHECK_FALSE(wanted_plans(nothing).any);
        CHECK(wanted_plans(nothing).hashes.empty());
    }
}
