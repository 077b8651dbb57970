// Do two security descriptors let the same people do the same, however their bytes are laid out?
#pragma once

#include "probes/formats/security_descriptor.hpp"

namespace rdpmedic {

// Owner and list, in the order of the entries, and whether the list is protected from its parent. Not the group, nor
// the marks that Windows sets itself.
bool same_access(const SecurityDescriptor& a, const SecurityDescriptor& b);

// The same for what Windows was given and what it says now. Bytes that cannot be parsed are the same only as bytes.
// `own_entries`: without those that come from the parent, which Windows computes anew for keys of the registry.
bool same_access(const Bytes& a, const Bytes& b, bool own_entries);

} // namespace rdpmedic
