// What can be wrong when a client shows 0x904? The subjects, joined.
#include "probes/diagnosis/causes.hpp"

#include <algorithm>
#include <iterator>

namespace rdpmedic::diagnosis {
namespace {

// S1 to S23 by number, then the others.
int order_of(const Cause& cause) {
    int number = 0;
    for (const char c : cause.guide)
        number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : number;
    return number == 0 ? 1000 : number;
}

} // namespace

const char* name_of(Weight weight) noexcept {
    switch (weight) {
    case Weight::hint:
        return "hint";
    case Weight::strong:
        return "strong";
    case Weight::proof:
        return "proof";
    }
    return "hint";
}

const char* name_of(Place place) noexcept {
    switch (place) {
    case Place::host:
        return "host";
    case Place::client:
        return "client";
    case Place::network:
        return "network";
    case Place::cloud:
        return "cloud";
    }
    return "host";
}

std::vector<Cause> causes() {
    std::vector<Cause> all;
    for (std::vector<Cause> some : {certificate_causes(), security_causes(), service_causes(), session_causes(),
                                    network_causes(), outside_causes()})
        std::move(some.begin(), some.end(), std::back_inserter(all));
    std::stable_sort(all.begin(), all.end(), [](const Cause& a, const Cause& b) { return order_of(a) < order_of(b); });
    return all;
}

} // namespace rdpmedic::diagnosis
