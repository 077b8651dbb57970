// Which host is this about, and may it be changed?
#include "agent/main/machine.hpp"

#include "agent/data_folder.hpp"
#include "agent/kept_handshakes.hpp"
#include "probes/diagnosis/attempt.hpp"
#include "probes/noting_host.hpp"
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

Machine noting(Machine machine, const std::filesystem::path& data_folder, std::chrono::seconds look_back) {
    std::error_code ignored; // whoever cannot look into it cannot keep anything there
    if (machine.control != nullptr && std::filesystem::is_directory(data_folder, ignored))
        machine.own = std::make_shared<KeptHandshakes>(
            own_handshakes_file(data_folder),
            std::max<std::chrono::seconds>(look_back, diagnosis::longest_ago + 2 * diagnosis::around_attempt));
    else
        machine.own = std::make_shared<OwnHandshakes>();
    machine.host = make_noting_host(std::move(machine.host), machine.own);
    return machine;
}

std::string trouble_of(const Machine& machine) {
    const std::optional<Error> trouble = machine.own ? machine.own->trouble() : std::nullopt;
    if (!trouble || trouble->code == Errc::not_found)
        return {};
    return "the list of handshakes that rdpmedic itself makes is not whole, so that some may count as clients: " +
           describe(*trouble);
}

} // namespace rdpmedic
