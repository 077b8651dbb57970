// Is the audit trail told as it stands, and whether it is whole?
#include "agent/repair/audit.hpp"
#include "tests/api/running_server.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using nlohmann::json;

TEST_CASE("the audit trail is shown newest first, with whether its chain is whole") {
    Rig rig;
    const auto file = rig.folder.path() / "audit.jsonl";
    const std::uint16_t port = rig.start();
    CHECK(json::parse(RawClient(port).ask(get("/audit", rig.fixer)).body) ==
          json{{"chain", "whole"}, {"lines", 0}, {"entries", json::array()}});
    Audit audit(file);
    for (int i = 1; i <= 3; ++i)
        REQUIRE(audit.append(test_time, {{"event", "e" + std::to_string(i)}}).has_value());
    const Answer answer = RawClient(port).ask(get("/audit", rig.fixer));
    REQUIRE(answer.status == 200);
    const json body = json::parse(answer.body);
    CHECK(body["chain"] == "whole");
    REQUIRE(body["entries"].size() == 3);
    CHECK(body["entries"][0]["event"] == "e3");
    CHECK(body["entries"][0]["previous"] == body["entries"][1]["hash"]);
    CHECK(RawClient(port).ask(get("/audit", rig.fixer + "If-None-Match: " + answer.field("ETag") + "\r\n")).status ==
          304);
    CHECK(json::parse(RawClient(port).ask(get("/audit?limit=1", rig.fixer)).body)["entries"].size() == 1);
    CHECK(RawClient(port).ask(get("/audit?limit=1001", rig.fixer)).status == 400);
    CHECK(RawClient(port).ask(get("/audit", rig.reader)).status == 403);
    CHECK(RawClient(port).ask(get("/audit")).status == 401);

    std::ofstream(file, std::ios::binary | std::ios::app) << "not a line of ours\n";
    const json broken = json::parse(RawClient(port).ask(get("/audit", rig.fixer)).body);
    CHECK(broken["chain"].get<std::string>().starts_with("broken: line 4: "));
    CHECK(broken["entries"][0] == json{{"unreadable", "not a line of ours"}});
    CHECK(broken["lines"] == 4);
}

TEST_CASE("an audit trail that cannot be read is no empty one") {
    Rig rig;
    std::filesystem::create_directories(rig.folder.path() / "audit.jsonl");
    RawClient client(rig.start());
    const Answer answer = client.ask(get("/audit", rig.fixer));
    CHECK(answer.status == 503);
    CHECK(json::parse(answer.body)["type"] == "urn:rdpmedic:problem:audit-unreadable");
}
