// Can the RD Session Host of this machine get licenses for its clients?
#include "probes/licensing.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::licensing {
namespace {

constexpr std::string_view id = "licensing";

enum class Use { valid, answers, unknown, none };

struct Status {
    Use use;
    const char* text;
};
// By number, from 0.
// https://learn.microsoft.com/windows/win32/termserv/gettstolsconnectivitystatus-win32-terminalservicesetting
constexpr std::array statuses{
    Status{Use::unknown, "its state cannot be determined"},
    Status{Use::valid, "valid (Windows Server 2008 R2)"},
    Status{Use::valid, "valid (Windows Server 2008)"},
    Status{Use::none, "one of the two machines runs a beta version of Windows"},
    Status{Use::none, "it is older than this host and cannot license it"},
    Status{Use::none, "it serves only members of its group Terminal Server Computers, and this host is none"},
    Status{Use::none, "it cannot be reached"},
    Status{Use::answers, "it answers, but whether it is valid cannot be determined"},
    // Asked as this computer, which is no administrator there: what a healthy server says.
    Status{Use::answers, "it answers, and does not let this computer look further"},
    Status{Use::valid, "valid (Windows Server 2008 R2 with VDI)"},
    Status{Use::answers, "it does not support the question"},
    Status{Use::valid, "valid"},
};

Use use_of(const Server& server) {
    if (!server.status || *server.status >= statuses.size())
        return Use::unknown;
    return statuses[*server.status].use;
}

std::string explain(const Server& server) {
    if (!server.status)
        return describe(server.status.error());
    const std::string number = "status " + std::to_string(*server.status);
    return *server.status < statuses.size() ? statuses[*server.status].text + (" (" + number + ")") : number;
}

enum class Mode { configured, not_configured, unknown };

// The pages contradict each other about the numbers of WMI: "not configured" is 4 on one and 5 on another, where 4 is
// per user. So no number decides alone. MEM: in the registry 2 is per device, 4 per user and 5 not configured, as here:
// https://learn.microsoft.com/windows/win32/termserv/win32-tsdeploymentlicensing
Mode mode_of(const Facts& facts) {
    if (facts.mode && (facts.mode->value == 2 || facts.mode->value == 4))
        return Mode::configured;
    const std::uint32_t type = (*facts.setting)->type;
    const bool registry_agrees = is_absent(facts.mode) || (facts.mode && facts.mode->value == 5);
    if (type == 5)
        return registry_agrees ? Mode::not_configured : Mode::unknown;
    if (type == 2 || type == 3 || type == 4)
        return facts.mode && facts.mode->value == 5 && type == 4 ? Mode::not_configured : Mode::configured;
    return Mode::unknown;
}

class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> findings() {
        if (role_of(facts_) == Role::absent || !facts_.setting)
            return {};
        if (!*facts_.setting) {
            // Where the registry does not know, WMI saying that the role is not there is the answer.
            if (role_of(facts_) == Role::present || is_unreadable(*facts_.setting))
                add(unknown(id, "license settings", facts_.setting->error()));
            return std::move(findings_);
        }
        const bool unlicensed_by_mode = judge_mode();
        const bool unlicensed_by_servers = judge_servers();
        if (unlicensed_by_mode || unlicensed_by_servers)
            judge_grace();
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    const LicensingFacts& setting() const { return **facts_.setting; }

    std::string mode_evidence() const {
        return "Win32_TerminalServiceSetting: LicensingType = " + std::to_string(setting().type) + " (" +
               setting().type_name + "), LicensingMode " +
               (facts_.mode ? "= " + std::to_string(facts_.mode->value) + " (" +
                                  label(facts_.mode->key, facts_.mode->name) + ")"
                            : describe(facts_.mode.error()));
    }

    // True: no client gets a license because of it.
    bool judge_mode() {
        switch (mode_of(facts_)) {
        case Mode::configured:
            return false;
        case Mode::unknown:
            add(unknown(id, "licensing mode",
                        is_unreadable(facts_.mode) ? facts_.mode.error() : Error{Errc::malformed, 0, mode_evidence()}));
            return false;
        case Mode::not_configured:
            break;
        }
        Finding finding{"licensing.not_configured", Severity::warning,
                        "this RD Session Host has no licensing mode: choose Per Device or Per User, or no client is "
                        "let in once the grace period is over"};
        finding.evidence = {mode_evidence()};
        if (facts_.mode && facts_.mode->from_policy)
            finding.policy = label(facts_.mode->key, facts_.mode->name);
        add(std::move(finding));
        return true;
    }

    // True: surely none of them gives licenses.
    bool judge_servers() {
        if (!setting().servers) {
            add(unknown(id, "license servers", setting().servers.error()));
            return false;
        }
        if (facts_.servers.empty()) {
            add({"licensing.no_server",
                 Severity::warning,
                 "this RD Session Host has no license server: name one, or no client is let in once the grace period "
                 "is over",
                 "",
                 {"GetSpecifiedLicenseServerList: none; policy LicenseServers: none"}});
            return true;
        }
        const auto count = [&](Use use) {
            return std::count_if(facts_.servers.begin(), facts_.servers.end(),
                                 [use](const Server& server) { return use_of(server) == use; });
        };
        const bool some_answer = count(Use::valid) + count(Use::answers) > 0;
        for (const Server& server : facts_.servers)
            judge_server(server, some_answer);
        return count(Use::none) == static_cast<std::ptrdiff_t>(facts_.servers.size());
    }

    void judge_server(const Server& server, bool some_answer) {
        if (use_of(server) == Use::none)
            return add({"licensing.server_unusable",
                        Severity::warning,
                        "the license server " + server.name + " gives this host no licenses: " + explain(server) +
                            ". Check it, and RPC (port 135 and the dynamic ports) on the way to it",
                        server.name,
                        {"GetTStoLSConnectivityStatus(" + server.name + "): " + explain(server)}});
        if (some_answer)
            return;
        // Nobody is known to give licenses, and of this one nothing is known.
        const std::string what = "GetTStoLSConnectivityStatus(" + server.name + "): " + explain(server);
        add(unknown(id, server.name, server.status ? Error{Errc::malformed, 0, what} : server.status.error()));
    }

    // The days count down to 0 on every host, licensed or not, so they only matter where there is no license. 120 days
    // at first: https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-client-access-license
    void judge_grace() {
        const auto& days = setting().grace_days;
        if (!days)
            return add(unknown(id, "grace period", days.error()));
        const std::string evidence = "GetGracePeriodDays: " + std::to_string(*days);
        if (*days == 0)
            return add({"licensing.grace_over",
                        Severity::critical,
                        "the grace period is over and this RD Session Host gets no licenses: clients are turned away, "
                        "except two administrators",
                        "",
                        {evidence}});
        if (std::chrono::days{*days} < context_.limits.license_grace_warn)
            add({"licensing.grace_ends",
                 Severity::warning,
                 "in " + std::to_string(*days) + (*days == 1 ? " day" : " days") +
                     " the grace period is over, and this RD Session Host gets no licenses: clients are turned "
                     "away then",
                 "",
                 {evidence}});
    }

    const Facts& facts_;
    const JudgeContext& context_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

} // namespace rdpmedic::licensing
