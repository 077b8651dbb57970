// Which filters of the Windows Filtering Platform keep RDP clients out?
#pragma once

#include "probes/facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic::interference {

// Does it come with Windows? Pure.
bool is_of_windows(const FilterProvider& provider);
// Is it a name that Windows gives to a filter or a provider? Pure.
bool is_name_of_windows(std::string_view name);

// Which connections of RDP clients a filter fits: TCP to the port, from other machines, for svchost.exe.
enum class Reach { none, some, all };
Reach reach_of(const Filter& filter, std::uint16_t port);

// A filter that blocks them. `some` also where a filter that stands before it may let some in.
struct Block {
    Filter filter;
    Reach reach = Reach::all;
};

// Those of `filters`, of one provider, in their order; without those that never come to decide, because a filter of
// the same sublayer with more weight lets all connections in.
// https://learn.microsoft.com/windows/win32/fwp/filter-arbitration
std::vector<Block> blocks_of(const std::vector<Filter>& filters, std::uint16_t port);

// Its name, or "filter 70001" for one without.
std::string name_of(const Filter& filter);

} // namespace rdpmedic::interference
