// Which connections of RDP clients does a filter fit, and which filter comes to decide?
#include "probes/interference_filters.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::interference;

namespace {

const std::string protocol = "{3971ef2b-623e-4f9a-8cb1-6e79b806b9a7}"; // compares without case
const std::string local_port = "{0C1BA1AF-5765-453F-AF22-A8F791AC775B}";
const std::string remote_address = "{B235AE9A-1D64-49B8-A44C-5FF3D9095045}";
const std::string app_id = "{D78E1E87-8644-4EA5-9437-D809ECEFC971}";
const std::string flags = "{632CE23B-5167-435C-86D7-E903684AA80C}";

FilterCondition number(const std::string& field, std::uint32_t match, std::uint64_t low, std::uint64_t high = 0) {
    return {field, match, true, low, high == 0 ? low : high, ""};
}

FilterCondition program(std::uint32_t match, const std::string& path) { return {app_id, match, false, 0, 0, path}; }

Filter filter(std::uint64_t weight, FilterAction action, std::vector<FilterCondition> conditions = {}) {
    return {weight, "of weight " + std::to_string(weight), "{1}", false, "{2}", weight, action, std::move(conditions)};
}

Reach reach(std::vector<FilterCondition> conditions) {
    return reach_of(filter(1, FilterAction::block, std::move(conditions)), 3389);
}

// "7 all", "8 some": by weight.
std::vector<std::string> blocks(const std::vector<Filter>& filters) {
    std::vector<std::string> result;
    for (const Block& block : blocks_of(filters, 3389))
        result.push_back(std::to_string(block.filter.weight) + (block.reach == Reach::all ? " all" : " some"));
    return result;
}

using Lines = std::vector<std::string>;
constexpr auto block = FilterAction::block, permit = FilterAction::permit, callout = FilterAction::callout;

} // namespace

TEST_CASE("a filter without conditions fits every connection") { CHECK(reach({}) == Reach::all); }

TEST_CASE("a filter for the port, the protocol or the program of RDP fits every connection of it") {
    CHECK(reach({number(local_port, 0, 3389)}) == Reach::all);
    CHECK(reach({number(local_port, 5, 3000, 4000)}) == Reach::all);
    CHECK(reach({number(local_port, 5, 3389, 3389)}) == Reach::all);
    CHECK(reach({number(local_port, 1, 1024)}) == Reach::all);
    CHECK(reach({number(local_port, 2, 3390)}) == Reach::all);
    CHECK(reach({number(local_port, 3, 3389)}) == Reach::all);
    CHECK(reach({number(local_port, 4, 3389)}) == Reach::all);
    CHECK(reach({number(local_port, 10, 445)}) == Reach::all);
    CHECK(reach({number(protocol, 0, 6), number(local_port, 0, 3389)}) == Reach::all);
    CHECK(reach({program(0, R"(\device\harddiskvolume2\windows\system32\SVCHOST.EXE)")}) == Reach::all);
    CHECK(reach({program(10, R"(\device\harddiskvolume2\game.exe)")}) == Reach::all);
}

TEST_CASE("a filter for another port, protocol or program fits none") {
    CHECK(reach({number(local_port, 0, 445)}) == Reach::none);
    CHECK(reach({number(local_port, 5, 3390, 4000)}) == Reach::none);
    CHECK(reach({number(local_port, 1, 3389)}) == Reach::none);
    CHECK(reach({number(local_port, 2, 3389)}) == Reach::none);
    CHECK(reach({number(local_port, 10, 3389)}) == Reach::none);
    CHECK(reach({number(protocol, 0, 17)}) == Reach::none);
    CHECK(reach({number(protocol, 0, 17), number(local_port, 0, 3389)}) == Reach::none);
    CHECK(reach({program(0, R"(\device\harddiskvolume2\game.exe)")}) == Reach::none);
    CHECK(reach({program(10, R"(\device\harddiskvolume2\windows\system32\svchost.exe)")}) == Reach::none);
}

TEST_CASE("a filter for the host's own connections, or for those that were let in before, fits none of a client") {
    CHECK(reach({number(flags, 6, 1)}) == Reach::none);
    CHECK(reach({number(flags, 7, 5)}) == Reach::none);
    CHECK(reach({number(flags, 8, 1)}) == Reach::all); // all but the host's own
    CHECK(reach({number(flags, 8, 0x100)}) == Reach::some);
    CHECK(reach({number(flags, 6, 2)}) == Reach::some); // secured by IPsec
}

TEST_CASE("conditions about one field are alternatives, and those about different fields must all fit") {
    CHECK(reach({number(local_port, 0, 445), number(local_port, 0, 3389)}) == Reach::all);
    CHECK(reach({number(local_port, 0, 445), number(local_port, 0, 139)}) == Reach::none);
    CHECK(reach({number(local_port, 0, 3389), number(remote_address, 0, 5)}) == Reach::some);
    CHECK(reach({number(local_port, 0, 445), number(remote_address, 0, 5)}) == Reach::none);
}

TEST_CASE("a condition that is not looked at fits some") {
    CHECK(reach({number(remote_address, 0, 5)}) == Reach::some);
    CHECK(reach({{"{FUTURE}", 99, false, 0, 0, ""}}) == Reach::some);
    CHECK(reach({{local_port, 0, false, 0, 0, ""}}) == Reach::some);
    CHECK(reach({number(local_port, 99, 3389)}) == Reach::some);
    CHECK(reach({program(11, R"(\device\)")}) == Reach::some);
    CHECK(reach({program(0, "")}) == Reach::some);
}

TEST_CASE("a filter that blocks the port decides, and one that does not concern it is left out") {
    CHECK(blocks({filter(7, block)}) == Lines{"7 all"});
    CHECK(blocks({filter(7, block, {number(local_port, 0, 445)})}).empty());
    CHECK(blocks({filter(7, permit), filter(8, callout), filter(9, FilterAction::unknown)}).empty());
    CHECK(blocks({filter(7, block, {number(remote_address, 0, 5)}), filter(8, block)}) == Lines{"7 some", "8 all"});
}

TEST_CASE("a permit of more weight in the same sublayer stands before a block") {
    const Filter rdp = filter(8, permit, {number(local_port, 0, 3389)});
    CHECK(blocks({filter(7, block), rdp}).empty());
    CHECK(blocks({rdp, filter(7, block)}).empty());
    CHECK(blocks({filter(7, block), filter(8, permit, {number(local_port, 0, 445)})}) == Lines{"7 all"});
    CHECK(blocks({filter(9, block), rdp}) == Lines{"9 all"}); // less weight
    CHECK(blocks({filter(8, block), rdp}) == Lines{"8 all"}); // no more weight

    Filter other = rdp;
    other.sublayer = "{3}";
    CHECK(blocks({filter(7, block), other}) == Lines{"7 all"});
    other = rdp;
    other.ipv6 = true;
    CHECK(blocks({filter(7, block), other}) == Lines{"7 all"});
}

TEST_CASE("a permit for some, and a driver that may decide otherwise, leave a block for some") {
    CHECK(blocks({filter(7, block), filter(8, permit, {number(remote_address, 0, 5)})}) == Lines{"7 some"});
    CHECK(blocks({filter(7, block), filter(8, callout)}) == Lines{"7 some"});
    CHECK(blocks({filter(7, block), filter(8, callout), filter(9, permit)}).empty());
}

TEST_CASE("a provider and a name of Windows are known, those of others are not") {
    CHECK(is_of_windows({"{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}", "x", ""}));
    CHECK(is_of_windows({"{1}", "@FirewallAPI.dll,-1", ""}));
    CHECK(is_of_windows({"{1}", "", ""}));
    CHECK_FALSE(is_of_windows({"{1}", "Example NetGuard", "MpsSvc"}));
    CHECK_FALSE(is_name_of_windows(""));
}
