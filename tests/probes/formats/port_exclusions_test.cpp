// Are excluded ports read in every language that netsh speaks?
#include "probes/formats/port_exclusions.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

using Ranges = std::vector<PortRange>;

const std::string ruler = "----------    --------\n";

TEST_CASE("the ranges are read whatever the words around them") {
    const char* words[][3] = {
        {"Protocol tcp Port Exclusion Ranges", "Start Port    End Port", "* - Administered port exclusions."},
        {"Protokoll tcp Portausschlussbereiche", "Startport     Endport", "* - Verwaltete Portausschl\xFCsse."},
        {"\xE5\x8D\x8F\xE8\xAE\xAE tcp", "\xE5\xBC\x80\xE5\xA7\x8B\xE7\xAB\xAF\xE5\x8F\xA3", "* - 3"}};
    for (const auto& [title, heading, note] : words) {
        const std::string output = std::string("\r\n") + title + "\r\n\r\n" + heading +
                                   "\r\n----------    --------      \r\n"
                                   "      5357        5357      \r\n"
                                   "     50000       50059     *\r\n"
                                   "\r\n" +
                                   note + "\r\n\r\n";
        CHECK(parse_excluded_ports(output).value() == Ranges{{5357, 5357}, {50000, 50059}});
    }
}

TEST_CASE("what is no range of ports is left out") {
    for (const char* line : {"", "*", "80", "80 ", "80 x", "80 79", "80 65536", "65536 65537", "-1 5", "80-90",
                             "80 90 100", "80 90 x", "x 80 90", "0x50 90", "99999999999999999999 1", "1. 2"}) {
        INFO(line);
        CHECK(parse_excluded_ports(ruler + line).value().empty());
    }
    CHECK(parse_excluded_ports(ruler + "80 90").value() == Ranges{{80, 90}});
    CHECK(parse_excluded_ports(ruler + "\t80\t90\t*").value() == Ranges{{80, 90}});
    CHECK(parse_excluded_ports(ruler + "0 65535\n1 2").value() == Ranges{{0, 65535}, {1, 2}});
}

TEST_CASE("an answer cut off at every byte gives no range that is not there") {
    const std::string whole = " 5357 5357 *\r\n 50000 50059 \r\n";
    for (std::size_t size = 0; size <= whole.size(); ++size)
        for (const PortRange& range : parse_excluded_ports(ruler + whole.substr(0, size)).value())
            CHECK((range.first == 5357 || range.first == 50000));
}

TEST_CASE("an answer without a table is none, not an empty one") {
    for (const char* output : {"", "The following command was not found: int ipv4 show.\r\n", "80 90\r\n", "--- x\r\n"})
        CHECK(parse_excluded_ports(output).error().code == Errc::malformed);
    CHECK(parse_excluded_ports("80 90\n" + ruler + "1 2\n").value() == Ranges{{1, 2}});
}
