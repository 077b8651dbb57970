// Are providers and filters of the Windows Filtering Platform listed, or is it said that nobody told?
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using nlohmann::json;

namespace {

constexpr const char* layer_v4 = "{E1CD9FE7-F4B5-4273-96C0-592E487B8650}";
constexpr const char* layer_v6 = "{A3B42C97-9F04-4672-B87E-CEE9C483257F}";
constexpr const char* other_layer = "{C38D57D1-05A7-4C33-904F-7FBCEEE60E82}"; // ALE_AUTH_CONNECT_V4
constexpr const char* guard = "{6B2FA1C4-0000-4000-8000-000000000001}";
constexpr const char* quiet = "{6B2FA1C4-0000-4000-8000-000000000002}";
constexpr const char* sublayer = "{7C3FB2D5-0000-4000-8000-000000000002}";
constexpr const char* local_port = "{0C1BA1AF-5765-453F-AF22-A8F791AC775B}";
constexpr const char* protocol = "{3971EF2B-623E-4F9A-8CB1-6E79B806B9A7}";
constexpr const char* program = "{D78E1E87-8644-4EA5-9437-D809ECEFC971}";
constexpr const char* remote_address = "{B235AE9A-1D64-49B8-A44C-5FF3D9095045}";

// Runs one hidden test of this program with the stand-in; its assertions are this test's.
void run_with_filters(const json& file, const std::wstring& hidden_test) {
    if (!runs_under_wine()) {
        WARN("not under Wine: the real filter engine cannot be replaced by a stand-in");
        return;
    }
    const SystemStandin standin(L"fwpuclnt");
    const TemporaryFolder folder;
    const auto path = folder.path() / "filters.json";
    std::ofstream(path) << file.dump();
    const ScopedVariable name(L"RDPMEDIC_STANDIN_FILTERS", path.c_str());
    run_hidden_test(hidden_test);
}

json filter(int id, const char* layer, const char* action, const char* provider,
            const json& conditions = json::array()) {
    json row{{"id", id},
             {"name", "filter of a test"},
             {"layer", layer},
             {"weight", id * 100},
             {"sublayer", sublayer},
             {"action", action},
             {"conditions", conditions}};
    if (provider)
        row["provider"] = provider;
    return row;
}

std::vector<std::uint64_t> ids_of(const Result<std::vector<Filter>>& filters) {
    std::vector<std::uint64_t> ids;
    for (const Filter& one : filters.value())
        ids.push_back(one.id);
    return ids;
}

} // namespace

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

TEST_CASE("filters are an answer or a reason, and an id that is none is refused") {
    const auto host = make_windows_host();
    const auto filters = host->filters(no_filter_provider);
    if (runs_under_wine()) {
        REQUIRE(filters.has_error());
        CHECK(filters.error().code == Errc::unsupported);
        CHECK(filters.error().where == "FwpmEngineOpen0(this machine)");
    } else {
        CHECK(filters.has_value());
    }
    CHECK(host->filters("Example NetGuard").has_error());
}

TEST_CASE("providers and filters are read through fwpuclnt, page by page") {
    json file{{"providers", json::array()}, {"filters", json::array()}};
    for (int i = 0; i < 64; ++i) // a page that is just full
        file["providers"].push_back({{"id", guard}, {"name", "Example NetGuard"}, {"service", "ExampleNetGuard"}});
    const json conditions{{{"field", protocol}, {"match", 0}, {"uint8", 6}},
                          {{"field", local_port}, {"match", 5}, {"from", 3389}, {"to", 3400}},
                          {{"field", program}, {"match", 0}, {"program", "\\device\\x\\s\xC3\xB6.exe"}},
                          {{"field", remote_address}, {"match", 10}, {"uint64", 5}},
                          {{"field", remote_address}, {"match", 0}}};
    file["filters"].push_back(filter(1, layer_v4, "permit", guard));
    file["filters"].push_back(filter(2, layer_v4, "block", guard, conditions));
    file["filters"].push_back(filter(3, layer_v4, "callout", guard));
    file["filters"].push_back(filter(4, layer_v4, "continue", guard));
    file["filters"].push_back(filter(5, layer_v4, "block", nullptr));
    file["filters"].push_back(filter(6, layer_v6, "permit", guard)); // none of IPv6 blocks: not asked further
    file["filters"].push_back(filter(7, other_layer, "block", guard));
    file["filters"].push_back(filter(8, layer_v4, "callout", quiet));
    for (int i = 0; i < 130; ++i)
        file["filters"].push_back(filter(100 + i, layer_v6, "block", nullptr));
    run_with_filters(file, L"[filters-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in, providers and filters are as in its file",
          "[.][filters-of-the-stand-in]") {
    const auto host = make_windows_host();
    const auto providers = host->filter_providers();
    REQUIRE(providers.has_value());
    REQUIRE(providers->size() == 64);
    CHECK(providers->back().id == guard);
    CHECK(providers->back().name == "Example NetGuard");
    CHECK(providers->back().service == "ExampleNetGuard");

    const auto filters = host->filters(guard);
    REQUIRE(ids_of(filters) == std::vector<std::uint64_t>{1, 2, 3, 4});
    CHECK(filters->at(0).action == FilterAction::permit);
    CHECK(filters->at(2).action == FilterAction::callout);
    CHECK(filters->at(3).action == FilterAction::unknown);
    const Filter& block = filters->at(1);
    CHECK(block.action == FilterAction::block);
    CHECK(block.name == "filter of a test");
    CHECK(block.provider == guard);
    CHECK(block.sublayer == sublayer);
    CHECK(block.weight == 200);
    CHECK_FALSE(block.ipv6);
    REQUIRE(block.conditions.size() == 5);
    const auto tells = [&](std::size_t at, const char* field, std::uint32_t match) {
        return block.conditions[at].field == field && block.conditions[at].match == match;
    };
    CHECK(tells(0, protocol, 0));
    CHECK((block.conditions[0].numeric && block.conditions[0].low == 6 && block.conditions[0].high == 6));
    CHECK(tells(1, local_port, 5));
    CHECK((block.conditions[1].low == 3389 && block.conditions[1].high == 3400));
    CHECK(tells(2, program, 0));
    CHECK_FALSE(block.conditions[2].numeric);
    CHECK(block.conditions[2].text == "\\device\\x\\s\xC3\xB6.exe");
    CHECK(tells(3, remote_address, 10));
    CHECK((block.conditions[3].numeric && block.conditions[3].low == 5));
    CHECK(tells(4, remote_address, 0));
    CHECK_FALSE(block.conditions[4].numeric);
    CHECK(block.conditions[4].text.empty());

    CHECK(host->filters(quiet).value().empty());
    const auto nobodys = host->filters(no_filter_provider);
    REQUIRE(ids_of(nobodys).size() == 131);
    CHECK(nobodys->front().id == 5);
    CHECK(nobodys->front().provider.empty());
    CHECK(nobodys->back().id == 229);
    CHECK(nobodys->back().ipv6);
}

TEST_CASE(
    "a filter that cannot be told whole is a reason, and neither the lightest of all nor one that concerns everybody") {
    json weightless = filter(2, layer_v4, "block", guard);
    weightless.erase("weight");
    json many = json::array();
    for (int i = 0; i < 257; ++i)
        many.push_back({{"field", local_port}, {"match", 0}, {"uint8", 6}});
    run_with_filters({{"providers", json::array()},
                      {"filters", json::array({weightless, filter(3, layer_v4, "block", quiet, many)})}},
                     L"[odd-filters-of-the-stand-in]");
}

TEST_CASE("in a program that loads the stand-in with odd filters, they are malformed",
          "[.][odd-filters-of-the-stand-in]") {
    const auto host = make_windows_host();
    CHECK(describe(host->filters(guard).error()) == "malformed answer: FwpmFilterEnum0, whose filter 2 has no weight");
    CHECK(describe(host->filters(quiet).error()) ==
          "malformed answer: FwpmFilterEnum0, whose filter 3 has more than 256 conditions");
}

TEST_CASE("a call of the filter engine that fails is an error with its name, and not an empty list") {
    const json provider{{"id", guard}, {"name", "Example NetGuard"}};
    run_with_filters({{"providers", json::array({provider})},
                      {"filters", json::array({filter(2, layer_v4, "block", guard)})},
                      {"refuse", {{"FwpmProviderEnum0", 5}, {"FwpmFilterCreateEnumHandle0", 5}}}},
                     L"[refusing-filters-of-the-stand-in]");
}

TEST_CASE("in a program that loads the refusing stand-in, errors come out", "[.][refusing-filters-of-the-stand-in]") {
    const auto host = make_windows_host();
    const auto providers = host->filter_providers();
    REQUIRE(providers.has_error());
    CHECK(providers.error() == Error{Errc::access_denied, 5, "FwpmProviderEnum0(all)"});
    const auto filters = host->filters(guard);
    REQUIRE(filters.has_error());
    CHECK(filters.error() == Error{Errc::access_denied, 5, "FwpmFilterCreateEnumHandle0(all)"});
}
