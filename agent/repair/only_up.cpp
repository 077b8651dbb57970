// Would a new value of the listener make the host less safe than it is?
#include "agent/repair/only_up.hpp"

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

// Registry names compare without case.
bool same(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

} // namespace

bool raises(std::string_view name, std::optional<std::uint32_t> before, std::optional<std::uint32_t> after) {
    for (const Scale& scale : scales) {
        if (!same(name, scale.name))
            continue;
        if (!after || *after < scale.least || *after > scale.most)
            return false;
        const bool known = before && *before >= scale.least && *before <= scale.most;
        return *after >= (known ? *before : scale.documented);
    }
    return true;
}

} // namespace rdpmedic
