// Would a new value of the listener make the host less safe than it is?
#include "agent/repair/only_up.hpp"
#include "probes/letter_case.hpp"

namespace rdpmedic {

namespace {

struct Scale {
    std::string_view name;
    std::uint32_t least, most, documented;
};
constexpr Scale scales[] = {
    {"SecurityLayer", 0, 2, documented_security_layer},
    {"UserAuthentication", 0, 1, documented_nla},
    {"MinEncryptionLevel", 1, 4, documented_encryption_level},
};

} // namespace

bool raises(std::string_view name, std::optional<std::uint32_t> before, std::optional<std::uint32_t> after) {
    for (const Scale& scale : scales) {
        if (!same_ignoring_case(name, scale.name))
            continue;
        if (!after || *after < scale.least || *after > scale.most)
            return false;
        const bool known = before && *before >= scale.least && *before <= scale.most;
        return *after >= (known ? *before : scale.documented);
    }
    return true;
}

} // namespace rdpmedic
