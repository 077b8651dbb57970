// Are dropped packets read from the log as the firewall wrote them, and is a log that is none refused?
#include "probes/formats/firewall_log.hpp"

#include "probes/time_text.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using firewall::parse_firewall_log;

namespace {

const std::string head = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n"
                         "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn "
                         "tcpack tcpwin icmptype icmpcode info path\r\n\r\n";
const std::string drop =
    "2026-01-15 09:30:00 DROP TCP 203.0.113.5 192.0.2.10 50000 3389 52 S 24 0 64240 - - - RECEIVE\r\n";

FileEnds whole(const std::string& text) {
    return {text.size(), text.substr(0, 4096), text.size() > 4096 ? text.substr(4096) : std::string()};
}

std::vector<std::string> drops_of(const FileEnds& ends) {
    std::vector<std::string> result;
    for (const auto& packet : parse_firewall_log(ends, "x").value().drops)
        result.push_back(to_iso(packet.at) + " " + std::to_string(packet.protocol) + " " + packet.source + " " +
                         std::to_string(packet.port) + (packet.begins ? " begins" : ""));
    return result;
}

std::vector<std::string> drops_of(const std::string& lines) { return drops_of(whole(head + lines)); }

std::string refusal(const std::string& text) {
    const auto log = parse_firewall_log(whole(text), "C:\\x.log");
    REQUIRE(log.has_error());
    CHECK(log.error().code == Errc::malformed);
    return log.error().where;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("a packet that came in and was dropped is read with its time, protocol, source and port") {
    CHECK(drops_of(drop) == Lines{"2026-01-15T09:30:00Z 6 203.0.113.5 3389 begins"});
    CHECK(drops_of("2026-01-15 09:30:01 DROP UDP 2001:db8::5 2001:db8::1 50000 3389 120 - - - - - - - RECEIVE 4\r\n") ==
          Lines{"2026-01-15T09:30:01Z 17 2001:db8::5 3389 begins"});
    CHECK(drops_of("2026-01-15 09:30:01 DROP 6 203.0.113.5 192.0.2.10 50000 3389 0 - 0 0 0 - - - RECEIVE\n") ==
          Lines{"2026-01-15T09:30:01Z 6 203.0.113.5 3389 begins"});
}

TEST_CASE("what was let in, went out, or is neither TCP nor UDP is no dropped packet and fits all the same") {
    const std::string lines =
        GENERATE(as<std::string>{},
                 "2026-01-15 09:30:00 ALLOW TCP 203.0.113.5 192.0.2.10 50000 3389 0 - 0 0 0 - - - RECEIVE\r\n",
                 "2026-01-15 09:30:00 DROP TCP 192.0.2.10 203.0.113.5 50000 3389 0 S 0 0 0 - - - SEND\r\n",
                 "2026-01-15 09:30:00 DROP ICMP 203.0.113.5 192.0.2.10 - - 60 - - - - 8 0 - RECEIVE\r\n",
                 "2026-01-15 09:30:00 DROP 2 203.0.113.5 224.0.0.1 - - 60 - - - - - - - RECEIVE\r\n",
                 "2026-01-15 09:30:00 INFO-EVENTS-LOST - - - - - - - - - - - - 12 -\r\n");
    CHECK(drops_of(lines).empty());
    CHECK(parse_firewall_log(whole(head + lines), "x").value().lines == 1);
    CHECK(parse_firewall_log(whole(head + lines), "x").value().skipped == 0);
}

TEST_CASE("a packet of a connection that was there before begins none") {
    const auto [flags, begins] = GENERATE(
        table<std::string, bool>({{"S", true}, {"-", true}, {"A", false}, {"SA", false}, {"FA", false}, {"R", false}}));
    INFO(flags);
    std::string line = drop;
    line.replace(line.find(" S "), 3, " " + flags + " ");
    CHECK(parse_firewall_log(whole(head + line), "x").value().drops.at(0).begins == begins);
}

TEST_CASE("fields are found by their names, and a new head counts from there on") {
    const std::string log = "#Time Format: UTC\n#Fields: path dst-port src-ip protocol action time date new\n"
                            "RECEIVE 3389 203.0.113.5 TCP DROP 09:30:00 2026-01-15 x\n" +
                            head + drop;
    CHECK(drops_of(whole(log)).size() == 2);
    CHECK(drops_of(whole(log))[0] == "2026-01-15T09:30:00Z 6 203.0.113.5 3389 begins");
    CHECK(parse_firewall_log(whole(log), "x").value().local_time);
    CHECK_FALSE(parse_firewall_log(whole(log.substr(0, log.find("#Version"))), "x").value().local_time);
}

TEST_CASE("lines that do not fit are counted and skipped, and a line without an end is left out") {
    const std::string lines =
        "nonsense\r\n2026-13-15 09:30:00 DROP TCP 203.0.113.5 192.0.2.10 1 3389 0 S 0 0 0 - - - RECEIVE\r\n"
        "2026-01-15 09:30:00 DROP TCP 203.0.113.5 192.0.2.10 1 99999 0 S 0 0 0 - - - RECEIVE\r\n" +
        drop + drop.substr(0, drop.size() - 2);
    const auto log = parse_firewall_log(whole(head + lines), "x").value();
    CHECK(log.lines == 4);
    CHECK(log.skipped == 3);
    CHECK(log.drops.size() == 1);
}

TEST_CASE("room that Windows keeps free in the file is no line") {
    CHECK(drops_of(std::string(300, '\0') + drop).size() == 1);
    CHECK(drops_of(std::string(300, '\0') + "\r\n" + drop).size() == 1);
    CHECK(parse_firewall_log(whole(head + drop + std::string(300, '\0')), "x").value().lines == 1);
}

TEST_CASE("of a file that is longer than both ends, the line at the cut is left out") {
    FileEnds ends{5'000'000, head + "2026-01-01 00:00:00 DROP TCP 198.51",
                  ".100.7 192.0.2.10 1 3389 0 S 0 0 0 - - - RECEIVE\r\n" + drop};
    CHECK(drops_of(ends) == Lines{"2026-01-15T09:30:00Z 6 203.0.113.5 3389 begins"});
    CHECK(parse_firewall_log(ends, "x").value().skipped == 0);
    // The same two parts without a gap are one line.
    ends.size = ends.head.size() + ends.tail.size();
    CHECK(drops_of(ends).size() == 2);
}

TEST_CASE("an empty log and one with a head alone have no packets") {
    CHECK(drops_of(whole("")).empty());
    CHECK(drops_of(whole(head)).empty());
}

TEST_CASE("a text that is no log of the firewall is refused with its path and the reason") {
    CHECK(refusal(drop) == "C:\\x.log: packets without a line #Fields");
    CHECK(refusal("a\r\nb\r\n") == "C:\\x.log: packets without a line #Fields");
    CHECK(refusal(head + "a\r\nb\r\n") == "C:\\x.log: no line fits #Fields");
    CHECK(refusal("#Fields: date time action protocol src-ip path\r\n") == "C:\\x.log: #Fields has no dst-port");
    CHECK(refusal("#Time Format: Mars\r\n" + head.substr(head.find("#Fields")) + drop) ==
          "C:\\x.log: the time format 'Mars' is not known");
}

TEST_CASE("a log that is cut off at any byte is read or refused, and never more than whole lines") {
    const std::string log = head + drop + drop;
    for (std::size_t size = 0; size <= log.size(); ++size) {
        const auto read = parse_firewall_log(whole(log.substr(0, size)), "x");
        INFO(size);
        CHECK((read.has_error() || read->drops.size() <= 2));
        for (const std::size_t at : {std::size_t{0}, size / 2})
            CHECK_NOTHROW(
                parse_firewall_log({5'000'000, log.substr(0, at), log.substr(at, size - at)}, "x").has_error());
    }
}
