// How large is an answer that may grow while it is fetched?
#pragma once

#include "probes/facts.hpp"
#include "probes/windows/last_error.hpp"

#include <winerror.h>

#include <algorithm>

namespace rdpmedic::windows {

// Calls ask(buffer, size) until its answer fits. `ask` returns 0 or a Win32 code and leaves in `size` the bytes it
// wrote or wants; ERROR_MORE_DATA and ERROR_INSUFFICIENT_BUFFER mean "larger". Between two calls the answer may grow
// again, so this is a loop, and it ends: after ten rounds, or where a call asks for more than 256 MiB, with the
// code of the last call. The buffer is aligned for any structure of Windows.
template <class Ask>
Result<Bytes> ask_growing(std::string_view call, std::string_view object, std::size_t first, Ask ask) {
    constexpr std::size_t limit = 256U << 20U;
    Bytes buffer(first);
    std::uint32_t code = 0;
    for (int round = 0; round < 10; ++round) {
        auto size = static_cast<unsigned long>(buffer.size());
        code = static_cast<std::uint32_t>(ask(buffer.data(), size));
        if (code == ERROR_SUCCESS) {
            if (size <= buffer.size())
                buffer.resize(size);
            return buffer;
        }
        if (code != ERROR_MORE_DATA && code != ERROR_INSUFFICIENT_BUFFER)
            break;
        const std::size_t wanted = std::max<std::size_t>(size, buffer.size() * 2);
        if (wanted > limit)
            break;
        buffer.resize(wanted);
    }
    return error_of(code, call, object);
}

} // namespace rdpmedic::windows
