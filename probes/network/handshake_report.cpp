// How does a person, or a script, read a handshake?
#include "probes/network/handshake_report.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/tls_alert.hpp"
#include "probes/formats/x509.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_problems.hpp"
#include "probes/network/handshake_stages.hpp"
#include "probes/recorded/facts_json.hpp"
#include "probes/time_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace rdpmedic::handshake {
namespace {

constexpr std::uint16_t default_port = 3389;

// Foreign text for a terminal: nothing that moves its cursor, and not a whole page.
std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string shown(text.substr(0, longest));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return "'" + shown + (text.size() > longest ? "...'" : "'");
}

Error wrong(std::string_view text, std::string_view why) {
    return {Errc::malformed, 0, quoted(text) + ": " + std::string(why) + ", expected HOST, HOST:PORT or [IPV6]:PORT"};
}

bool is_address(std::string_view text) {
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(text), error);
    return !error;
}

// Letters, digits, '.', '-' and '_'; a name in another script must be given in its ASCII form.
bool is_name(std::string_view text) {
    constexpr std::size_t longest = 253;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
               c == '_';
    });
}

Result<Endpoint> with_port(std::string_view text, std::string_view host, std::string_view digits) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535)
        return wrong(text, quoted(digits) + " is no port from 1 to 65535");
    return Endpoint{std::string(host), static_cast<std::uint16_t>(port)};
}

Result<Endpoint> parse_bracketed(std::string_view text) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos)
        return wrong(text, "']' is missing");
    const std::string_view host = text.substr(1, close - 1), rest = text.substr(close + 1);
    if (host.find(':') == std::string_view::npos || !is_address(host))
        return wrong(text, "no IPv6 address between '[' and ']'");
    if (rest.empty())
        return Endpoint{std::string(host), default_port};
    if (rest.front() != ':')
        return wrong(text, "':' must follow ']'");
    return with_port(text, host, rest.substr(1));
}

std::string indented(const std::string& text) { return "  " + text + "\n"; }

std::string headline(const std::vector<Problem>& problems, const HandshakeFacts& facts) {
    if (problems.empty())
        return "An RDP client gets as far as the logon: the listener answers, secures the connection and shows a valid "
               "certificate.\n";
    if (facts.stage == HandshakeStage::complete)
        return "An RDP client gets as far as the logon, but:\n";
    if (facts.stage == HandshakeStage::resolve_failed)
        return "Nothing was tried:\n";
    if (problems.front().severity == Severity::critical)
        return "An RDP client does not get through:\n";
    return "Not every RDP client gets through:\n";
}

bool has(const std::vector<Problem>& problems, Severity severity) {
    return std::any_of(problems.begin(), problems.end(),
                       [severity](const Problem& problem) { return problem.severity == severity; });
}

nlohmann::json certificate_json(const Bytes& der) {
    nlohmann::json json{{"thumbprint", sha1_thumbprint(der)}};
    const Result<X509Facts> leaf = parse_certificate(der);
    if (!leaf) {
        json["error"] = describe(leaf.error());
        return json;
    }
    json["subject"] = leaf->subject;
    json["issuer"] = leaf->issuer;
    json["not_before"] = to_iso(leaf->not_before);
    json["not_after"] = to_iso(leaf->not_after);
    json["key"] = leaf->key_algorithm;
    json["key_bits"] = leaf->key_bits;
    json["signature"] = leaf->signature_algorithm;
    json["self_signed"] = leaf->self_signed;
    return json;
}

nlohmann::json problem_json(const Problem& problem) {
    nlohmann::json json{{"code", "handshake." + problem.code},
                        {"severity", name_of(problem.severity)},
                        {"text", problem.meaning},
                        {"advice", problem.advice}};
    if (!problem.repair.empty())
        json["repair"] = problem.repair;
    return json;
}

} // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    if (text.empty())
        return wrong(text, "empty");
    if (text.find("://") != std::string_view::npos)
        return wrong(text, "a URL");
    if (text.front() == '[')
        return parse_bracketed(text);
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
        if (!is_address(text))
            return wrong(text, "more than one ':' and no IPv6 address");
        return Endpoint{std::string(text), default_port};
    }
    const std::string_view host = text.substr(0, colon);
    if (!is_name(host))
        return wrong(text, host.empty() ? "the host is missing" : "no host name");
    if (colon == std::string_view::npos)
        return Endpoint{std::string(host), default_port};
    return with_port(text, host, text.substr(colon + 1));
}

std::string report(const HandshakeFacts& facts, const JudgeContext& context) {
    std::string text = "RDP handshake with " + text_of(facts.target) + "\n";
    for (const std::string& line : steps(facts))
        text += indented(line);
    const std::vector<Problem> problems = problems_of(facts, context);
    text += headline(problems, facts);
    for (const Problem& problem : problems) {
        text +=
            indented(std::string(name_of(problem.severity)) + " handshake." + problem.code + ": " + problem.meaning);
        if (!problem.advice.empty())
            text += indented("  What to do: " + problem.advice);
        if (!problem.repair.empty())
            text += indented("  On that host, 'rdpmedic check' says whether 'rdpmedic repair " + problem.repair +
                             "' is called for, and with which option.");
    }
    return text;
}

nlohmann::json to_json(const HandshakeFacts& facts, const JudgeContext& context) {
    nlohmann::json json = facts_to_json(facts);
    if (facts.selected)
        json["selected_name"] = rdp_negotiation::protocol_name(*facts.selected);
    if (facts.selected)
        json["response_flag_names"] = rdp_negotiation::flag_names(facts.response_flags);
    if (facts.stage == HandshakeStage::negotiation_failure)
        json["failure_name"] = rdp_negotiation::failure_name(facts.failure_code);
    if (facts.alert) {
        const SchannelError error = schannel_error(*facts.alert);
        json["alert_name"] = alert_name(*facts.alert);
        json["alert_schannel"] = error.code;
        json["alert_schannel_name"] = error.name;
    }
    json["certificate_der"] = json["certificate"];
    json["certificate"] = facts.certificate.empty() ? nlohmann::json() : certificate_json(facts.certificate);
    json["ok"] = exit_status(facts, context) == 0;
    json["findings"] = nlohmann::json::array();
    for (const Problem& problem : problems_of(facts, context))
        json["findings"].push_back(problem_json(problem));
    return json;
}

int exit_status(const HandshakeFacts& facts, const JudgeContext& context) {
    const std::vector<Problem> problems = problems_of(facts, context);
    if (has(problems, Severity::critical))
        return 2;
    if (has(problems, Severity::warning))
        return 1;
    return has(problems, Severity::unknown) ? 3 : 0;
}

} // namespace rdpmedic::handshake
