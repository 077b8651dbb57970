// Which filters of the Windows Filtering Platform keep RDP clients out?
#include "probes/interference_filters.hpp"

#include "probes/formats/firewall_rule.hpp"
#include "probes/interference_products.hpp"
#include "probes/letter_case.hpp"

#include <algorithm>
#include <optional>

namespace rdpmedic::interference {
namespace {

// https://learn.microsoft.com/windows/win32/fwp/filtering-condition-identifiers- names them; their GUIDs are those of
// fwpmu.h of the Windows SDK.
constexpr std::string_view ip_protocol = "{3971EF2B-623E-4F9A-8CB1-6E79B806B9A7}";
constexpr std::string_view ip_local_port = "{0C1BA1AF-5765-453F-AF22-A8F791AC775B}";
constexpr std::string_view ale_app_id = "{D78E1E87-8644-4EA5-9437-D809ECEFC971}";
constexpr std::string_view flags = "{632CE23B-5167-435C-86D7-E903684AA80C}";

constexpr std::uint64_t tcp = 6;

// FWP_MATCH_TYPE: https://learn.microsoft.com/windows/win32/api/fwptypes/ne-fwptypes-fwp_match_type
enum Match : std::uint32_t {
    equal = 0,
    greater = 1,
    less = 2,
    greater_or_equal = 3,
    less_or_equal = 4,
    range = 5,
    all_set = 6,
    any_set = 7,
    none_set = 8,
    equal_without_case = 9,
    not_equal = 10,
};

// https://learn.microsoft.com/windows/win32/fwp/filtering-condition-flags-
constexpr std::uint64_t is_loopback = 0x1, is_ipsec_secured = 0x2, is_reauthorize = 0x4;

// Empty where it is no comparison of numbers.
std::optional<bool> compare(const FilterCondition& condition, std::uint64_t value) {
    if (!condition.numeric)
        return std::nullopt;
    switch (condition.match) {
    case equal:
        return value == condition.low;
    case greater:
        return value > condition.low;
    case less:
        return value < condition.low;
    case greater_or_equal:
        return value >= condition.low;
    case less_or_equal:
        return value <= condition.low;
    case range:
        return value >= condition.low && value <= condition.high;
    case not_equal:
        return value != condition.low;
    default:
        return std::nullopt;
    }
}

Reach reach_of(std::optional<bool> fits) {
    if (!fits)
        return Reach::some;
    return *fits ? Reach::all : Reach::none;
}

// A new connection of another machine has none of the three flags.
Reach reach_of_flags(const FilterCondition& condition) {
    constexpr std::uint64_t never = is_loopback | is_ipsec_secured | is_reauthorize;
    if (!condition.numeric)
        return Reach::some;
    if (condition.match == none_set && (condition.low & ~never) == 0)
        return Reach::all;
    if (condition.match == all_set && (condition.low & (is_loopback | is_reauthorize)) != 0)
        return Reach::none;
    if (condition.match == any_set && (condition.low & ~(is_loopback | is_reauthorize)) == 0)
        return Reach::none;
    return Reach::some;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && same_ignoring_case(text.substr(text.size() - end.size()), end);
}

// The path begins with the device of the volume: "\device\harddiskvolume2\windows\system32\svchost.exe".
Reach reach_of_program(const FilterCondition& condition) {
    const bool named = condition.match == equal || condition.match == equal_without_case;
    if (condition.text.empty() || (!named && condition.match != not_equal))
        return Reach::some;
    return ends_with(condition.text, R"(\svchost.exe)") == named ? Reach::all : Reach::none;
}

// All other fields (addresses, interfaces, users) fit some connections: which ones is not looked at.
Reach reach_of(const FilterCondition& condition, std::uint16_t port) {
    if (same_ignoring_case(condition.field, ip_protocol))
        return reach_of(compare(condition, tcp));
    if (same_ignoring_case(condition.field, ip_local_port))
        return reach_of(compare(condition, port));
    if (same_ignoring_case(condition.field, ale_app_id))
        return reach_of_program(condition);
    if (same_ignoring_case(condition.field, flags))
        return reach_of_flags(condition);
    return Reach::some;
}

} // namespace

// DERIVED: the texts of Windows' own come from its DLLs ("@FirewallAPI.dll,-1234"), or have Microsoft's name in them.
bool is_name_of_windows(std::string_view name) {
    return (!name.empty() && name.front() == '@') || name.find("Microsoft") != name.npos ||
           name.find("windefend") != name.npos;
}

// DERIVED: a provider is Windows' own when its GUID is known, or its name is one of Windows or none.
bool is_of_windows(const FilterProvider& provider) {
    const bool known = std::any_of(windows_providers.begin(), windows_providers.end(), [&](std::string_view id_known) {
        return same_ignoring_case(id_known, provider.id);
    });
    return known || provider.name.empty() || is_name_of_windows(provider.name);
}

// Conditions about one field are alternatives, those about different fields must all fit:
// https://learn.microsoft.com/windows/win32/api/fwpmtypes/ns-fwpmtypes-fwpm_filter0
Reach reach_of(const Filter& filter, std::uint16_t port) {
    Reach reach = Reach::all;
    for (const FilterCondition& condition : filter.conditions) {
        Reach of_field = Reach::none;
        for (const FilterCondition& other : filter.conditions)
            if (same_ignoring_case(other.field, condition.field))
                of_field = std::max(of_field, reach_of(other, port));
        reach = std::min(reach, of_field);
    }
    return reach;
}

std::vector<Block> blocks_of(const std::vector<Filter>& filters, std::uint16_t port) {
    std::vector<std::pair<const Filter*, Reach>> deciding; // others than blocks; a product can have thousands of those
    for (const Filter& filter : filters)
        if (filter.action == FilterAction::permit || filter.action == FilterAction::callout)
            if (const Reach reach = reach_of(filter, port); reach != Reach::none)
                deciding.emplace_back(&filter, reach);
    std::vector<Block> blocks;
    for (const Filter& filter : filters) {
        if (filter.action != FilterAction::block)
            continue;
        Block block{filter, reach_of(filter, port)};
        bool decides = block.reach != Reach::none;
        for (const auto& [other, reach] : deciding) {
            if (other->ipv6 != filter.ipv6 || other->sublayer != filter.sublayer || other->weight <= filter.weight)
                continue;
            block.reach = Reach::some;
            decides = decides && !(other->action == FilterAction::permit && reach == Reach::all);
        }
        if (decides)
            blocks.push_back(std::move(block));
    }
    return blocks;
}

std::string name_of(const Filter& filter) {
    return filter.name.empty() ? "filter " + std::to_string(filter.id) : filter.name;
}

} // namespace rdpmedic::interference
