// Does text survive the way to Windows and back?
#include "probes/windows/text.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic::windows;

TEST_CASE("UTF-8 and UTF-16 say the same text") {
    const auto [utf8, wide] = GENERATE(table<std::string, std::wstring>({
        {"", L""},
        {"TermService", L"TermService"},
        {"Gr\xC3\xB6\xC3\x9F"
         "e",
         L"Gr\x00F6\x00DF"
         L"e"},
        {"\xE6\x97\xA5\xE6\x9C\xAC", L"\x65E5\x672C"},
        {"\xF0\x9F\x98\x80", L"\xD83D\xDE00"},
    }));
    CHECK(to_wide(utf8) == wide);
    CHECK(to_utf8(wide) == utf8);
}

TEST_CASE("text that is not valid comes out with replacement characters, never as an error") {
    CHECK(to_utf8(L"a\xD83D") == "a\xEF\xBF\xBD");
    CHECK(to_utf8(L"\xDE00z") == "\xEF\xBF\xBDz");
    CHECK(to_wide("a\xFF"
                  "b") == L"a\xFFFD"
                          L"b");
}

TEST_CASE("text ends at its first NUL, as Windows reads it") {
    CHECK(before_nul(std::wstring_view(L"ab\0cd", 5)) == L"ab");
    CHECK(before_nul(L"ab") == L"ab");
    CHECK(before_nul(std::wstring_view(L"\0", 1)).empty());
}
