// Which option does a repair need, so that it cures what was found?
#include "probes/diagnosis/repair_options.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::diagnosis {
namespace {

struct Row {
    std::string_view code, repair, option;
    std::string_view subject{};   // where there is one, only findings about it
    bool owned_by_policy = false; // only findings of what a policy has set
};

constexpr std::array rows{
    Row{"listener.drain_mode", "listener", "end_drain=true"},
    Row{"listener.port_stolen", "listener", "stop_port_owner=true"},
    Row{"firewall.rules_disabled", "firewall", "public_profile=true", "public"},
    Row{"firewall.no_allow_rule", "firewall", "public_profile=true", "public"},
    Row{"firewall.custom_port_not_allowed", "firewall", "public_profile=true", "public"},
    Row{"tls.cipher_list_empty", "tls", "remove_cipher_policy=true", {}, true},
    Row{"tls.no_rsa_suite", "tls", "remove_cipher_policy=true", {}, true},
    Row{"tls.no_ecdsa_suite", "tls", "remove_cipher_policy=true", {}, true},
};

} // namespace

std::string_view option_of(const Finding& finding) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
        return one.code == finding.code && one.repair == finding.repair &&
               (!one.owned_by_policy || !finding.policy.empty()) &&
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
