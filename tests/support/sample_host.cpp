// What do the registry exports of a real host amount to, as a host that probes can ask?
#include "tests/support/sample_host.hpp"

#include "probes/winsock.hpp"

#include <stdexcept>

namespace rdpmedic::testing {
namespace {

void import(SampleHost& sample, const std::string& file) {
    const auto folder = samples_folder();
    const auto counts = import_reg_file(folder.value_or("") + "/" + file, sample.host);
    if (!counts)
        throw std::runtime_error(describe(counts.error()));
    ++sample.files;
}

} // namespace

const std::vector<std::string>& sample_hosts() {
    static const std::vector<std::string> names{"win7sp1-a", "win7sp1-b", "win81", "win10-1709"};
    return names;
}

SampleHost sample_host(const std::string& name) {
    SampleHost sample;
    for (const char* file :
         {"terminal-server/$-terminal-server.reg", "firewall/$-profiles.reg", "firewall/$-firewallrules.reg",
          "firewall/$-restrictedservices.reg", "services/$-services.reg", "schannel/$-schannel-crypto.reg",
          "winsock/$-winsock1.reg", "winsock/$-winsock2.reg"}) {
        std::string path = file;
        import(sample, path.replace(path.find('$'), 1, name));
    }
    FakeHost& host = sample.host;
    services_from_registry(host, ServiceState::running);
    host.profiles = FirewallProfiles{true, true, true};
    const Error beyond{Errc::unsupported, 0, "not in a registry export"};
    host.catalog = beyond;
    host.listeners = beyond;
    host.session_list = beyond;
    for (const char* store : {"My", "Remote Desktop"})
        host.fail(std::string("certificates ") + store, beyond);
    host.files[R"(%systemroot%\system32\termsrv.dll)"] = {R"(C:\Windows\System32\termsrv.dll)", 1, false, false};
    const auto winsock = winsock::collect(host);
    for (const auto& [path, file] : winsock->files)
        host.files[FakeHost::lower(path)] = {path, 1, false, false};
    return sample;
}

SampleHost connected_sample_host(const std::string& name) {
    SampleHost sample = sample_host(name);
    sample.host.profiles = FirewallProfiles{true, true, false};
    return sample;
}

void lay_policies_over(SampleHost& sample, const std::string& file) { import(sample, file); }

} // namespace rdpmedic::testing
