// Is a hosts file read as Windows reads it, whatever is in it?
#include "probes/formats/hosts_file.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

std::vector<std::string> lines(std::string_view text) {
    std::vector<std::string> result;
    for (const HostsEntry& entry : parse_hosts_file(text))
        result.push_back(std::to_string(entry.line) + " " + entry.address_text + " " + entry.name);
    return result;
}

// What Windows ships, in its own line ends.
const std::string shipped = "# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\r\n"
                            "# localhost name resolution is handled within DNS itself.\r\n"
                            "#\t127.0.0.1       localhost\r\n#\t::1             localhost\r\n";

} // namespace

TEST_CASE("the hosts file that Windows ships has no entries") { CHECK(lines(shipped).empty()); }

TEST_CASE("each name of each line is an entry") {
    const auto [text, expected] = GENERATE(table<std::string, std::vector<std::string>>({
        {"", {}},
        {"\n\n", {}},
        {"192.0.2.1 a", {"1 192.0.2.1 a"}},
        {"\xEF\xBB\xBF"
         "192.0.2.1 a\r\n",
         {"1 192.0.2.1 a"}},
        {"\r\n \t192.0.2.1\t\tDC01.Example.local.  dc01 # comment 192.0.2.9 x\r\n::1 b",
         {"2 192.0.2.1 dc01.example.local", "2 192.0.2.1 dc01", "3 ::1 b"}},
        {"192.0.2.1#a\n192.0.2.2 a#b", {"2 192.0.2.2 a"}},
        {"192.0.2.1\n192.0.2.2 ", {}},
        {"host 192.0.2.1\n192.0.2.300 a\n1.2.3 b", {}},
        {"0.0.0.0 ads.example", {"1 0.0.0.0 ads.example"}},
    }));
    CAPTURE(text);
    CHECK(lines(text) == expected);
}

TEST_CASE("any bytes are read to the end") {
    std::string text = shipped + "192.0.2.1 a b # c\r\n2001:db8::1 \xFF\xFE" + std::string(1, '\0') + "x\n";
    for (std::size_t size = 0; size <= text.size(); ++size)
        parse_hosts_file(std::string_view(text).substr(0, size));
    std::uint32_t state = 1;
    for (int round = 0; round < 2000; ++round) {
        std::string noise = text;
        for (int change = 0; change < 8; ++change) {
            state = state * 1664525U + 1013904223U;
            noise[(state >> 8U) % noise.size()] = static_cast<char>(state >> 24U);
        }
        for (const HostsEntry& entry : parse_hosts_file(noise))
            CHECK(entry.line > 0);
    }
    CHECK(parse_hosts_file(std::string(1'000'000, ' ')).empty());
    CHECK(parse_hosts_file("192.0.2.1" + std::string(100'000, '\t') + "a").size() == 1);
}
