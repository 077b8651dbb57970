// Do two security descriptors let the same people do the same, however their bytes are laid out?
#include "agent/repair/same_access.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

constexpr std::uint16_t dacl_protected = 0x1000; // SE_DACL_PROTECTED

bool same_entry(const AccessEntry& a, const AccessEntry& b) {
    if (a.type != b.type || a.flags != b.flags || a.mask != b.mask || a.sid != b.sid)
        return false;
    return !a.sid.empty() || a.raw == b.raw; // of a type that is not known there is nothing else to compare
}

} // namespace

bool same_access(const SecurityDescriptor& a, const SecurityDescriptor& b) {
    return a.has_dacl == b.has_dacl && (a.control & dacl_protected) == (b.control & dacl_protected) &&
           a.owner == b.owner &&
           std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), same_entry);
}

bool same_access(const Bytes& a, const Bytes& b, bool own_entries) {
    auto first = parse_security_descriptor(a), second = parse_security_descriptor(b);
    if (!first || !second)
        return a == b;
    if (own_entries)
        for (SecurityDescriptor* one : {&*first, &*second})
            std::erase_if(one->entries, [](const AccessEntry& entry) { return entry.inherited(); });
    return same_access(*first, *second);
}

} // namespace rdpmedic
