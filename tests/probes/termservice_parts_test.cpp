// Is it seen when something else stands in the place of Windows' own parts of TermService?
#include "probes/formats/sddl.hpp"
#include "probes/termservice.hpp"
#include "probes/termservice_words.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace rdpmedic;
using namespace rdpmedic::termservice;
using namespace std::chrono_literals;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
constexpr const char* dll = R"(%SystemRoot%\System32\termsrv.dll)";
constexpr std::uint32_t unsigned_file = 0x800B0100; // TRUST_E_NOSIGNATURE
// As Windows 10 sets up SessionEnv: the service identity of TermService has 0x30.
constexpr const char* usual = "O:SYG:SYD:(A;;0x201fd;;;SY)(A;;0xf01ff;;;BA)(A;;0x2018d;;;IU)(A;;0x2018d;;;SU)"
                              "(A;;0x30;;;S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104)";

class Notes : public Notebook {
  public:
    std::optional<std::string> recall(std::string_view name) const override {
        const auto found = texts_.find(std::string(name));
        return found == texts_.end() ? std::nullopt : std::optional<std::string>(found->second);
    }
    void remember(std::string_view name, std::string text) override { texts_[std::string(name)] = std::move(text); }

  private:
    std::map<std::string, std::string> texts_;
};

FakeHost healthy() {
    FakeHost host;
    ServiceFacts service;
    service.name = "TermService";
    service.state = ServiceState::running;
    service.start = StartType::manual;
    service.process_id = 1000;
    service.services_in_process = 1;
    service.account = R"(NT AUTHORITY\NetworkService)";
    service.binary_path = R"(C:\Windows\System32\svchost.exe -k termsvcs -s TermService)";
    host.services["termservice"] = service;
    for (const char* name : {"sessionenv", "umrdpservice", "rpcss", "lsm", "certpropsvc", "keyiso", "cryptsvc"}) {
        host.services[name] = service;
        host.services[name].name = name;
    }
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set(parameters_key, "ServiceDll", {2, std::string(dll)});
    host.files[FakeHost::lower(dll)] = {R"(C:\Windows\System32\termsrv.dll)", 1000, false, false};
    host.set_text(keys::windows_version, "SystemRoot", R"(C:\Windows)");
    host.set(svchost_key, "termsvcs", {7, std::vector<std::string>{"TermService"}});
    host.give(std::string("file_signature ") + dll, SignatureFacts{0, "Microsoft Windows", true});
    for (const char* name : {"SessionEnv", "UmRdpService", "CertPropSvc"})
        host.give(std::string("service_security ") + name, to_bytes(parse_sddl(usual).value()).value());
    return host;
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : judge(collect(host).value(), {host.time}))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

} // namespace

TEST_CASE("a host with Windows' own parts has no finding") { CHECK(lines(healthy()).empty()); }

TEST_CASE("a termsrv.dll that Microsoft has not signed is tampered with") {
    const auto [signature, expected] = GENERATE(table<SignatureFacts, Lines>({
        {{0, "Microsoft Windows", true}, {}},
        {{0, "Microsoft Windows Publisher", false}, {}},
        {{0, "", true}, {}},
        {{unsigned_file, "", false}, {"termservice.tampered warning TermService"}},
        {{0x80096010, "Microsoft Windows", false}, {"termservice.tampered warning TermService"}},
        {{0, "Example Ltd", false}, {"termservice.tampered warning TermService"}},
    }));
    FakeHost host = healthy();
    host.give(std::string("file_signature ") + dll, signature);
    INFO(signature.status << " " << signature.signer);
    CHECK(lines(host) == expected);
}

TEST_CASE("a signature that cannot be checked is unknown, and no catalogues are no sign of anything") {
    FakeHost host = healthy();
    host.give(std::string("file_signature ") + dll, Error{Errc::io, 32, "CreateFileW"});
    CHECK(lines(host) == Lines{R"(termservice.unknown unknown signature of C:\Windows\System32\termsrv.dll)"});
    host.give(std::string("file_signature ") + dll, Error{Errc::unsupported, 0, "no catalogue"});
    CHECK(lines(host).empty());
}

TEST_CASE("a foreign DLL is named with its signature, once") {
    FakeHost host = healthy();
    const std::string wrapper = R"(%ProgramFiles%\RDP Wrapper\rdpwrap.dll)";
    host.set(parameters_key, "ServiceDll", {2, wrapper});
    host.files[FakeHost::lower(wrapper)] = {R"(C:\Program Files\RDP Wrapper\rdpwrap.dll)", 1, false, false};
    host.give("file_signature " + wrapper, SignatureFacts{unsigned_file, "", false});
    const auto found = judge(collect(host).value(), {host.time});
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == "termservice.service_dll");
    CHECK(found[0].evidence.back() == "the signature is not trusted: 0x800B0100 (the file has no signature)");
}

TEST_CASE("an empty ServiceDll is none") {
    FakeHost host = healthy();
    host.set(parameters_key, "ServiceDll", {2, std::string()});
    CHECK(lines(host) == Lines{"termservice.service_dll critical TermService"});
}

TEST_CASE("the signature is checked once an hour, and again when the file has another size") {
    Notes notes;
    FakeHost host = healthy();
    JudgeContext context;
    context.now = host.time;
    context.notes = &notes;
    const auto look = [&] { return collect_with_notes(host, context)->service_dll_signature; };
    CHECK(look()->signer == "Microsoft Windows");
    host.give(std::string("file_signature ") + dll, SignatureFacts{unsigned_file, "", false});
    context.now = host.time + 1h;
    CHECK(look()->status == 0);
    CHECK(look()->by_catalog);
    SECTION("after an hour") {
        context.now += 1s;
        CHECK(look()->status == unsigned_file);
    }
    SECTION("before the clock was set back") {
        context.now = host.time - 1s;
        CHECK(look()->status == unsigned_file);
    }
    SECTION("another size") {
        host.files[FakeHost::lower(dll)].size = 1001;
        CHECK(look()->status == unsigned_file);
    }
    SECTION("a note that is damaged") {
        for (const char* text :
             {"", "x", "%systemroot%\\system32\\termsrv.dll|1000|", "%systemroot%\\system32\\termsrv.dll|1000|1 ",
              "%systemroot%\\system32\\termsrv.dll|1000|1 2"}) {
            notes.remember("service_dll", text);
            CHECK(look()->status == unsigned_file);
        }
    }
}

TEST_CASE("TermService must be in the list of its svchost group") {
    FakeHost host = healthy();
    SECTION("in any case of letters, among others") {
        host.set(svchost_key, "termsvcs", {7, std::vector<std::string>{"other", "TERMSERVICE"}});
        CHECK(lines(host).empty());
    }
    SECTION("missing") {
        host.set(svchost_key, "termsvcs", {7, std::vector<std::string>{"other"}});
        CHECK(lines(host) == Lines{"termservice.svchost_group critical TermService"});
    }
    SECTION("no list is not judged, since another version may keep it elsewhere") {
        host.registry.erase(FakeHost::lower(svchost_key.key));
        CHECK(lines(host).empty());
    }
    SECTION("not readable") {
        host.fail("registry_value " + label(svchost_key, "termsvcs"), {Errc::access_denied, 5, "x"});
        CHECK(lines(host) == Lines{"termservice.unknown unknown the svchost group of TermService"});
    }
}

TEST_CASE("the services that TermService starts must let it") {
    const auto [sddl, expected] = GENERATE(table<std::string, Lines>({
        {usual, {}},
        {"O:SYG:SYD:(A;;0xf01ff;;;SY)(A;;0x30;;;NS)", {}},
        {"O:SYG:SYD:(A;;0xf01ff;;;SY)(A;;0xf01ff;;;BA)", {"termservice.companion_rights warning SessionEnv"}},
        {"O:SYG:SYD:(A;;0xf01ff;;;SY)(A;;0x10;;;NS)", {"termservice.companion_rights warning SessionEnv"}},
        {"O:SYG:SYD:(D;;0x10;;;NS)(A;;0x30;;;NS)", {"termservice.companion_rights warning SessionEnv"}},
    }));
    FakeHost host = healthy();
    host.give("service_security SessionEnv", to_bytes(parse_sddl(sddl).value()).value());
    INFO(sddl);
    CHECK(lines(host) == expected);
}

TEST_CASE("permissions of a service that cannot be read are not permissions that are missing") {
    FakeHost host = healthy();
    SECTION("denied") {
        host.give("service_security SessionEnv", Error{Errc::access_denied, 5, "OpenServiceW(SessionEnv)"});
        CHECK(lines(host) == Lines{"termservice.unknown unknown permissions of the service SessionEnv"});
    }
    SECTION("not whole") {
        host.give("service_security SessionEnv", Bytes{1, 0, 4});
        CHECK(lines(host) == Lines{"termservice.unknown unknown permissions of the service SessionEnv"});
    }
    SECTION("not there") {
        host.give("service_security SessionEnv", Error{Errc::not_found, 1060, "OpenServiceW(SessionEnv)"});
        CHECK(lines(host).empty());
    }
}

TEST_CASE("a service that TermService is set to start is missed where it does not exist or is disabled") {
    FakeHost host = healthy();
    const auto set = [&](Lines names) {
        host.set(keys::terminal_server, "RCDependentServices", {7, std::move(names)});
    };
    const std::string list = "HKLM\\" + keys::terminal_server.key + ": RCDependentServices names ";
    set({"CertPropSvc", "SessionEnv"});
    CHECK(lines(host).empty());
    SECTION("another maker's, which is gone") {
        set({"CertPropSvc", "sessionenv", "ExampleSvc"});
        CHECK(lines(host) == Lines{"termservice.dependency_missing warning ExampleSvc"});
        const auto found = judge(collect(host).value(), {host.time});
        CHECK(found[0].text == "the service ExampleSvc does not exist, and TermService is set to start it");
        CHECK(found[0].evidence.back() == list + "ExampleSvc");
        CHECK(found[0].repair.empty());
    }
    SECTION("another maker's, disabled") {
        set({"ExampleSvc"});
        host.services["examplesvc"] = host.services["keyiso"];
        CHECK(lines(host).empty());
        host.services["examplesvc"].start = StartType::disabled;
        CHECK(lines(host) == Lines{"termservice.dependency_disabled warning ExampleSvc"});
        CHECK(judge(collect(host).value(), {host.time})[0].evidence.back() == list + "ExampleSvc");
    }
    SECTION("one that not every Windows has is missed only where the list names it") {
        host.services.erase("certpropsvc");
        CHECK(lines(host) == Lines{"termservice.dependency_missing warning CertPropSvc"});
        set({"SessionEnv"});
        CHECK(lines(host).empty());
    }
    SECTION("one that has findings of its own is said once") {
        host.services.erase("sessionenv");
        CHECK(lines(host) == Lines{"termservice.missing warning SessionEnv"});
    }
    SECTION("an empty list names nobody, nor does none") {
        set({});
        CHECK(lines(host).empty());
        host.registry[FakeHost::lower(keys::terminal_server.key)].erase("RCDependentServices");
        CHECK(lines(host).empty());
    }
    SECTION("a list that cannot be read is unknown") {
        host.fail("registry_value HKLM\\" + keys::terminal_server.key + ": RCDependentServices",
                  {Errc::access_denied, 5, "the call"});
        CHECK(lines(host) == Lines{"termservice.unknown unknown RCDependentServices"});
    }
}
