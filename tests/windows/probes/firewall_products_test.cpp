// Are the firewalls that are registered with Windows read through COM, with what they have taken over?
#include "probes/windows/reads.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* class_key = L"SOFTWARE\\Classes\\CLSID\\{CC19079B-8272-4D73-BB70-CDB533527B61}";

// Names the stand-in as the server of NetFwProducts, and whatever was named before at the end.
class ProductsStandin {
  public:
    ProductsStandin() {
        DWORD size = sizeof before_;
        existed_ = ::RegGetValueW(HKEY_LOCAL_MACHINE, server_key().c_str(), nullptr,
                                  RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, nullptr, before_,
                                  &size) == ERROR_SUCCESS;
        set(standins_folder() / "firewall.dll");
    }
    ~ProductsStandin() {
        if (existed_)
            set(before_);
        else
            ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, class_key);
    }
    ProductsStandin(const ProductsStandin&) = delete;
    ProductsStandin& operator=(const ProductsStandin&) = delete;

  private:
    static std::wstring server_key() { return std::wstring(class_key) + L"\\InprocServer32"; }
    static void set(const std::wstring& server) {
        CHECK(::RegSetKeyValueW(HKEY_LOCAL_MACHINE, server_key().c_str(), nullptr, REG_SZ, server.c_str(),
                                static_cast<DWORD>((server.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
    }
    wchar_t before_[MAX_PATH] = {};
    bool existed_ = false;
};

// "Example Firewall (C:\x.exe) 1 2; ..." or the reason.
std::string text_of(const Result<std::vector<FirewallProduct>>& products) {
    if (!products)
        return describe(products.error());
    std::string text;
    for (const FirewallProduct& product : *products) {
        text += (text.empty() ? "" : "; ") + product.name + " (" + product.path + ")";
        if (!product.categories)
            text += " " + describe(product.categories.error());
        else
            for (const std::uint32_t category : *product.categories)
                text += " " + std::to_string(category);
    }
    return text;
}

} // namespace

TEST_CASE("registered firewalls are an answer or a reason, never an empty guess") {
    const auto products = make_windows_host()->firewall_products();
    if (!runs_under_wine()) {
        CHECK(products.has_value()); // the class is there from Windows 7 on
        return;
    }
    REQUIRE(products.has_error()); // registered there, and not made
    CHECK(products.error().code == Errc::unsupported);
}

TEST_CASE("registered firewalls are read through the COM class, whatever it answers") {
    if (!runs_under_wine()) {
        WARN("not under Wine: the firewall's COM class is not replaced on a real host");
        return;
    }
    const ProductsStandin standin;
    const auto [answer, expected] = GENERATE(table<const wchar_t*, std::string>({
        {L"none", ""},
        {L"Example Firewall=1,2", R"(Example Firewall (C:\Example Firewall.exe) 1 2)"},
        {L"A=2;B=;C=0,3", R"(A (C:\A.exe) 2; B (C:\B.exe); C (C:\C.exe) 0 3)"},
        {L"A=!;B=2", R"(A (C:\A.exe) failed (0x80004005) at INetFwProduct::get_RuleCategories(a registered product); )"
                     R"(B (C:\B.exe) 2)"},
        {L"A=2,x", R"(A (C:\A.exe) malformed answer (8) at INetFwProduct::get_RuleCategories, an element that is no )"
                   "number"},
        {L"0x80070005", "access denied (0x80070005) at INetFwProducts::get_Count(this machine)"},
    }));
    const ScopedVariable variable(L"RDPMEDIC_STANDIN_FIREWALLS", answer);
    CHECK(text_of(windows::firewall_products()) == expected);
}
