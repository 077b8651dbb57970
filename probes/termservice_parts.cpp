// Are the program, the DLL and the rights of TermService still Windows' own?
#include "probes/error_words.hpp"
#include "probes/formats/access.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/termservice_words.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::termservice {
namespace {

constexpr std::string_view id = "termservice";
constexpr std::chrono::hours signature_age{1};
// SERVICE_START and SERVICE_STOP. https://learn.microsoft.com/windows/win32/services/service-security-and-access-rights
constexpr std::uint32_t start_right = 0x10, stop_right = 0x20;
constexpr GenericMapping service_rights{0x2008D, 0x20002, 0x20170, 0xF01FF};

class Parts {
  public:
    explicit Parts(const Facts& facts) : facts_(facts) {}

    std::vector<Finding> findings() {
        judge_program(*facts_.term_service);
        judge_group();
        for (const Companion& companion : facts_.companions)
            judge_rights(companion);
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    // Client editions run TermService in the group NetworkService, servers in termsvcs.
    void judge_program(const ServiceFacts& service) {
        const CommandLine program = parse_command_line(service.binary_path);
        const auto is_svchost = is_system_file(program.image, "svchost.exe", facts_.system_root);
        if (!is_svchost)
            return add_unknown("SystemRoot", facts_.system_root.error());
        if (!*is_svchost || (program.group != "networkservice" && program.group != "termsvcs"))
            add({"termservice.host_process",
                 Severity::warning,
                 "TermService is not run by svchost.exe of Windows in the group NetworkService or termsvcs; something "
                 "has replaced it",
                 "TermService",
                 {"service TermService: program " + service.binary_path}});
        if (*is_svchost)
            judge_service_dll();
    }

    // Another ServiceDll is how RDP Wrapper, patched copies and malware put themselves before TermService.
    void judge_service_dll() {
        const std::string where = label(parameters_key, "ServiceDll");
        if (is_unreadable(facts_.service_dll))
            return add_unknown("ServiceDll of TermService", facts_.service_dll.error());
        if (!facts_.service_dll || facts_.service_dll->empty())
            return add({"termservice.service_dll",
                        Severity::critical,
                        "TermService has no ServiceDll and cannot start",
                        "TermService",
                        {where + (facts_.service_dll ? " is empty" : " is not set")}});
        const auto is_own = is_system_file(*facts_.service_dll, "termsrv.dll", facts_.system_root);
        if (!is_own)
            return add_unknown("SystemRoot", facts_.system_root.error());
        if (!*is_own)
            add({"termservice.service_dll", Severity::warning,
                 "TermService runs a foreign DLL, expected %SystemRoot%\\System32\\termsrv.dll: RDP Wrapper, a patched "
                 "copy or malware",
                 "TermService", with_signature({where + " = " + *facts_.service_dll})});
        if (is_absent(facts_.service_dll_file))
            add({"termservice.service_dll_missing",
                 Severity::critical,
                 "the ServiceDll of TermService does not exist: TermService cannot start",
                 "TermService",
                 {where + " = " + *facts_.service_dll, describe(facts_.service_dll_file.error())}});
        else if (!facts_.service_dll_file)
            add_unknown("file " + *facts_.service_dll, facts_.service_dll_file.error());
        else if (*is_own)
            judge_signature();
    }

    std::vector<std::string> with_signature(std::vector<std::string> evidence) const {
        if (!facts_.service_dll_signature)
            return evidence;
        evidence.push_back(describe(*facts_.service_dll_signature));
        return evidence;
    }

    // Patches that let several users in change termsrv.dll, and the next update of Windows no longer fits them.
    void judge_signature() {
        const auto& signature = facts_.service_dll_signature;
        if (!signature) {
            // unsupported: there are no catalogues here to compare with, which is no sign of anything.
            if (signature.error().code != Errc::unsupported && signature.error().code != Errc::not_found)
                add_unknown("signature of " + facts_.service_dll_file->path, signature.error());
            return;
        }
        const bool by_microsoft = signature->signer.empty() || signature->signer.starts_with("Microsoft");
        if (signature->status == 0 && by_microsoft)
            return;
        add({"termservice.tampered", Severity::warning,
             facts_.service_dll_file->path +
                 (signature->status == 0 ? " is not signed by Microsoft" : " is not the file that Microsoft signed") +
                 ": it has been patched or replaced. sfc /scannow puts the file of Windows back",
             "TermService", with_signature({label(parameters_key, "ServiceDll") + " = " + *facts_.service_dll})});
    }

    // A scanner that removes RDP Wrapper has been seen to take TermService out of the list that svchost.exe reads:
    // https://github.com/stascorp/rdpwrap/issues/1818
    void judge_group() {
        if (is_unreadable(facts_.svchost_group))
            return add_unknown("the svchost group of TermService", facts_.svchost_group.error());
        if (!facts_.svchost_group)
            return;
        const auto& names = *facts_.svchost_group;
        const auto is_it = [](const std::string& name) { return lower(name) == "termservice"; };
        if (std::any_of(names.begin(), names.end(), is_it))
            return;
        const std::string group = parse_command_line(facts_.term_service->binary_path).group;
        add({"termservice.svchost_group",
             Severity::critical,
             "TermService is not in the list of services that svchost.exe runs in the group " + group +
                 ": it cannot start",
             "TermService",
             {label(svchost_key, group) + " has no TermService"}});
    }

    // DERIVED: the lists that Windows sets up let TermService start and stop these services, and it does. NETWORK
    // SERVICE, its groups and the identity of the service count.
    void judge_rights(const Companion& companion) {
        // Wine knows no such lists, and a service that has gone meanwhile needs none.
        if (!companion.security &&
            (companion.security.error().code == Errc::unsupported || is_absent(companion.security)))
            return;
        const auto descriptor = companion.security ? parse_security_descriptor(*companion.security)
                                                   : Result<SecurityDescriptor>{companion.security.error()};
        if (!descriptor)
            return add_unknown("permissions of the service " + companion.name, descriptor.error());
        const auto sids = term_service_sids();
        if (access_of(*descriptor, sids, service_rights).grants(start_right | stop_right))
            return;
        add({"termservice.companion_rights",
             Severity::warning,
             "TermService may not start and stop the service " + companion.name +
                 ", as it does on a Windows that was not changed",
             companion.name,
             {"permissions of the service " + companion.name + ": " + to_sddl(*descriptor)}});
    }

    const Facts& facts_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge_parts(const Facts& facts) { return Parts(facts).findings(); }

// "path|size|seconds status signer"
std::string remember_signature(const SignatureFacts& signature, const std::string& about, Time now) {
    return about + std::to_string(now.time_since_epoch().count()) + " " + std::to_string(signature.status) + " " +
           (signature.by_catalog ? "1 " : "0 ") + signature.signer;
}

std::optional<SignatureFacts> recall_signature(std::string_view note, std::string_view about, Time now) {
    if (note.substr(0, about.size()) != about)
        return std::nullopt;
    note.remove_prefix(about.size());
    std::int64_t seconds = 0;
    SignatureFacts signature;
    const char* const end = note.data() + note.size();
    const auto [after_time, bad_time] = std::from_chars(note.data(), end, seconds);
    if (bad_time != std::errc{} || after_time == end)
        return std::nullopt;
    const auto [after_status, bad_status] = std::from_chars(after_time + 1, end, signature.status);
    if (bad_status != std::errc{} || end - after_status < 3)
        return std::nullopt;
    signature.by_catalog = after_status[1] == '1';
    signature.signer.assign(after_status + 3, end);
    const auto age = now - Time(std::chrono::seconds(seconds));
    if (age < std::chrono::seconds{0} || age > signature_age)
        return std::nullopt;
    return signature;
}

} // namespace rdpmedic::termservice
