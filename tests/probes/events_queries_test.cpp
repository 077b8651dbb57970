// Is each channel asked for what it holds, and for no more than a query may ask?
#include "tests/probes/events_look.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

TEST_CASE("each channel is asked for what it holds") {
    LogHost host;
    look(host);
    const auto query = [&](std::string_view name) {
        const auto found =
            std::find_if(host.asked.begin(), host.asked.end(), [&](const EventQuery& one) { return one.name == name; });
        REQUIRE(found != host.asked.end());
        return *found;
    };
    CHECK(query("winsock").channel == "Microsoft-Windows-Winsock-WS2HELP/Operational");
    CHECK(query("system").query.find("WS2HELP") == std::string::npos);
    const std::string listener = query("listener").query; // 260 is of the channel Analytic
    CHECK(listener.find("EventID >= 258") == std::string::npos);
    CHECK(listener.find("EventID=260") == std::string::npos);
    for (const char* id : {"EventID=1041", "EventID=1061", "EventID=1067"})
        CHECK(query("system").query.find(id) != std::string::npos);
    for (const char* id : {"EventID=258", "EventID=259", "EventID >= 261", "EventID=1149"})
        CHECK(listener.find(id) != std::string::npos);
}

TEST_CASE("all queries are bounded by the window and by 32 expressions a Select") {
    LogHost host;
    look(host);
    CHECK(host.asked.size() == 15);
    for (const EventQuery& query : host.asked) {
        INFO(query.query);
        CHECK(query.limit == 500);
        std::string rest = query.query;
        std::size_t selects = 0;
        while (rest.find("timediff(@SystemTime) ") != std::string::npos) {
            const auto end = rest.find("</Select>");
            const std::string select = rest.substr(0, end);
            rest = end == std::string::npos ? "" : rest.substr(end + 9);
            std::size_t expressions = 0;
            for (std::size_t at = 0; (at = select.find('=', at)) != std::string::npos; ++at)
                ++expressions;
            CHECK(expressions <= 32);
            CHECK(select.find(" 3600000]]") != std::string::npos);
            ++selects;
        }
        CHECK(selects == (query.name == "system" ? 10 : 1));
        CHECK(query.channel.empty() == (query.name == "system"));
        CHECK((query.name != "system" || query.query.find("<= ") == std::string::npos));
        CHECK((query.name == "listener") == (query.query.find("EventID=1151") != std::string::npos));
    }
}
