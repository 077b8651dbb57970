// Test fixture: puts Remote Desktop's certificate into a state that a test starts from.
//
// usage: standin_prepare.exe expired | fresh | none | key-file
//   expired   a certificate that ran out two days ago, with its key, instead of whatever the store holds
//   fresh     the same, valid for six months
//   none      empties the store
//   key-file  prints the path of the key file
#include "tests/standins/rdp_certificate.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

using namespace rdpmedic::standin;

namespace {

int prepare(std::wstring_view state) {
    using std::chrono::days;
    Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (state == L"key-file") {
        std::printf("%ls\n", key_file().c_str());
        return 0;
    }
    if (state != L"expired" && state != L"fresh" && state != L"none") {
        std::fprintf(stderr, "usage: standin_prepare.exe expired | fresh | none | key-file\n");
        return 2;
    }
    remove(false, now);
    if (state == L"expired")
        create(now - days(185), now - days(2));
    if (state == L"fresh")
        create(now - days(1), now + days(182));
    std::printf("the store Remote Desktop holds %zu certificate(s): %ls\n", count(), state.data());
    return 0;
}

} // namespace

int wmain(int argument_count, wchar_t** arguments) {
    try {
        return prepare(argument_count > 1 ? arguments[1] : L"");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "standin_prepare: %s\n", error.what());
        return 1;
    }
}
