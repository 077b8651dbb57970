// Are the providers of the Windows Filtering Platform listed, or is it said that nobody told?
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("the filter providers are listed with the Windows Firewall among them") {
    const auto providers = make_windows_host()->filter_providers();
    if (runs_under_wine()) {
        REQUIRE(providers.has_error());
        CHECK(providers.error().code == Errc::unsupported);
        CHECK(providers.error().where == "FwpmEngineOpen0(this machine)");
        return;
    }
    REQUIRE(providers.has_value());
    CHECK(std::any_of(providers->begin(), providers->end(), [](const FilterProvider& provider) {
        return provider.id == "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}";
    }));
}

TEST_CASE("products of Security Center are an answer or a reason, never an empty guess") {
    const auto products = make_windows_host()->security_products();
    if (runs_under_wine()) {
        REQUIRE(products.has_error());
        return;
    }
    // Client editions list at least Defender; a server has no such namespace.
    CHECK((products.has_error() ? products.error().code == Errc::not_found : !products->empty()));
}
