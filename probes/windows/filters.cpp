// Which filters of the Windows Filtering Platform stand before incoming connections?
#include "probes/formats/utf16.hpp"
#include "probes/windows/filter_engine.hpp"
#include "probes/windows/reads.hpp"

#include <objbase.h>

#include <algorithm>
#include <array>
#include <optional>

namespace rdpmedic::windows {
namespace {

// mingw-w64 declares none of these. FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4 and _V6, where an incoming connection is let in
// or not: https://learn.microsoft.com/windows/win32/fwp/management-filtering-layer-identifiers-
constexpr GUID accept_v4{0xe1cd9fe7, 0xf4b5, 0x4273, {0x96, 0xc0, 0x59, 0x2e, 0x48, 0x7b, 0x86, 0x50}};
constexpr GUID accept_v6{0xa3b42c97, 0x9f04, 0x4672, {0xb8, 0x7e, 0xce, 0xe9, 0xc4, 0x83, 0x25, 0x7f}};
// FWPM_CONDITION_ALE_APP_ID: https://learn.microsoft.com/windows/win32/fwp/filtering-condition-identifiers-
constexpr GUID app_id{0xd78e1e87, 0x8644, 0x4ea5, {0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71}};

constexpr std::size_t most_filters = 16'384; // of one layer; hosts with tens of thousands of firewall rules exist
constexpr UINT32 most_conditions = 256;
constexpr UINT32 most_path = 2048; // bytes
// The page of FWPM_FILTER_ENUM_TEMPLATE0: a mask matches any of its bits, so that the one that both share is left out.
constexpr UINT32 only_blocking = FWP_ACTION_BLOCK ^ FWP_ACTION_FLAG_TERMINATING;
constexpr UINT32 any_action = 0xFFFFFFFF;

// FWP_VALUE0 and FWP_CONDITION_VALUE0 hold a number alike; empty for everything else.
template <class Value>
std::optional<std::uint64_t> number_of(const Value& value) {
    switch (value.type) {
    case FWP_UINT8:
        return value.uint8;
    case FWP_UINT16:
        return value.uint16;
    case FWP_UINT32:
        return value.uint32;
    case FWP_UINT64:
        return value.uint64 ? std::optional<std::uint64_t>{*value.uint64} : std::nullopt;
    default:
        return std::nullopt;
    }
}

FilterCondition condition_of(const FWPM_FILTER_CONDITION0& raw) {
    FilterCondition condition;
    condition.field = text_of(raw.fieldKey);
    condition.match = static_cast<std::uint32_t>(raw.matchType);
    const FWP_CONDITION_VALUE0& value = raw.conditionValue;
    std::optional<std::uint64_t> low = number_of(value), high = low;
    if (value.type == FWP_RANGE_TYPE && value.rangeValue) {
        low = number_of(value.rangeValue->valueLow);
        high = number_of(value.rangeValue->valueHigh);
    }
    if (low && high) {
        condition.numeric = true;
        condition.low = *low;
        condition.high = *high;
    }
    if (::IsEqualGUID(raw.fieldKey, app_id) && value.type == FWP_BYTE_BLOB_TYPE && value.byteBlob) {
        condition.text = utf8_from_utf16le(value.byteBlob->data, std::min<UINT32>(value.byteBlob->size, most_path));
        condition.text.resize(std::min(condition.text.find('\0'), condition.text.size()));
    }
    return condition;
}

FilterAction action_of(FWP_ACTION_TYPE type) noexcept {
    if (type == FWP_ACTION_BLOCK)
        return FilterAction::block;
    if (type == FWP_ACTION_PERMIT)
        return FilterAction::permit;
    return (type & FWP_ACTION_FLAG_CALLOUT) != 0 ? FilterAction::callout : FilterAction::unknown;
}

// What cannot be told of a filter. Without its weight nobody knows what stands before it, without all of its conditions
// not whom it concerns.
std::optional<Error> trouble_of(const FWPM_FILTER0& raw) {
    const std::string about = "FwpmFilterEnum0, whose filter " + std::to_string(raw.filterId);
    if (!number_of(raw.effectiveWeight))
        return Error{Errc::malformed, 0, about + " has no weight"};
    if (raw.numFilterConditions > most_conditions)
        return Error{Errc::malformed, 0, about + " has more than " + std::to_string(most_conditions) + " conditions"};
    return std::nullopt;
}

// One without trouble.
Filter filter_of(const FWPM_FILTER0& raw, bool ipv6) {
    Filter filter;
    filter.id = raw.filterId;
    filter.name = text_of(raw.displayData.name);
    if (raw.providerKey)
        filter.provider = text_of(*raw.providerKey);
    filter.ipv6 = ipv6;
    filter.sublayer = text_of(raw.subLayerKey);
    filter.weight = *number_of(raw.effectiveWeight); // see trouble_of
    filter.action = action_of(raw.action.type);
    for (UINT32 i = 0; i < raw.numFilterConditions; ++i)
        filter.conditions.push_back(condition_of(raw.filterCondition[i]));
    return filter;
}

// Of one layer, those of `provider`, or those that have none. Filters of the boot phase and disabled ones are not
// enumerated unless asked for.
// https://learn.microsoft.com/windows/win32/api/fwpmtypes/ns-fwpmtypes-fwpm_filter_enum_template0
Result<std::vector<Filter>> list(const FilterEngine& engine, const GUID& layer, GUID* provider, UINT32 actions) {
    FWPM_FILTER_ENUM_TEMPLATE0 wanted{};
    wanted.providerKey = provider;
    wanted.layerKey = layer;
    wanted.enumType = FWP_FILTER_ENUM_OVERLAPPING; // without conditions, all fit
    wanted.actionMask = actions;
    std::vector<Filter> filters;
    std::optional<Error> trouble;
    const Result<> done =
        enumerate<FWPM_FILTER0>(engine, "FwpmFilter", &wanted, most_filters, [&](const FWPM_FILTER0& filter) {
            const bool fits = provider ? filter.providerKey && ::IsEqualGUID(*filter.providerKey, *provider)
                                       : filter.providerKey == nullptr;
            if (fits && !trouble)
                trouble = trouble_of(filter);
            if (fits && !trouble)
                filters.push_back(filter_of(filter, ::IsEqualGUID(layer, accept_v6)));
        });
    if (!done)
        return done.error();
    if (trouble)
        return *trouble;
    return filters;
}

bool blocks(const Filter& filter) { return filter.action == FilterAction::block; }

} // namespace

// First those that block, because a host has few of them; what may stand before them is asked for only then.
Result<std::vector<Filter>> filters(std::string_view provider) {
    GUID id{};
    if (const HRESULT status = ::IIDFromString(to_wide(provider).c_str(), &id); FAILED(status))
        return error_of_status(status, "IIDFromString", provider);
    GUID* const wanted = provider == no_filter_provider ? nullptr : &id;
    const auto engine = FilterEngine::open();
    if (!engine)
        return engine.error();
    std::vector<Filter> all;
    for (const GUID* layer : {&accept_v4, &accept_v6}) {
        const auto blocking = list(*engine, *layer, wanted, only_blocking);
        if (!blocking)
            return blocking.error();
        if (std::none_of(blocking->begin(), blocking->end(), blocks))
            continue;
        auto every = list(*engine, *layer, wanted, any_action);
        if (!every)
            return every.error();
        for (Filter& filter : *every)
            all.push_back(std::move(filter));
    }
    return all;
}

} // namespace rdpmedic::windows
