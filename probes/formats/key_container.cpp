// In which file does Windows keep the private key of a container?
#include "probes/formats/key_container.hpp"

#include "probes/formats/digest.hpp"
#include "probes/hex.hpp"

#include <algorithm>

namespace rdpmedic {

Result<std::string> key_file_name(std::string_view container, std::string_view machine_guid) {
    Bytes name;
    for (const char c : container) {
        if (c < 0x20 || c > 0x7E)
            return Error{Errc::unsupported, 0, "file name of the key container '" + std::string(container) + "'"};
        name.push_back(static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
    }
    name.push_back(0); // the provider hashes the terminating zero too
    Result<Bytes> digest = md5(name);
    if (!digest)
        return digest.error();
    // Printed as four little-endian numbers, so each group of four bytes comes out backwards.
    for (auto word = digest->begin(); word != digest->end(); word += 4)
        std::reverse(word, word + 4);
    return to_hex(*digest) + "_" + std::string(machine_guid);
}

} // namespace rdpmedic
