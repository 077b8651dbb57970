// What would put the folder of the machine's keys right without taking anybody's key away?
#include "agent/repair/plan_machinekeys.hpp"

#include "agent/repair/plan_cert_parts.hpp"
#include "agent/repair/plan_parts.hpp"
#include "probes/formats/key_container.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/letter_case.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using cert::CertificateFacts;
using cert::Source;

// The folder as every build from Server 2012 R2 to 2025 makes it, published with Microsoft's repair scripts:
// https://github.com/Azure/repair-script-library
constexpr std::string_view list_of_a_new_folder = "O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;FA;;;BA)";
// Of TSSecKeySet1, the container of Remote Desktop's own key; behind it comes the MachineGuid.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/internal-error-has-occurred-connecting-remote-machine
constexpr std::string_view own_key_prefix = "f686aace6942fb7f7ceb231212eef4a4_";
constexpr std::string_view own_container = "TSSecKeySet1";
// Providers that keep their keys elsewhere.
// https://learn.microsoft.com/windows/win32/seccertenroll/cng-key-storage-providers
constexpr std::string_view providers_elsewhere[] = {"Microsoft Platform Crypto Provider",
                                                    "Microsoft Smart Card Key Storage Provider"};

bool is_own(const CertificateFacts& certificate) {
    return certificate.store == cert::remote_desktop_store && certificate.key &&
           lower(certificate.key->container) == lower(own_container);
}

enum class Place { elsewhere, in_folder, unknown };

Place place_of_key(const CertificateFacts& certificate) {
    if (is_absent(certificate.key))
        return Place::elsewhere;
    if (!certificate.key)
        return Place::unknown;
    if (!certificate.key->machine_keyset)
        return Place::elsewhere; // in the profile of a user
    if (certificate.key_file) {
        const std::string folder = lower(R"(\Microsoft\Crypto\RSA\MachineKeys\)");
        return lower(*certificate.key_file).find(folder) != std::string::npos ? Place::in_folder : Place::elsewhere;
    }
    const bool elsewhere = std::find(std::begin(providers_elsewhere), std::end(providers_elsewhere),
                                     certificate.key->provider) != std::end(providers_elsewhere);
    return elsewhere ? Place::elsewhere : Place::unknown;
}

std::string name_for_people(const CertificateFacts& certificate) {
    return certificate.thumbprint + " (" + (certificate.x509 ? certificate.x509->subject + ", " : std::string()) +
           "store " + certificate.store + ")";
}

void note_others(const MachineKeysPlanInput& input, Plan& plan) {
    std::string needing, unknown;
    for (const CertificateFacts& certificate : input.certificates) {
        if (is_own(certificate))
            continue;
        const Place place = place_of_key(certificate);
        if (place == Place::elsewhere)
            continue;
        std::string& to = place == Place::in_folder ? needing : unknown;
        to += (to.empty() ? "" : ", ") + name_for_people(certificate);
    }
    if (!needing.empty())
        plan.obstacles.push_back("Other certificates have their keys in this folder: " + needing + ".");
    if (!unknown.empty())
        plan.obstacles.push_back("Whether these certificates have their keys in this folder is not known: " + unknown +
                                 ".");
    for (const std::string& store : input.unread_stores)
        plan.obstacles.push_back("The certificate store " + store + ".");
}

// Each for itself: who asks sees all that stands in the way.
void note_obstacles(const MachineKeysPlanInput& input, Plan& plan) {
    const cert::CertFacts& facts = input.facts;
    if (facts.source == Source::template_)
        plan.blocked_by_policy = label(keys::terminal_services_policy, "CertTemplateName");
    if (facts.source != Source::self_signed && facts.source != Source::none)
        plan.obstacles.push_back(facts.source == Source::unknown
                                     ? "Which certificate the listener uses is not known."
                                     : "The listener does not use the certificate that Windows makes.");
    if (std::string obstacle = cert_plan::renewal_obstacle(facts); !obstacle.empty())
        plan.obstacles.push_back(std::move(obstacle));
    if (is_unreadable(facts.machine_keys_security))
        plan.obstacles.push_back("The permissions of the folder could not be read: " +
                                 describe(facts.machine_keys_security.error()));
    if (is_unreadable(input.names))
        plan.obstacles.push_back("The folder could not be listed: " + describe(input.names.error()));
    note_others(input, plan);
}

// Those of Remote Desktop's container that are not put aside yet.
std::vector<std::string> own_key_files(const Result<std::vector<std::string>>& names) {
    std::vector<std::string> files;
    for (const std::string& name : names ? *names : std::vector<std::string>{})
        if (lower(name).rfind(own_key_prefix, 0) == 0 && lower(name).find(".bak-") == std::string::npos)
            files.push_back(std::string(machine_keys_folder) + "\\" + name);
    return files;
}

// A name beside the file that the folder does not hold yet.
std::string aside(const std::string& file, const MachineKeysPlanInput& input) {
    const auto is_taken = [&](const std::string& path) {
        return std::any_of(input.names->begin(), input.names->end(), [&](const std::string& name) {
            return lower(std::string(machine_keys_folder) + "\\" + name) == lower(path);
        });
    };
    std::string path = file + "." + input.day;
    for (int number = 2; is_taken(path); ++number)
        path = file + "." + input.day + "-" + std::to_string(number);
    return path;
}

void add_new_folder(const MachineKeysPlanInput& input, Plan& plan) {
    plan.asked_for = "the folder MachineKeys as it is made new";
    plan.done_when_made = true;
    note_obstacles(input, plan);
    const auto list = parse_sddl(list_of_a_new_folder);
    const auto bytes = list ? to_bytes(*list) : Result<Bytes>(list.error());
    if (!plan.obstacles.empty() || !bytes)
        return;
    const std::string folder(machine_keys_folder);
    std::vector<Change> between;
    if (is_absent(input.facts.machine_keys_security))
        between.push_back(MakeFolder{folder, *bytes});
    else
        between.push_back(SetFileAccess{folder, *bytes});
    std::string kept = "its files stay";
    if (input.names)
        kept = std::to_string(input.names->size() - own_key_files(input.names).size()) + " files of others stay";
    for (const CertificateFacts& certificate : input.certificates)
        if (is_own(certificate))
            between.push_back(DeleteCertificate{certificate.store, certificate.thumbprint,
                                                certificate.key_file && certificate.file ? *certificate.key_file : ""});
    // After the certificates: taken back before them, so that each finds its key where it was.
    for (const std::string& file : own_key_files(input.names))
        between.push_back(RenameFile{file, aside(file, input)});
    Rung rung{"new-folder", "Give the folder MachineKeys the list of a new one, and Remote Desktop a new key",
              "asked for; " + kept, cert_plan::around_session_env(input.facts, between, true)};
    // MEM: as in plan_cert_parts.
    rung.disruption = "none for sessions; SessionEnv makes another certificate";
    rung.await_new_certificate_in = cert::remote_desktop_store;
    plan.rungs.push_back(std::move(rung));
    if (const std::string why =
            cert_plan::add_restart(input.sessions, input.term_service, input.um_rdp_service, input.elsewhere, plan);
        !why.empty())
        plan.obstacles.push_back(why);
}

void add_folder_acl(const MachineKeysPlanInput& input, Plan& plan) {
    for (const Finding& finding : input.findings)
        if (finding.code == "cert.machinekeys_acl")
            plan.cures.push_back(finding);
    if (plan.cures.empty())
        return;
    const auto present = input.facts.machine_keys_security
                             ? parse_security_descriptor(*input.facts.machine_keys_security)
                             : Result<SecurityDescriptor>(input.facts.machine_keys_security.error());
    if (!present) {
        plan.obstacles.push_back("The permissions of the folder could not be read: " + describe(present.error()));
        return;
    }
    const SecurityDescriptor cured = with_grants(*present, cert::expected_folder_grants(), file_rights);
    const auto bytes = to_bytes(cured);
    if (!bytes || !cert::folder_is_as_expected(cured)) {
        plan.obstacles.push_back(
            "Entries that the folder inherits keep Windows' own out; look at the folder above it.");
        return;
    }
    Rung rung{"folder-acl",
              "Give the folder MachineKeys the entries of Windows that it lacks",
              plan.cures.front().evidence.empty() ? plan.cures.front().text : plan.cures.front().evidence.front(),
              {SetFileAccess{std::string(machine_keys_folder), *bytes}}};
    rung.undo = "the owner and the list as they were";
    plan.rungs.push_back(std::move(rung));
}

} // namespace

Plan plan_machinekeys(const MachineKeysPlanInput& input) {
    Plan plan;
    plan.repair = "machinekeys";
    if (flag_of(input.options, "new_folder"))
        add_new_folder(input, plan);
    else
        add_folder_acl(input, plan);
    return plan;
}

std::vector<OptionSpec> machinekeys_options() {
    return {{"new_folder", OptionSpec::Kind::flag,
             "the list of a new folder, and a new certificate and key for Remote Desktop; the files of others stay"}};
}

} // namespace rdpmedic
