// Is a list of hosts read as people write it, and refused with file and line where it is none?
#include "probes/network/host_list.hpp"

#include "probes/network/handshake_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::handshake;
using namespace std::string_literals;

namespace {

std::string read(const std::string& text) {
    const Result<std::vector<Endpoint>> hosts = parse_host_list(text, "hosts.txt");
    if (!hosts)
        return hosts.error().where;
    std::string all;
    for (const Endpoint& host : *hosts)
        all += (all.empty() ? "" : " ") + text_of(host);
    return all;
}

std::string utf16(const std::string& ascii) {
    std::string text = "\xFF\xFE";
    for (const char c : ascii)
        text += {c, '\0'};
    return text;
}

} // namespace

TEST_CASE("a list of hosts is read in order, with comments, blank lines and every form of an endpoint") {
    const auto [text, hosts] = GENERATE(table<std::string, std::string>({
        {"host01", "host01:3389"},
        {"host01\n", "host01:3389"},
        {"host02:3390\nhost01\n", "host02:3390 host01:3389"},
        {"# all of them\n\n  host01 # in the cellar\n\t10.0.0.1:3390\t\n#host02\n", "host01:3389 10.0.0.1:3390"},
        {"[2001:db8::1]:3390\n[::1]\n::1\nfe80::1\n", "[2001:db8::1]:3390 [::1]:3389 [fe80::1]:3389"},
        {"host01\r\n\r\nhost02\r\n", "host01:3389 host02:3389"},
        {"\xEF\xBB\xBFhost01\nhost02", "host01:3389 host02:3389"},
        {utf16("host01\r\nhost02:1\r\n"), "host01:3389 host02:1"},
    }));
    CHECK(read(text) == hosts);
}

TEST_CASE("a host that is named twice is kept once, where it stands first") {
    CHECK(read("b\na\nB:3389\nb:3390\na:3389\n[::1]\n::1\n") == "b:3389 a:3389 b:3390 [::1]:3389");
}

TEST_CASE("a line that is no host is refused with file, line and reason, whatever stands before it") {
    const auto [text, reason] = GENERATE(table<std::string, std::string>({
        {"host01\n\n# c\nhost 02\n", "hosts.txt:4: 'host 02': no host name, expected HOST"},
        {"host01:0", "hosts.txt:1: 'host01:0': '0' is no port from 1 to 65535"},
        {"a\nb\nrdp://c", "hosts.txt:3: 'rdp://c': a URL"},
        {"a, b", "hosts.txt:1: 'a, b': no host name"},
        {"a\0b"s, "hosts.txt:1: 'a?b': no host name"},
        {"\x1B[2J", "hosts.txt:1: '?[2J': no host name"}, // nothing reaches the terminal that moves its cursor
        {"", "hosts.txt names no host"},
        {"# nothing\n\n", "hosts.txt names no host"},
        {"\xFF\xFE", "hosts.txt names no host"},
    }));
    CAPTURE(read(text));
    CHECK(read(text).starts_with(reason));
}

TEST_CASE("a line without an end is quoted in part") {
    const std::string answer = read(std::string(100000, 'x'));
    CHECK(answer.size() < 250);
    CHECK(answer.starts_with("hosts.txt:1: 'xxx"));
}
