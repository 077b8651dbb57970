// Which members has each fact of a certificate and its key? Those of facts/certificates.hpp.
#pragma once

#include "probes/facts/certificates.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<KeyLocation> T>
void fields(V& visit, T& facts) {
    auto& [container, provider, provider_type, machine_keyset, file] = facts;
    visit("container", container), visit("provider", provider), visit("provider_type", provider_type);
    visit("machine_keyset", machine_keyset), visit("file", file);
}

template <class V, Is<StoreCertificate> T>
void fields(V& visit, T& facts) {
    auto& [der, key, key_usable] = facts;
    visit("der", der), visit("key", key), visit("key_usable", key_usable);
}

} // namespace rdpmedic::recorded
