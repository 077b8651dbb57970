// Does a chosen certificate name this host, and is the folder for machine keys where it must be?
#include "probes/cert_judge.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic::cert {
namespace {

// Every name by which this host knows itself.
std::vector<std::string> names_of(const HostNames& host) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    };
    if (!host.domain.empty() && !host.host.empty())
        add(host.host + "." + host.domain);
    add(host.host);
    add(host.computer);
    return names;
}

// Clients look at the names of the extension, and at the common name only where there are none.
// https://www.rfc-editor.org/rfc/rfc6125#section-6.4.4
std::vector<std::string> names_of(const X509Facts& x509) {
    if (!x509.dns_names.empty())
        return x509.dns_names;
    return x509.common_name.empty() ? std::vector<std::string>{} : std::vector<std::string>{x509.common_name};
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "none" : text;
}

} // namespace

bool covers_name(std::string_view pattern, std::string_view name) {
    if (pattern.substr(0, 2) != "*.")
        return same_ignoring_case(pattern, name);
    const std::size_t dot = name.find('.');
    return dot != name.npos && dot != 0 && same_ignoring_case(pattern.substr(1), name.substr(dot));
}

// Only a hint: a certificate for another name is right where clients connect by that name, and an alias is nothing that
// this host knows of. Windows' own certificate is nobody's to check by name.
void judge_names(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings) {
    if (facts.source != Source::pinned && facts.source != Source::template_)
        return;
    if (!facts.names) {
        if (facts.names.error().code != Errc::unsupported && !is_absent(facts.names))
            findings.push_back(unknown("cert", "the names of this host", facts.names.error()));
        return;
    }
    const auto own = names_of(*facts.names), certified = names_of(*certificate.x509);
    const bool named = std::any_of(own.begin(), own.end(), [&](const std::string& name) {
        return std::any_of(certified.begin(), certified.end(),
                           [&](const std::string& pattern) { return covers_name(pattern, name); });
    });
    if (named || own.empty())
        return;
    Finding finding{"cert.name_mismatch", Severity::info,
                    "the certificate chosen for RDP does not name this host: a client that connects as " + own.front() +
                        " is warned, one that connects as " + joined(certified) + " is not"};
    finding.evidence = {describe(certificate), "names of the certificate: " + joined(certified),
                        "names of this host: " + joined(own)};
    findings.push_back(std::move(finding));
}

// Keys of the machine are made below this folder:
// https://learn.microsoft.com/troubleshoot/windows-server/remote/internal-error-has-occurred-connecting-remote-machine
void judge_program_data(const CertFacts& facts, Findings& findings) {
    if (!facts.program_data || !is_absent(facts.program_data_folder))
        return;
    Finding finding{
        "cert.program_data", Severity::warning,
        "the folder in which Windows makes the keys of this machine does not exist: it cannot make its next "
        "RDP certificate. Expected is %SystemDrive%\\ProgramData"};
    finding.evidence = {label({R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList)"}, "ProgramData") + " = " +
                            *facts.program_data,
                        rdpmedic::describe(facts.program_data_folder.error())};
    findings.push_back(std::move(finding));
}

} // namespace rdpmedic::cert
