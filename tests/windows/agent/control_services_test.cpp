// Are account, type and a hung process of a service changed, and what is not meant refused?
#include "agent/windows/service_control.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

// A service of this test, run by a stand-in, that is ended and removed at the end.
class TestService {
  public:
    TestService(const wchar_t* program, DWORD type, const wchar_t* account = nullptr) {
        const windows::ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS));
        REQUIRE(manager);
        const std::wstring command = L"\"" + (standins_folder() / program).wstring() + L"\" rdpmedic-test";
        handle_ = windows::ServiceHandle(::CreateServiceW(
            manager.get(), L"rdpmedic-test", nullptr, SERVICE_ALL_ACCESS, type, SERVICE_DEMAND_START,
            SERVICE_ERROR_NORMAL, command.c_str(), nullptr, nullptr, nullptr, account, account ? L"secret" : nullptr));
        INFO(::GetLastError());
        REQUIRE(handle_);
    }
    ~TestService() {
        SERVICE_STATUS ignored{};
        ::ControlService(handle_.get(), SERVICE_CONTROL_STOP, &ignored);
        ::DeleteService(handle_.get());
    }
    TestService(const TestService&) = delete;
    TestService& operator=(const TestService&) = delete;

    void start() const { REQUIRE(::StartServiceW(handle_.get(), 0, nullptr)); }

  private:
    windows::ServiceHandle handle_;
};

// Wine's service manager does not notice that the process of a service has ended, as that of Windows does: this sets
// the state for it, once the process that runs now is gone.
class NoticesTheEnd {
  public:
    NoticesTheEnd() {
        if (runs_under_wine())
            thread_ = std::thread([process = windows::service("rdpmedic-test")->process_id] { wait_for(process); });
    }
    ~NoticesTheEnd() {
        if (thread_.joinable())
            thread_.join();
    }
    NoticesTheEnd(const NoticesTheEnd&) = delete;
    NoticesTheEnd& operator=(const NoticesTheEnd&) = delete;

  private:
    static void wait_for(DWORD id) {
        const windows::KernelObject process(::OpenProcess(SYNCHRONIZE, FALSE, id));
        ::WaitForSingleObject(process.get(), 30'000);
        constexpr DWORD set_status = 0x8000; // of Wine: what RegisterServiceCtrlHandler opens there
        const windows::ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
        const windows::ServiceHandle handle(::OpenServiceW(manager.get(), L"rdpmedic-test", set_status));
        SERVICE_STATUS status{};
        status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
        status.dwCurrentState = SERVICE_STOPPED;
        status.dwWin32ExitCode = ERROR_PROCESS_ABORTED;
        ::SetServiceStatus(reinterpret_cast<SERVICE_STATUS_HANDLE>(handle.get()), &status);
    }
    std::thread thread_;
};

constexpr char name[] = "rdpmedic-test";

ServiceFacts facts() { return windows::service(name).value(); }

// The change that ends the process as it is now.
EndServiceProcess end_of_process() {
    const ServiceFacts now = facts();
    return {name, now.process_id, windows::process(now.process_id).value().started};
}

} // namespace

TEST_CASE("a service gets another built-in account and its own back") {
    const TestService service(L"standin_idle.exe", SERVICE_WIN32_OWN_PROCESS);
    const std::string account =
        GENERATE(std::string("NT AUTHORITY\\NetworkService"), std::string("NT AUTHORITY\\LocalService"));
    const SetServiceAccount change{name, account};
    const Change inverse = make(change);
    CHECK(std::get<SetServiceAccount>(inverse).account == "LocalSystem");
    CHECK(facts().account == account);
    CHECK(std::get<SetServiceAccount>(captured(change)).account == account);
    apply(change); // already so
    apply(inverse);
    CHECK(facts().account == "LocalSystem");
}

TEST_CASE("two names of one account are no difference") {
    const TestService service(L"standin_idle.exe", SERVICE_WIN32_OWN_PROCESS);
    CHECK(std::get<SetServiceAccount>(captured(SetServiceAccount{name, ".\\LocalSystem"})).account == ".\\LocalSystem");
}

TEST_CASE("a service that runs as a person is not changed, and no service is made to") {
    {
        const TestService service(L"standin_idle.exe", SERVICE_WIN32_OWN_PROCESS, L".\\Administrator");
        const Error error = refused(SetServiceAccount{name, "LocalSystem"});
        CAPTURE(text_of(error));
        CHECK((error.code == Errc::unsupported || contains(text_of(error), "LookupAccountNameW")));
    }
    const TestService service(L"standin_idle.exe", SERVICE_WIN32_OWN_PROCESS);
    wchar_t user[256] = {};
    DWORD size = 256;
    REQUIRE(::GetUserNameW(user, &size));
    const SetServiceAccount change{name, std::filesystem::path(user).string()};
    CHECK(refused(change).code == Errc::unsupported);
    CHECK(failed(change).code == Errc::unsupported);
    CHECK(facts().account == "LocalSystem");
}

TEST_CASE("a service gets a process of its own for its next start, and its shared one back") {
    const TestService service(L"standin_idle.exe", SERVICE_WIN32_SHARE_PROCESS);
    const Change inverse = make(SetServiceType{name, SERVICE_WIN32_OWN_PROCESS});
    CHECK(facts().type == SERVICE_WIN32_OWN_PROCESS);
    apply(inverse);
    CHECK(facts().type == SERVICE_WIN32_SHARE_PROCESS);
    CHECK(refused(SetServiceType{name, SERVICE_KERNEL_DRIVER}).code == Errc::unsupported);
    CHECK(failed(SetServiceType{name, SERVICE_KERNEL_DRIVER}).code == Errc::unsupported);
    CHECK(facts().type == SERVICE_WIN32_SHARE_PROCESS);
    CHECK(refused(SetServiceType{"rdpmedic-none", SERVICE_WIN32_OWN_PROCESS}).native == ERROR_SERVICE_DOES_NOT_EXIST);
}

TEST_CASE("the process of a service that hangs ends, and the service is stopped") {
    const TestService service(L"standin_hung.exe", SERVICE_WIN32_OWN_PROCESS);
    service.start();
    REQUIRE(facts().state == ServiceState::start_pending);
    const EndServiceProcess change = end_of_process();
    const windows::KernelObject process(
        ::OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, change.process_id));
    const NoticesTheEnd notices;
    const Change inverse = make(change);
    CHECK(std::get<SetServiceState>(inverse).state == ServiceState::running);
    CHECK(facts().state == ServiceState::stopped);
    apply(change); // already so
    DWORD status = 0;
    REQUIRE(::WaitForSingleObject(process.get(), 0) == WAIT_OBJECT_0);
    REQUIRE(::GetExitCodeProcess(process.get(), &status));
    CHECK(status == ERROR_PROCESS_ABORTED);
}

TEST_CASE("no process ends but the one that was planned, and only while its service hangs") {
    const TestService service(L"standin_hung.exe", SERVICE_WIN32_OWN_PROCESS);
    service.start();
    const EndServiceProcess right = end_of_process();
    EndServiceProcess other = right;
    other.process_id = ::GetCurrentProcessId();
    CHECK(contains(text_of(refused(other)), "the service runs in process"));
    CHECK(failed(other).code == Errc::io);
    EndServiceProcess later = right;
    later.started = *right.started + std::chrono::seconds{1};
    CHECK(contains(text_of(refused(later)), "another process by now"));
    CHECK(contains(text_of(failed(later)), "another process by now"));
    EndServiceProcess unknown = right;
    unknown.started.reset();
    CHECK(contains(text_of(refused(unknown)), "is not known"));
    CHECK(failed(unknown).code == Errc::io);
    CHECK(facts().process_id == right.process_id);
    const NoticesTheEnd notices;
    apply(right);
}

TEST_CASE("the process of a service that runs does not end") {
    const TestService service(L"standin_idle.exe", SERVICE_WIN32_OWN_PROCESS);
    apply(SetServiceState{name, ServiceState::running});
    const EndServiceProcess change = end_of_process();
    CHECK(contains(text_of(refused(change)), "does not hang"));
    CHECK(contains(text_of(failed(change)), "does not hang"));
    CHECK(facts().state == ServiceState::running);
    apply(SetServiceState{name, ServiceState::stopped});
}

TEST_CASE("LocalSystem keeps the privileges that repairs need and no other") {
    CHECK(required_privileges() == std::vector<std::string>{"SeChangeNotifyPrivilege", "SeImpersonatePrivilege",
                                                            "SeBackupPrivilege", "SeRestorePrivilege",
                                                            "SeTakeOwnershipPrivilege", "SeShutdownPrivilege"});
    for (const std::string& privilege : required_privileges()) {
        LUID luid{};
        CAPTURE(privilege);
        CHECK(::LookupPrivilegeValueA(nullptr, privilege.c_str(), &luid));
    }
}
