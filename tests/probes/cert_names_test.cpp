// Is a chosen certificate told apart from one of another host, and a missing folder for keys seen?
#include "tests/support/certificate_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::CertificateHost;
using testing::CertificateOrder;

namespace {

using Lines = std::vector<std::string>;
const RegistryPath profile_list{R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList)"};
const HostNames host01{"HOST01", "host01", "example.local"};

CertificateOrder named(std::string common_name, std::vector<std::string> dns_names) {
    CertificateOrder order;
    order.not_after = testing::FakeHost{}.time + std::chrono::days{300};
    order.common_name = std::move(common_name);
    order.dns_names = std::move(dns_names);
    return order;
}

Lines lines(const CertificateHost& host) {
    JudgeContext context;
    context.now = host.time;
    Lines result;
    for (const Finding& finding : cert::judge(cert::collect(host).value(), context))
        result.push_back(finding.code + " " + name_of(finding.severity));
    return result;
}

} // namespace

TEST_CASE("a star covers one label and nothing else") {
    const auto [pattern, name, covered] = GENERATE(table<std::string, std::string, bool>({
        {"host01.example.local", "HOST01.Example.Local", true},
        {"host01", "host02", false},
        {"*.example.local", "host01.example.local", true},
        {"*.EXAMPLE.local", "host01.example.local", true},
        {"*.example.local", "a.host01.example.local", false},
        {"*.example.local", "example.local", false},
        {"*.example.local", ".example.local", false},
        {"*", "host01", false},
        {"h*.example.local", "host01.example.local", false},
        {"", "host01", false},
    }));
    INFO(pattern << " and " << name);
    CHECK(cert::covers_name(pattern, name) == covered);
}

TEST_CASE("a chosen certificate that names another host is an info") {
    struct Row {
        std::string common_name;
        std::vector<std::string> dns_names;
        Lines expected;
    };
    const Lines mismatch{"cert.name_mismatch info"};
    const auto row = GENERATE_COPY(Row{"x", {"host01.example.local"}, {}}, Row{"x", {"a", "HOST01"}, {}},
                                   Row{"x", {"*.example.local"}, {}}, Row{"host01", {}, {}},
                                   Row{"host01", {"rdp.example.com"}, mismatch}, Row{"rdp.example.com", {}, mismatch});
    CertificateHost host;
    host.pin(named(row.common_name, row.dns_names));
    host.give("host_names", host01);
    INFO(row.common_name);
    CHECK(lines(host) == row.expected);
}

TEST_CASE("the names of Windows' own certificate are not judged") {
    CertificateHost host;
    host.give("host_names", HostNames{"OTHER", "other", ""});
    CHECK(lines(host).empty());
}

TEST_CASE("names of the host that cannot be read are unknown, and no names are no mismatch") {
    CertificateHost host;
    host.pin(named("rdp.example.com", {}));
    SECTION("not readable") {
        host.give("host_names", Error{Errc::io, 234, "GetComputerNameExW"});
        CHECK(lines(host) == Lines{"cert.unknown unknown"});
    }
    SECTION("this system does not tell") { CHECK(lines(host).empty()); }
    SECTION("no names") {
        host.give("host_names", HostNames{});
        CHECK(lines(host).empty());
    }
}

TEST_CASE("a folder for keys that does not exist is a warning") {
    CertificateHost host;
    host.set(profile_list, "ProgramData", {2, std::string(R"(%SystemDrive%\ProgramData)")});
    CHECK(lines(host) == Lines{"cert.program_data warning"});
    host.files[R"(%systemdrive%\programdata)"] = {R"(C:\ProgramData)", 0, true, false};
    CHECK(lines(host).empty());
    host.fail(R"(file %SystemDrive%\ProgramData)", {Errc::access_denied, 5, "GetFileAttributesExW"});
    CHECK(lines(host).empty());
}
