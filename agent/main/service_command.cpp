// How is the service installed, and how is it doing?
#include "agent/main/commands.hpp"
#include "agent/main/print.hpp"

#ifdef _WIN32
#include "agent/main/first_start.hpp"
#include "agent/main/program_path.hpp"
#include "agent/windows/service_control.hpp"
#include "agent/windows/windows_control.hpp"
#include "probes/windows/windows_host.hpp"

#include <nlohmann/json.hpp>
#endif

namespace rdpmedic {

#ifndef _WIN32

int service_command(const CommonOptions&, const std::string&) {
    return complain("there are no Windows services here; 'rdpmedic run --host FILE' runs in the foreground", 2);
}

#else

namespace {

int installed(const CommonOptions& common, const Result<std::vector<std::string>>& done) {
    if (!done)
        return complain(done.error(), 1);
    for (const std::string& unknown : *done)
        std::cerr << "rdpmedic: this Windows does not know: " << unknown << "\n";
    if (Result<> made = first_start(common.data_folder); !made)
        return complain(made.error(), 1);
    return 0;
}

int set_state(ServiceState state) {
    if (Result<> done = make_windows_control()->apply(SetServiceState{service_name, state}); !done)
        return complain(done.error(), 1);
    return 0;
}

const char* name_of(ServiceState state) {
    switch (state) {
    case ServiceState::stopped:
        return "stopped";
    case ServiceState::start_pending:
        return "starting";
    case ServiceState::stop_pending:
        return "stopping";
    case ServiceState::running:
        return "running";
    case ServiceState::continue_pending:
    case ServiceState::pause_pending:
    case ServiceState::paused:
        return "paused";
    case ServiceState::unknown:
        return "in a state that this program does not know";
    }
    return "in a state that this program does not know";
}

int print_status(const CommonOptions& common) {
    const Result<ServiceFacts> service = make_windows_host()->service(service_name);
    if (is_unreadable(service))
        return complain(service.error(), 1);
    const std::string state = service ? name_of(service->state) : "not installed";
    if (common.json)
        std::cout << nlohmann::json{{"service", service_name},
                                    {"state", state},
                                    {"process_id", service ? service->process_id : 0}}
                         .dump()
                  << "\n";
    else
        std::cout << "the service rdpmedic is " << state << "\n";
    if (!service)
        return 4;
    return service->state == ServiceState::running ? 0 : 3;
}

} // namespace

int service_command(const CommonOptions& common, const std::string& action) {
    if (action == "status")
        return print_status(common);
    if (action == "start")
        return set_state(ServiceState::running);
    if (action == "stop")
        return set_state(ServiceState::stopped);
    if (action == "uninstall") {
        if (set_state(ServiceState::stopped) != 0)
            return 1;
        if (Result<> done = uninstall_service(); !done)
            return complain(done.error(), 1);
        return 0;
    }
    const Result<std::filesystem::path> program = program_path();
    if (!program)
        return complain(program.error(), 1);
    return installed(common, action == "install" ? install_service(*program) : configure_service(*program));
}

#endif

} // namespace rdpmedic
