// How does the agent live under the service control manager?
#include "agent/windows/service_main.hpp"

#include "probes/windows/handle.hpp"

#include <cstdio>
#include <mutex>

namespace rdpmedic {
namespace {

constexpr DWORD start_hint_ms = 10'000, stop_hint_ms = 5'000;

class Link : public ServiceLink {
  public:
    bool register_handler() {
        handle_ = ::RegisterServiceCtrlHandlerExW(L"rdpmedic", &Link::handler, this);
        return handle_ != nullptr;
    }

    void still_starting() override { report(SERVICE_START_PENDING, start_hint_ms); }
    void running() override { report(SERVICE_RUNNING, 0); }
    void stopped(int code) {
        const std::lock_guard lock(mutex_);
        status_.dwWin32ExitCode = code == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
        status_.dwServiceSpecificExitCode = static_cast<DWORD>(code);
        report_locked(SERVICE_STOPPED, 0);
    }

    void on_stop(std::function<void()> stop) override {
        const std::lock_guard lock(mutex_);
        stop_ = std::move(stop);
        if (stopping_ && stop_)
            stop_();
    }

  private:
    // https://learn.microsoft.com/windows/win32/services/service-control-handler-function
    static DWORD WINAPI handler(DWORD control, DWORD, void*, void* context) {
        auto& link = *static_cast<Link*>(context);
        switch (control) {
        case SERVICE_CONTROL_STOP:
        case SERVICE_CONTROL_SHUTDOWN:
            link.stop_requested();
            return NO_ERROR;
        case SERVICE_CONTROL_INTERROGATE:
            return NO_ERROR;
        default:
            return ERROR_CALL_NOT_IMPLEMENTED;
        }
    }

    void stop_requested() {
        const std::lock_guard lock(mutex_);
        report_locked(SERVICE_STOP_PENDING, stop_hint_ms);
        stopping_ = true;
        if (stop_)
            stop_();
    }

    void report(DWORD state, DWORD hint) {
        const std::lock_guard lock(mutex_);
        if (!stopping_)
            report_locked(state, hint); // STOP_PENDING is not taken back
    }

    void report_locked(DWORD state, DWORD hint) {
        const bool pending = state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING;
        status_.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
        status_.dwCurrentState = state;
        status_.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
        status_.dwCheckPoint = pending ? status_.dwCheckPoint + 1 : 0;
        status_.dwWaitHint = hint;
        ::SetServiceStatus(handle_, &status_);
    }

    std::mutex mutex_;
    SERVICE_STATUS_HANDLE handle_ = nullptr;
    SERVICE_STATUS status_{};
    std::function<void()> stop_;
    bool stopping_ = false;
};

struct Job {
    std::function<int(ServiceLink&)> body;
    int code = 1;
};

// ServiceMain gets no context of ours, so this one pointer has to be static. It is set before the dispatcher starts
// and read by the one ServiceMain of this process.
Job* job_of_process = nullptr;

void WINAPI service_main(DWORD, wchar_t**) {
    Link link;
    if (!link.register_handler())
        return;
    link.still_starting();
    job_of_process->code = job_of_process->body(link);
    link.stopped(job_of_process->code);
}

} // namespace

int run_as_service(std::function<int(ServiceLink&)> body) {
    Job job{std::move(body)};
    job_of_process = &job;
    wchar_t name[] = L"rdpmedic";
    const SERVICE_TABLE_ENTRYW table[] = {{name, &service_main}, {nullptr, nullptr}};
    if (!::StartServiceCtrlDispatcherW(table)) {
        std::fprintf(stderr,
                     "rdpmedic: StartServiceCtrlDispatcherW failed (%lu): --service is for the service control "
                     "manager; 'rdpmedic run' runs in a console, 'rdpmedic service start' starts the service\n",
                     static_cast<unsigned long>(::GetLastError()));
        return 1;
    }
    return job.code;
}

} // namespace rdpmedic
