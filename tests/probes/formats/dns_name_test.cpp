// Are names and addresses read as the DNS writes them?
#include "probes/formats/dns_name.hpp"
#include "probes/formats/ip_address.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("names compare without case and without the root's dot") {
    CHECK(plain_name("HOST.Example.LOCAL.") == "host.example.local");
    CHECK(plain_name("host") == "host");
    CHECK(plain_name("") == "");
    CHECK(plain_name(".") == "");
    CHECK(is_below("dc01.Example.local.", "example.LOCAL"));
    CHECK_FALSE(is_below("example.local", "example.local"));
    CHECK_FALSE(is_below("dc01.badexample.local", "example.local"));
    CHECK_FALSE(is_below("dc01.example.local", ""));
    CHECK_FALSE(is_below("", "example.local"));
}

TEST_CASE("the name that leads back from an address is written from its end") {
    const std::pair<const char*, const char*> rows[] = {
        {"192.0.2.10", "10.2.0.192.in-addr.arpa"},
        {"2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
        {"fe80::abcd%12", "d.c.b.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa"}};
    for (const auto& [address, name] : rows)
        CHECK(reverse_name(address).value() == name);
    for (const char* text : {"", "host", "192.0.2", "192.0.2.256", "192.0.2.10.1", "2001:db8", "%1", "1.2.3.4:80"})
        CHECK(reverse_name(text).error().code == Errc::malformed);
}

TEST_CASE("an address is the same however it is written") {
    CHECK(parse_ip_address("2001:DB8:0:0::1") == parse_ip_address("2001:db8::1"));
    CHECK(parse_ip_address("::ffff:192.0.2.1") == parse_ip_address("192.0.2.1"));
    CHECK(parse_ip_address("fe80::1%4") == parse_ip_address("fe80::1"));
    CHECK_FALSE(parse_ip_address(std::string("192.0.2.1\0x", 11)).has_value());
    for (const char* text : {"1.2.3", "0x7f.0.0.1", "010.1.1.1", "1.2.03.4", "1.2.3.", "1.2.3.00", "1.2.3.4.5"})
        CHECK_FALSE(parse_ip_address(text).has_value());
    CHECK(parse_ip_address("10.0.0.100").has_value());
    CHECK_FALSE(parse_ip_address(std::string(100'000, ':')).has_value());
}

TEST_CASE("addresses tell who can be reached by them") {
    struct Row {
        const char* address;
        bool unspecified, loopback, link_local, is_private;
    };
    const auto row =
        GENERATE(Row{"192.0.2.1", false, false, false, false}, Row{"0.0.0.0", true, false, false, false},
                 Row{"::", true, false, false, false}, Row{"127.8.9.1", false, true, false, false},
                 Row{"::1", false, true, false, false}, Row{"169.254.0.1", false, false, true, false},
                 Row{"169.253.0.1", false, false, false, false}, Row{"fe80::1", false, false, true, false},
                 Row{"febf::1", false, false, true, false}, Row{"fec0::1", false, false, false, false},
                 Row{"10.1.2.3", false, false, false, true}, Row{"172.16.0.1", false, false, false, true},
                 Row{"172.31.0.1", false, false, false, true}, Row{"172.32.0.1", false, false, false, false},
                 Row{"192.168.1.1", false, false, false, true}, Row{"100.64.0.1", false, false, false, true},
                 Row{"100.128.0.1", false, false, false, false}, Row{"fd00::1", false, false, false, true},
                 Row{"2001:db8::1", false, false, false, false});
    CAPTURE(row.address);
    const IpAddress address = parse_ip_address(row.address).value();
    CHECK(address.is_unspecified() == row.unspecified);
    CHECK(address.is_loopback() == row.loopback);
    CHECK(address.is_link_local() == row.link_local);
    CHECK(address.is_private() == row.is_private);
}

TEST_CASE("a text that is no address is not one of loopback, whatever it begins with") {
    for (const char* text : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"})
        CHECK(is_loopback(text));
    for (const char* text : {"", "127.", "127.example", "127.0.0.1:3389", "10.0.0.1", "::", "::2", "::ffff:10.0.0.1"})
        CHECK_FALSE(is_loopback(text));
}
