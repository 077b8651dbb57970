// Which host is this about, and may it be changed?
#include "agent/main/machine.hpp"

#include "probes/recorded/recorded_host.hpp"

#ifdef _WIN32
#include "agent/windows/windows_control.hpp"
#include "probes/windows/windows_host.hpp"
#endif

namespace rdpmedic {

Result<Machine> open_machine(const std::filesystem::path& recording) {
    if (!recording.empty()) {
        Result<std::unique_ptr<Host>> host = load_recorded_host(recording);
        if (!host)
            return host.error();
        const Result<Time> recorded = (*host)->now();
        if (!recorded)
            return recorded.error();
        return Machine{std::shared_ptr<const Host>(std::move(*host)), nullptr, [at = *recorded] { return at; }};
    }
#ifdef _WIN32
    return Machine{std::shared_ptr<const Host>(make_windows_host()),
                   std::shared_ptr<HostControl>(make_windows_control()),
                   [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }};
#else
    return Error{Errc::unsupported, 0,
                 "this is not Windows; name a recorded host with --host FILE ('rdpmedic record' makes one)"};
#endif
}

} // namespace rdpmedic
