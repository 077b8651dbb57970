// Whom do rules that block some addresses keep out: a list of strangers, or the clients?
#pragma once

#include "probes/finding.hpp"
#include "probes/formats/firewall_evaluation.hpp"

namespace rdpmedic::firewall {

// A rule that blocks remote addresses and leaves the port open to the others, as tools against password guessing write
// them. `firewall.addresses_blocked` says of it what it does; every other limit has a finding of its own.
bool is_block_of_addresses(const Limit& limit) noexcept;

// Are ordinary clients likely among these addresses? So where they hold a keyword such as LocalSubnet, which nobody can
// count here, a private network of 256 addresses or more, or half of all IPv4 addresses. Ours. Pure.
bool is_wide_block(const std::vector<RuleField>& addresses);

// What the blocks of addresses among the limits of an open port do; nothing where there are none. `port` is "TCP 3389".
// Pure.
std::optional<Finding> judge_blocks(const Verdict& verdict, const std::string& profile, const std::string& port);

// How the rules that limit the addresses or ports of an open port read, behind "is let in": a rule that names no remote
// addresses is limited by those of this host (LA4, LA6) or by the port of the client (RPort). Pure.
const char* words_of_addresses(const std::vector<Limit>& limits);

} // namespace rdpmedic::firewall
