// Which option does a repair need, so that it cures what was found?
#include "probes/diagnosis/repair_options.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::diagnosis {
namespace {

enum class When { always, owned_by_policy, local };

struct Row {
    std::string_view code, repair, option;
    When when = When::always;
    std::string_view subject{}; // where there is one, only findings about it
};

constexpr std::array rows{
    // A policy that switches it off is changed there.
    Row{"termservice.rdp_off", "listener", "enable_rdp=true", When::local},
    Row{"listener.drain_mode", "listener", "end_drain=true"},
    Row{"listener.port_stolen", "listener", "stop_port_owner=true"},
    Row{"firewall.rules_disabled", "firewall", "public_profile=true", When::always, "public"},
    Row{"firewall.no_allow_rule", "firewall", "public_profile=true", When::always, "public"},
    Row{"firewall.custom_port_not_allowed", "firewall", "public_profile=true", When::always, "public"},
    Row{"tls.cipher_list_empty", "tls", "remove_cipher_policy=true", When::owned_by_policy},
    Row{"tls.cipher_policy_too_long", "tls", "remove_cipher_policy=true", When::owned_by_policy},
    Row{"tls.no_rsa_suite", "tls", "remove_cipher_policy=true", When::owned_by_policy},
    Row{"tls.no_ecdsa_suite", "tls", "remove_cipher_policy=true", When::owned_by_policy},
};

bool holds(When when, const Finding& finding) {
    switch (when) {
    case When::always:
        return true;
    case When::owned_by_policy:
        return !finding.policy.empty();
    case When::local:
        return finding.policy.empty();
    }
    return false;
}

} // namespace

std::string_view option_of(const Finding& finding, std::string_view repair) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
        return one.code == finding.code && one.repair == repair && holds(one.when, finding) &&
               (one.subject.empty() || one.subject == finding.subject);
    });
    return row == rows.end() ? std::string_view() : row->option;
}

std::string command_of(const RankedCause& ranked) {
    if (ranked.repair.empty())
        return {};
    std::string command = "rdpmedic repair " + ranked.repair;
    for (const std::string& option : ranked.options)
        command += " --option " + option;
    return command;
}

} // namespace rdpmedic::diagnosis
