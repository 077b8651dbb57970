// How are names of the DNS written and compared?
#include "probes/formats/dns_name.hpp"

#include "probes/formats/ip_address.hpp"
#include "probes/letter_case.hpp"

namespace rdpmedic {

std::string plain_name(std::string_view name) {
    if (!name.empty() && name.back() == '.')
        name.remove_suffix(1);
    return lower(name);
}

bool is_below(std::string_view name, std::string_view domain) {
    const std::string inner = plain_name(name), outer = "." + plain_name(domain);
    return outer.size() > 1 && inner.size() > outer.size() &&
           inner.compare(inner.size() - outer.size(), outer.size(), outer) == 0;
}

Result<std::string> reverse_name(std::string_view address) {
    const auto parsed = parse_ip_address(address);
    if (!parsed)
        return Error{Errc::malformed, 0, "'" + std::string(address) + "', which is no IP address"};
    constexpr char digits[] = "0123456789abcdef";
    std::string name;
    for (auto byte = parsed->bytes.rbegin(); byte != parsed->bytes.rend(); ++byte) {
        if (parsed->is_v4())
            name += std::to_string(*byte) + ".";
        else
            name.append({digits[*byte & 0xFU], '.', digits[*byte >> 4U], '.'});
    }
    return name + (parsed->is_v4() ? "in-addr.arpa" : "ip6.arpa");
}

} // namespace rdpmedic
