// Has the machine been restarted since? The kernel draws a new number at each boot.
#include "agent/boot_mark.hpp"

#include "agent/atomic_file.hpp"

namespace rdpmedic {

// https://www.kernel.org/doc/html/latest/admin-guide/sysctl/kernel.html#random
Result<std::string> boot_mark() {
    auto text = read_whole_file("/proc/sys/kernel/random/boot_id", 128);
    if (!text)
        return text.error();
    while (!text->empty() && text->back() == '\n')
        text->pop_back();
    return *text;
}

} // namespace rdpmedic
