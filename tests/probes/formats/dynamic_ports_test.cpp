// Is the range of dynamic ports read from netsh in any language?
#include "probes/formats/dynamic_ports.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

const std::string english = "\r\nProtocol tcp Dynamic Port Range\r\n---------------------------------\r\n"
                            "Start Port      : 49152\r\nNumber of Ports : 16384\r\n\r\n";

} // namespace

TEST_CASE("the range is read from two numbers below the dashes, whatever the words are") {
    CHECK(parse_dynamic_ports(english).value() == PortRange{49152, 65535});
    CHECK(parse_dynamic_ports("\r\nDynamischer Portbereich f\x81r Protokoll \"tcp\" 4\r\n-------------\r\n"
                              "Startport      : 1025 \r\nAnzahl von Ports : 255\r\n")
              .value() == PortRange{1025, 1279});
    CHECK(parse_dynamic_ports("-----\n\x83|\x81[\x83g \x81\x46 10000\n\x90\x94 \x81\x46 55536").value() ==
          PortRange{10000, 65535});
}

TEST_CASE("what is no range of ports is said to be none") {
    const auto [text, code] = GENERATE(table<std::string, Errc>({
        {"", Errc::unsupported},
        {"netsh: command not known\r\n", Errc::unsupported},
        {"Start Port : 49152\r\nNumber of Ports : 16384\r\n", Errc::unsupported},
        {"----\nStart Port : 49152\n", Errc::malformed},
        {"----\na 1\nb 2\nc 3\n", Errc::malformed},
        {"----\na 0\nb 255\n", Errc::malformed},
        {"----\na 49152\nb 0\n", Errc::malformed},
        {"----\na 49152\nb 16385\n", Errc::malformed},
        {"----\na 70000\nb 1\n", Errc::malformed},
        {"----\na 49152\nb 99999999999\n", Errc::malformed},
        {"----\na 49152\nb 4294967295\n", Errc::malformed},
    }));
    CAPTURE(text);
    REQUIRE(parse_dynamic_ports(text).has_error());
    CHECK(parse_dynamic_ports(text).error().code == code);
}

TEST_CASE("the text of netsh cut anywhere gives no wrong range") {
    for (std::size_t size = 0; size < english.size(); ++size)
        if (const auto range = parse_dynamic_ports(std::string_view(english).substr(0, size)))
            CHECK(range->first == 49152); // a number of ports that is cut is smaller, which asks sooner
}
