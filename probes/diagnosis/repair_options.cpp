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
    // About TermService where it runs and does not answer; without the subject it has only to be started.
    Row{"handshake.refused", "termservice", "restart=true", "TermService"},
    Row{"handshake.closed_before_reply", "termservice", "restart=true", "TermService"},
    Row{"handshake.reset_before_reply", "termservice", "restart=true", "TermService"},
    Row{"handshake.no_reply", "termservice", "restart=true", "TermService"},
};

std::string command(const std::string& repair, const std::vector<std::string>& options) {
    if (repair.empty())
        return {};
    std::string command = "rdpmedic repair " + repair;
    for (const std::string& option : options)
        command += " --option " + option;
    return command;
}

} // namespace

std::string_view option_of(const Finding& finding) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
        return one.code == finding.code && one.repair == finding.repair &&
               (!one.owned_by_policy || !finding.policy.empty()) &&
               (one.subject.empty() || one.subject == finding.subject);
    });
    return row == rows.end() ? std::string_view() : row->option;
}

std::string command_of(const RankedCause& ranked) { return command(ranked.repair, ranked.options); }

std::string command_of(const Finding& finding) {
    const std::string option(option_of(finding));
    return command(finding.repair, option.empty() ? std::vector<std::string>{} : std::vector{option});
}

} // namespace rdpmedic::diagnosis
