// How is the RD Session Host licensed?
#include "probes/windows/reads.hpp"
#include "probes/windows/wmi.hpp"

namespace rdpmedic::windows {
namespace {

struct Setting {
    Wmi wmi; // first: it outlives the row
    WmiObject row;
};

Result<Setting> terminal_service_setting() {
    auto wmi = Wmi::connect(L"ROOT\\CIMV2\\TerminalServices");
    if (!wmi)
        return wmi.error();
    auto rows = wmi->query(L"SELECT * FROM Win32_TerminalServiceSetting");
    if (!rows)
        return rows.error();
    if (rows->empty())
        return Error{Errc::not_found, 0, "Win32_TerminalServiceSetting has no instance"};
    return Setting{std::move(*wmi), std::move(rows->front())};
}

} // namespace

// https://learn.microsoft.com/windows/win32/termserv/win32-terminalservicesetting
Result<LicensingFacts> licensing() {
    const auto setting = terminal_service_setting();
    if (!setting)
        return setting.error();
    const auto mode = setting->row.number(L"TerminalServerMode");
    if (!mode)
        return mode.error();
    if (*mode == 0)
        return Error{Errc::not_found, 0, "TerminalServerMode is 0, remote administration"};
    const auto type = setting->row.number(L"LicensingType");
    if (!type)
        return type.error();
    // Three pages number the types in three ways: 2 is "per device" on all, "per user" is 3 or 4, "not configured" 4 or
    // 5. The number travels as it is. https://learn.microsoft.com/windows/win32/termserv/win32-tsdeploymentlicensing
    LicensingFacts facts;
    facts.mode = *mode;
    facts.type = *type;
    if (auto name = setting->row.text(L"LicensingName"))
        facts.type_name = std::move(*name);
    const auto grace = setting->wmi.call(setting->row, L"GetGracePeriodDays");
    facts.grace_days = grace ? grace->number(L"DaysLeft") : Result<std::uint32_t>(grace.error());
    const auto servers = setting->wmi.call(setting->row, L"GetSpecifiedLicenseServerList");
    facts.servers = servers ? servers->texts(L"SpecifiedLSList") : Result<std::vector<std::string>>(servers.error());
    if (servers && is_absent(facts.servers)) // WMI has no empty list: it is null
        facts.servers = std::vector<std::string>{};
    return facts;
}

// https://learn.microsoft.com/windows/win32/termserv/gettstolsconnectivitystatus-win32-terminalservicesetting
Result<std::uint32_t> license_server_status(std::string_view server) {
    const auto setting = terminal_service_setting();
    if (!setting)
        return setting.error();
    const auto answer =
        setting->wmi.call(setting->row, L"GetTStoLSConnectivityStatus", {{L"ServerName", std::string(server)}});
    if (!answer)
        return answer.error();
    return answer->number(L"TStoLSConnectivityStatus");
}

} // namespace rdpmedic::windows
