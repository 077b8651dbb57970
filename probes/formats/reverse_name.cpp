// Under which name does the DNS keep the names of an address?
#include "probes/formats/reverse_name.hpp"

#include "probes/formats/ip_address.hpp"

namespace rdpmedic {

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
