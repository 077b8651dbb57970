// Are accounts, programs and paths of services told apart by what is sure?
#include "probes/termservice_words.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::termservice;

TEST_CASE("only accounts of Windows have no password") {
    for (const char* name : {"LocalSystem", R"(NT AUTHORITY\SYSTEM)", R"(NT AUTHORITY\Local Service)",
                             R"(nt authority\NETWORK SERVICE)", "S-1-5-19"})
        CHECK(has_no_password(name));
    for (const char* name : {"", R"(.\admin)", R"(EXAMPLE\svc$)", R"(NT SERVICE\TermService)", "S-1-5-21-1-2-3-500"})
        CHECK_FALSE(has_no_password(name));
}

TEST_CASE("an account is compared without case and blanks, and a foreign name is not guessed") {
    const auto [name, expected] = GENERATE(table<const char*, Account>({
        {R"(NT AUTHORITY\NetworkService)", Account::network_service},
        {R"(NT Authority\NetworkService)", Account::network_service},
        {R"(nt authority\network service)", Account::network_service},
        {"S-1-5-20", Account::network_service},
        {"LocalSystem", Account::other},
        {R"(NT AUTHORITY\LocalService)", Account::other},
        {R"(NT AUTHORITY\SYSTEM)", Account::other},
        {R"(NT SERVICE\TermService)", Account::other},
        {R"(.\administrator)", Account::other},
        {"user07@example.local", Account::other},
        {"S-1-5-18", Account::other},
        {R"(NT-AUTORITÄT\Netzwerkdienst)", Account::unknown},
        {R"(EXAMPLE\NetworkService)", Account::unknown},
        {"", Account::unknown},
    }));
    INFO(name);
    CHECK(account_of(name) == expected);
}

TEST_CASE("the program of a service is taken apart with and without quotes") {
    const auto [line, image, group] = GENERATE(table<const char*, const char*, const char*>({
        {R"(C:\Windows\System32\svchost.exe -k termsvcs)", R"(c:\windows\system32\svchost.exe)", "termsvcs"},
        {R"("C:\Windows\System32\svchost.exe"  -k   NetworkService -p)", R"(c:\windows\system32\svchost.exe)",
         "networkservice"},
        {"svchost.exe -k", "svchost.exe", ""},
        {"svchost.exe -p -s x", "svchost.exe", ""},
        {R"("C:\never closed)", R"(c:\never closed)", ""},
        {R"(")", "", ""},
        {"", "", ""},
    }));
    INFO(line);
    CHECK(parse_command_line(line).image == image);
    CHECK(parse_command_line(line).group == group);
}

TEST_CASE("a path below System32 is told only where the folder of Windows is known") {
    const Result<std::string> root = std::string(R"(D:\WINNT)"), none = Error{Errc::io, 0, ""};
    CHECK(is_system_file(R"(%systemroot%\SYSTEM32\a.dll)", "a.dll", none) == true);
    CHECK(is_system_file(R"(%windir%\system32\a.dll)", "a.dll", none) == true);
    CHECK(is_system_file(R"(d:\winnt\system32\A.DLL)", "a.dll", root) == true);
    CHECK(is_system_file(R"(C:\Windows\System32\a.dll)", "a.dll", root) == false);
    CHECK(is_system_file(R"(C:\Windows\System32\a.dll)", "a.dll", none) == std::nullopt);
    CHECK(is_system_file(R"(C:\Temp\a.dll)", "a.dll", none) == false);
    CHECK(is_system_file("", "a.dll", none) == false);
}
