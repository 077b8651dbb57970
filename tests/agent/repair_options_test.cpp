// Are the options of a caller refused before they reach a plan, and by which word?
#include "agent/repair/options.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

const std::vector<OptionSpec> specs{{"force", OptionSpec::Kind::flag, ""},
                                    {"session", OptionSpec::Kind::number, "", {}, 1, 65535},
                                    {"udp", OptionSpec::Kind::choice, "", {"on", "off"}},
                                    {"message", OptionSpec::Kind::text, "", {}, 0, 0, 10}};

} // namespace

TEST_CASE("options of the right kind pass and are read back") {
    const Options options{{"force", "true"}, {"session", "3"}, {"udp", "off"}, {"message", "T\xc3\xbcr zu"}};
    CHECK(problem_of(options, specs).empty());
    CHECK(problem_of({}, specs).empty());
    CHECK(flag_of(options, "force"));
    CHECK_FALSE(flag_of({{"force", "false"}}, "force"));
    CHECK(number_of(options, "session") == 3);
    CHECK(text_of(options, "udp") == "off");
    CHECK_FALSE(number_of({}, "session").has_value());
}

TEST_CASE("an option that is not right is refused by its name") {
    const auto wrong =
        GENERATE(Options{{"forced", "true"}}, Options{{"force", "yes"}}, Options{{"force", ""}},
                 Options{{"session", "0"}}, Options{{"session", "65536"}}, Options{{"session", "3x"}},
                 Options{{"session", "99999999999999999999"}}, Options{{"udp", "OFF"}}, Options{{"message", ""}},
                 Options{{"message", "more than 10"}}, Options{{"message", "a\nb"}}, Options{{"message", "\xff"}},
                 Options{{"message", "\xc3"}}, Options{{"message", "\xc0\xaf"}});
    INFO(wrong.begin()->first << "=" << wrong.begin()->second);
    CHECK(problem_of(wrong, specs).find(wrong.begin()->first) != std::string::npos);
}
