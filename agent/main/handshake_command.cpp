// Would an RDP client get through to that host?
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/handshake_hosts.hpp"
#include "agent/main/noted_handshake.hpp"
#include "agent/main/print.hpp"
#include "agent/settings.hpp"
#include "probes/network/handshake_report.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

int one_host(const std::string& target, HandshakeNoter& noter, const JudgeContext& context, bool json) {
    const Result<Endpoint> endpoint = handshake::parse_endpoint(target);
    if (!endpoint)
        return complain(endpoint.error().where, 3);
    const Result<HandshakeFacts> facts = noter.shake(*endpoint);
    if (!facts)
        return complain(facts.error(), 3);
    if (json)
        std::cout << handshake::to_json(*facts, context).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                  << "\n";
    else
        std::cout << handshake::report(*facts, context);
    return handshake::exit_status(*facts, context);
}

} // namespace

int handshake_command(const CommonOptions& common, const HandshakeTargets& targets) {
    const auto loaded = load_settings(config_file(common.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return complain(describe(*wrong), 3);
    JudgeContext context;
    context.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    context.limits = std::get<Settings>(loaded).limits;
    // Shared: a handshake that is abandoned at Ctrl-C still runs in a thread of its own.
    const auto noter = std::make_shared<HandshakeNoter>(common.data_folder, context.limits.evidence_window);
    const int code = targets.hosts.empty()
                         ? one_host(targets.target, *noter, context, common.json)
                         : handshake_with_hosts(
                               targets.hosts, [noter](const Endpoint& target) { return noter->shake(target); },
                               targets.parallel, context, common.json);
    say(noter->trouble());
    return code;
}

} // namespace rdpmedic
