// Does the service control manager arrive as facts?
#include "probes/windows/text.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using List = std::vector<std::string>;

namespace {

struct ServiceTraits {
    using Raw = SC_HANDLE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::CloseServiceHandle(raw); }
};
using ServiceHandle = windows::Handle<ServiceTraits>;

// A service that is made here and deleted at the end. Nothing ever starts it.
class ServiceFixture {
  public:
    struct Settings {
        DWORD type = SERVICE_WIN32_OWN_PROCESS, start = SERVICE_DEMAND_START;
        const wchar_t* binary = L"C:\\windows\\system32\\svchost.exe -k none";
        const wchar_t* dependencies = nullptr;
        const wchar_t* account = nullptr;
    };
    ServiceFixture(const wchar_t* name, const Settings& settings)
        : manager_(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS)) {
        remove(name);
        service_ = ServiceHandle(::CreateServiceW(manager_.get(), name, name, SERVICE_ALL_ACCESS, settings.type,
                                                  settings.start, SERVICE_ERROR_NORMAL, settings.binary, nullptr,
                                                  nullptr, settings.dependencies, settings.account, nullptr));
        REQUIRE(service_);
    }
    ~ServiceFixture() { ::DeleteService(service_.get()); }
    ServiceFixture(const ServiceFixture&) = delete;
    ServiceFixture& operator=(const ServiceFixture&) = delete;

  private:
    void remove(const wchar_t* name) const {
        const ServiceHandle old(::OpenServiceW(manager_.get(), name, DELETE));
        if (old)
            ::DeleteService(old.get());
    }
    ServiceHandle manager_, service_;
};

} // namespace

TEST_CASE("a service that does not exist is not found, with its name") {
    const auto facts = make_windows_host()->service("rdpmedic-nowhere");
    REQUIRE(facts.has_error());
    CHECK(describe(facts.error()) == "not found (1060) at OpenServiceW(rdpmedic-nowhere)");
}

TEST_CASE("a service is read with its configuration while it is stopped") {
    const ServiceFixture first(L"rdpmedic-first", {});
    const ServiceFixture service(L"rdpmedic-\x00FC", {SERVICE_WIN32_SHARE_PROCESS, SERVICE_DISABLED,
                                                      L"\"C:\\Program Files\\\x00FC.exe\" --run",
                                                      L"rdpmedic-first\0RpcSs\0", L"NT AUTHORITY\\NetworkService"});
    const auto facts = make_windows_host()->service("rdpmedic-\xC3\xBC");
    REQUIRE(facts.has_value());
    CHECK(facts->name == "rdpmedic-\xC3\xBC");
    CHECK(facts->state == ServiceState::stopped);
    CHECK(facts->start == StartType::disabled);
    CHECK(facts->type == SERVICE_WIN32_SHARE_PROCESS);
    CHECK(facts->process_id == 0);
    CHECK(facts->services_in_process == 0);
    CHECK(facts->accepted == 0);
    CHECK(facts->account == "NT AUTHORITY\\NetworkService");
    CHECK(facts->binary_path == "\"C:\\Program Files\\\xC3\xBC.exe\" --run");
    if (runs_under_wine())
        CHECK(facts->depends_on.empty()); // QueryServiceConfig of Wine 8 answers none
    else
        CHECK(facts->depends_on == List{"rdpmedic-first", "RpcSs"});
}

TEST_CASE("every start type has its name") {
    const auto [raw, start] = GENERATE(table<DWORD, StartType>({{SERVICE_AUTO_START, StartType::automatic},
                                                                {SERVICE_DEMAND_START, StartType::manual},
                                                                {SERVICE_DISABLED, StartType::disabled}}));
    const ServiceFixture service(L"rdpmedic-start", {SERVICE_WIN32_OWN_PROCESS, raw});
    CHECK(make_windows_host()->service("rdpmedic-start").value().start == start);
}

TEST_CASE("a driver that starts with the system is read as one") {
    const ServiceFixture service(L"rdpmedic-driver",
                                 {SERVICE_KERNEL_DRIVER, SERVICE_SYSTEM_START, L"system32\\drivers\\none.sys"});
    const auto facts = make_windows_host()->service("rdpmedic-driver").value();
    CHECK(facts.start == StartType::system);
    CHECK(facts.type == SERVICE_KERNEL_DRIVER);
}

TEST_CASE("a running service has a process, and the services in it are counted") {
    const ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    const ServiceHandle rpc(::OpenServiceW(manager.get(), L"RpcSs", SERVICE_START | SERVICE_QUERY_STATUS));
    REQUIRE(rpc);
    if (!::StartServiceW(rpc.get(), 0, nullptr))
        REQUIRE(::GetLastError() == ERROR_SERVICE_ALREADY_RUNNING);
    SERVICE_STATUS status{};
    do {
        REQUIRE(::QueryServiceStatus(rpc.get(), &status));
        ::Sleep(20);
    } while (status.dwCurrentState == SERVICE_START_PENDING);

    const auto facts = make_windows_host()->service("rpcss"); // names compare without case
    REQUIRE(facts.has_value());
    CHECK(facts->state == ServiceState::running);
    CHECK(facts->process_id != 0);
    CHECK(facts->services_in_process >= 1);
    CHECK(facts->binary_path.find("rpcss") != std::string::npos);
    CHECK(facts->exit_code == 0);
}

TEST_CASE("the services that depend on a service are listed where Windows tells them") {
    const ServiceFixture first(L"rdpmedic-first", {});
    const ServiceFixture second(
        L"rdpmedic-second", {SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, L"C:\\none.exe", L"rdpmedic-first\0"});
    const auto facts = make_windows_host()->service("rdpmedic-first");
    REQUIRE(facts.has_value());
    if (runs_under_wine())
        CHECK(facts->dependents.empty()); // EnumDependentServices of Wine 8 answers none, with success
    else
        CHECK(facts->dependents == List{"rdpmedic-second"});
}

TEST_CASE("a host that keeps its connection to the manager sees what has changed since") {
    const auto host = make_windows_host();
    const auto is_listed = [&] {
        const auto all = host->services();
        REQUIRE(all.has_value());
        return std::any_of(all->begin(), all->end(),
                           [](const ServiceSummary& row) { return row.name == "rdpmedic-changing"; });
    };
    CHECK(host->service("rdpmedic-changing").error().code == Errc::not_found);
    CHECK_FALSE(is_listed());
    for (const DWORD start : {DWORD{SERVICE_DEMAND_START}, DWORD{SERVICE_DISABLED}}) {
        const ServiceFixture service(L"rdpmedic-changing", {SERVICE_WIN32_OWN_PROCESS, start});
        const auto facts = host->service("rdpmedic-changing");
        REQUIRE(facts.has_value());
        CHECK(facts->start == (start == SERVICE_DISABLED ? StartType::disabled : StartType::manual));
        CHECK(is_listed());
    }
    CHECK(host->service("rdpmedic-changing").error().code == Errc::not_found);
    CHECK_FALSE(is_listed());
}

TEST_CASE("a hundred questions about services cost a host no more handles than one") {
    const auto host = make_windows_host();
    DWORD before = 0, after = 0;
    (void)host->service("TermService"), (void)host->services();
    REQUIRE(::GetProcessHandleCount(::GetCurrentProcess(), &before));
    for (int question = 0; question < 100; ++question)
        (void)host->service("TermService"), (void)host->services();
    REQUIRE(::GetProcessHandleCount(::GetCurrentProcess(), &after));
    CHECK(after <= before);
}

TEST_CASE("all services and drivers are listed with type, state and process") {
    const ServiceFixture service(L"rdpmedic-listed", {SERVICE_WIN32_SHARE_PROCESS});
    const ServiceFixture driver(L"rdpmedic-driver",
                                {SERVICE_KERNEL_DRIVER, SERVICE_DEMAND_START, L"system32\\drivers\\none.sys"});
    const auto all = make_windows_host()->services();
    REQUIRE(all.has_value());
    const auto named = [&](std::string_view name) {
        const auto found =
            std::find_if(all->begin(), all->end(), [&](const ServiceSummary& row) { return row.name == name; });
        REQUIRE(found != all->end());
        return *found;
    };
    CHECK(named("rdpmedic-listed").type == SERVICE_WIN32_SHARE_PROCESS);
    CHECK(named("rdpmedic-listed").state == ServiceState::stopped);
    CHECK(named("rdpmedic-listed").process_id == 0);
    CHECK(named("rdpmedic-listed").display_name == "rdpmedic-listed");
    CHECK(named("rdpmedic-driver").type == SERVICE_KERNEL_DRIVER);
}

TEST_CASE("the descriptor of a service is read where Windows gives a whole one") {
    const ServiceFixture service(L"rdpmedic-secured", {});
    const auto descriptor = make_windows_host()->service_security("rdpmedic-secured");
    if (runs_under_wine()) {
        // An empty list without an owner, whatever the service has: nobody would be let in.
        REQUIRE(descriptor.has_error());
        CHECK(descriptor.error().code == Errc::unsupported);
        return;
    }
    REQUIRE(descriptor.has_value());
    CHECK(descriptor->size() > 20);
}

TEST_CASE("the descriptor of a service that does not exist is not found") {
    const auto descriptor = make_windows_host()->service_security("rdpmedic-nowhere");
    REQUIRE(descriptor.has_error());
    CHECK(descriptor.error().code == Errc::not_found);
}
