// Does a recording answer exactly as the host did, and is everything else refused with its place?
#include "probes/probe.hpp"
#include "probes/recorded/facts_json.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

const RegistryPath key{R"(SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp)"};
const RegistryPath absent_key{R"(SOFTWARE\Absent)"};
const RegistryPath denied_key{R"(SOFTWARE\Denied)"};

Time at(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
}

void fill_registry(FakeHost& host) {
    host.set_dword(key, "PortNumber", 0xFFFFFFFF);
    host.set(key, "Qword", {11, std::uint64_t{0xFFFFFFFFFFFFFFFF}});
    host.set_text(key, "Text", std::string("tab\t, quote \", NUL \0, \xc3\xa4", 22));
    host.set(key, "Expand", {2, std::string(R"(%SystemRoot%\System32\termsrv.dll)")});
    host.set(key, "List", {7, std::vector<std::string>{"a", "", "b"}});
    host.set(key, "NoList", {7, std::vector<std::string>{}});
    host.set(key, "Binary", {3, Bytes{0x00, 0x7f, 0xff}});
    host.set(key, "Short", {4, Bytes{0x01}}); // a REG_DWORD of one byte stays bytes
    host.set(key, "Odd", {0x80000001, Bytes{}});
    host.registry[R"(software\denied)"];
    host.fail("registry_value HKLM\\" + denied_key.key + ": x", {Errc::access_denied, 5, "RegQueryValueExW x"});
    host.fail("registry_values HKLM\\" + denied_key.key, {Errc::timed_out, 0, ""});
    host.registry_descriptors[FakeHost::lower(key.key)] = {1, 2, 3};
}

FakeHost full_host() {
    FakeHost host;
    fill_registry(host);
    host.services["termservice"] = {"TermService",
                                    ServiceState::stop_pending,
                                    StartType::manual,
                                    0x20,
                                    1234,
                                    3,
                                    1067,
                                    2,
                                    7,
                                    30000,
                                    5,
                                    R"(NT AUTHORITY\NetworkService)",
                                    "svchost.exe -k NetworkService",
                                    {"RPCSS"},
                                    {"UmRdpService"}};
    host.stores["My"] = {
        {{0x30, 0x82}, KeyLocation{"c", "p", 0, true, "f686"}, Result<void>{}},
        {{0x30}, Error{Errc::not_found, 0, "no private key"}, Error{Errc::access_denied, 0x80090010, "k"}}};
    host.stores["Empty"] = {};
    host.files[R"(c:\x)"] = {R"(C:\x)", 0xFFFFFFFFFF, true, true};
    host.file_descriptors[R"(c:\x)"] = {9};
    host.folders[R"(c:\x)"] = {"a", "b"};
    Session session;
    session.id = 3;
    session.state = SessionState::disconnected;
    session.user = "user07";
    session.connected_at = at(1601, 1, 2);
    session.disconnected_at = at(9999, 12, 31);
    session.now = at(2026, 1, 15);
    host.session_list =
        std::vector{session, Session{65536, SessionState::listen, "RDP-Tcp", {}, {}, {}, {}, {}, {}, {}, {}, {}}};
    WinsockCatalog catalog;
    catalog.protocols = {{1001, -1, {1, 2}, 2, 1, 6, 0x8, "MSAFD", R"(%SystemRoot%\system32\mswsock.dll)"}};
    catalog.namespaces = std::vector<NamespaceEntry>{{"dns", "path", true}};
    host.catalog = catalog;
    host.listeners = std::vector<TcpListener>{{"::", 3389, 1234, "svchost.exe"}};
    host.profiles = FirewallProfiles{false, true, false};
    HandshakeFacts handshake;
    handshake.stage = HandshakeStage::complete;
    handshake.selected = 8;
    handshake.certificate = {0x30, 0x03};
    handshake.tls_time = std::chrono::milliseconds{17};
    host.handshake = handshake;
    return host;
}

// Facts without operator== are compared by what is written of them, which is compared with literals elsewhere.
template <class T>
std::string text(const Result<T>& answer) {
    return facts_to_json(answer).dump();
}

// Every read, with values, absences and failures among the answers.
std::vector<std::string> ask_everything(const Host& host) {
    std::vector<std::string> answers{text(host.now())};
    for (const char* name :
         {"PortNumber", "Qword", "Text", "Expand", "List", "NoList", "Binary", "Short", "Odd", "None"})
        answers.push_back(text(host.registry_value(key, name)));
    answers.push_back(text(host.registry_value(denied_key, "x")));
    for (const RegistryPath& path : {key, absent_key, denied_key}) {
        answers.push_back(text(host.registry_values(path)));
        answers.push_back(text(host.registry_subkeys(path)));
        answers.push_back(text(host.registry_security(path)));
    }
    for (const char* name : {"TermService", "SessionEnv"})
        answers.push_back(text(host.service(name)));
    for (const char* store : {"My", "Empty", "Absent"})
        answers.push_back(text(host.certificates(store)));
    for (const char* path : {R"(C:\x)", R"(C:\absent)"}) {
        answers.push_back(text(host.file(path)));
        answers.push_back(text(host.file_security(path)));
        answers.push_back(text(host.folder(path)));
    }
    answers.push_back(text(host.sessions()));
    answers.push_back(text(host.winsock_catalog()));
    answers.push_back(text(host.tcp_listeners()));
    answers.push_back(text(host.active_firewall_profiles()));
    answers.push_back(text(host.rdp_handshake({"127.0.0.1", 3389})));
    return answers;
}

std::string record_everything(const Host& host) {
    const auto recorder = make_recording_host(host);
    ask_everything(*recorder);
    return recorder->recording();
}

std::string refusal(const std::string& recording) {
    const auto host = parse_recorded_host(recording, "host.json");
    return host ? "accepted" : host.error().where;
}

std::string with_read(const std::string& read) {
    return R"({"rdpmedic_recording": 1, "time": "2026-01-15T00:00:00Z", "reads": {)" + read + "}}";
}

} // namespace

TEST_CASE("a recorded host gives every answer that the host gave, values and errors alike") {
    const FakeHost host = full_host();
    const auto recorded = parse_recorded_host(record_everything(host), "host.json");
    REQUIRE(recorded.has_value());
    const std::vector<std::string> expected = ask_everything(host), answers = ask_everything(**recorded);
    REQUIRE(answers.size() == expected.size());
    for (std::size_t i = 0; i < answers.size(); ++i)
        CHECK(answers[i] == expected[i]);
}

TEST_CASE("a recording of a recorded host is the same text") {
    const std::string first = record_everything(full_host());
    const auto recorded = parse_recorded_host(first, "host.json");
    REQUIRE(recorded.has_value());
    CHECK(record_everything(**recorded) == first);
}

TEST_CASE("members come back into the fields that they came from") {
    const auto recorded = parse_recorded_host(record_everything(full_host()), "host.json");
    REQUIRE(recorded.has_value());
    const Host& host = **recorded;
    CHECK(host.registry_value(key, "Qword").value() == RegistryValue{11, std::uint64_t{0xFFFFFFFFFFFFFFFF}});
    CHECK(host.registry_value(key, "Short").value() == RegistryValue{4, Bytes{0x01}});
    CHECK(host.registry_value(key, "Odd").value() == RegistryValue{0x80000001, Bytes{}});
    CHECK(host.registry_value(denied_key, "x").error() == Error{Errc::access_denied, 5, "RegQueryValueExW x"});
    const ServiceFacts service = host.service("TermService").value();
    CHECK(service.state == ServiceState::stop_pending);
    CHECK(service.start == StartType::manual);
    CHECK(service.exit_code == 1067);
    CHECK(service.wait_hint == 30000);
    CHECK(service.depends_on == std::vector<std::string>{"RPCSS"});
    const auto store = host.certificates("My").value();
    CHECK(store[0].key->file == "f686");
    CHECK(store[0].key_usable.has_value());
    CHECK(store[1].key_usable.error() == Error{Errc::access_denied, 0x80090010, "k"});
    const auto sessions = host.sessions().value();
    CHECK(sessions[0].connected_at == at(1601, 1, 2));
    CHECK(sessions[0].disconnected_at == at(9999, 12, 31));
    CHECK_FALSE(sessions[0].last_input.has_value());
    CHECK(sessions[1].state == SessionState::listen);
    CHECK(host.winsock_catalog()->protocols[0].chain_length == -1);
    CHECK(host.winsock_catalog()->protocols_32.error().code == Errc::unsupported);
    CHECK(host.active_firewall_profiles()->private_);
    CHECK(host.rdp_handshake({"127.0.0.1", 3389})->tls_time == std::chrono::milliseconds{17});
}

TEST_CASE("a recording is a document that people can read") {
    const std::string recording = record_everything(full_host());
    const auto document = nlohmann::json::parse(recording);
    CHECK(document["rdpmedic_recording"] == 1);
    CHECK(document["time"] == "2026-01-15T00:00:00Z");
    const auto& reads = document["reads"];
    CHECK(reads["registry_value HKLM\\" + key.key + ": PortNumber"].dump() ==
          R"({"value":{"dword":4294967295,"type":"REG_DWORD"}})");
    CHECK(reads["registry_value HKLM\\" + key.key + ": Binary"].dump() ==
          R"({"value":{"bytes":"007fff","type":"REG_BINARY"}})");
    CHECK(reads["registry_value HKLM\\" + denied_key.key + ": x"].dump() ==
          R"({"error":{"code":"access_denied","native":5,"where":"RegQueryValueExW x"}})");
    CHECK(reads["sessions"]["value"][0]["disconnected_at"] == "9999-12-31T00:00:00Z");
}

TEST_CASE("reads compare without case, as Windows does") {
    const auto recorded = parse_recorded_host(record_everything(full_host()), "host.json");
    REQUIRE(recorded.has_value());
    const Host& host = **recorded;
    CHECK(host.registry_value({R"(system\CURRENTCONTROLSET\control\terminal server\winstations\rdp-tcp)"}, "portnumber")
              .has_value());
    CHECK(host.service("TERMSERVICE").has_value());
    CHECK(host.certificates("MY").has_value());
    CHECK(host.file(R"(c:\X)").has_value());
}

TEST_CASE("what was not recorded is unsupported and never absent") {
    const auto recorded = parse_recorded_host(with_read(""), "host.json");
    REQUIRE(recorded.has_value());
    const Host& host = **recorded;
    CHECK(host.service("TermService").error() ==
          Error{Errc::unsupported, 0, "not in the recording: service TermService"});
    CHECK(host.registry_value(key, "PortNumber").error().where ==
          "not in the recording: registry_value HKLM\\" + key.key + ": PortNumber");
    CHECK(host.sessions().error().where == "not in the recording: sessions");
    CHECK(host.rdp_handshake({"h", 1}).error().where == "not in the recording: rdp_handshake h:1");
}

TEST_CASE("a clock that could not be read is recorded as its error") {
    struct NoClock : FakeHost {
        Result<Time> now() const override { return Error{Errc::io, 7, "clock"}; }
    };
    const NoClock host;
    const auto recorded = parse_recorded_host(make_recording_host(host)->recording(), "host.json");
    REQUIRE(recorded.has_value());
    CHECK((*recorded)->now().error() == Error{Errc::io, 7, "clock"});
}

TEST_CASE("text that is not UTF-8 does not cost the recording") {
    FakeHost host;
    host.set_text(key, "Text", "\xff\xfe");
    const auto recorder = make_recording_host(host);
    CHECK(recorder->registry_value(key, "Text").has_value());
    const auto recorded = parse_recorded_host(recorder->recording(), "host.json");
    REQUIRE(recorded.has_value());
    CHECK((*recorded)->registry_value(key, "Text").has_value());
}

TEST_CASE("a recording that is cut off anywhere is refused") {
    std::string recording = record_everything(full_host());
    while (recording.back() == '\n')
        recording.pop_back();
    for (std::size_t length = 0; length < recording.size(); length += length < 200 ? 1 : 37) {
        INFO("cut off after " << length << " of " << recording.size());
        CHECK(refusal(recording.substr(0, length)) != "accepted");
    }
    CHECK(refusal(recording.substr(0, recording.size() - 1)).find("host.json: line ") == 0);
}

TEST_CASE("whatever is not a recording is refused with its place") {
    struct Row {
        std::string document, place;
    };
    const std::string value = R"("registry_value HKLM\\K: v": )", service = R"("service S": {"value": )";
    const auto row = GENERATE_COPY(
        Row{"", "host.json: line 1, column 1: "}, Row{"[]", "host.json: not a recording: "},
        Row{"null", "host.json: not a recording: "}, Row{"{}", "host.json: not a recording: "},
        Row{R"({"rdpmedic_recording": 2})", "host.json: rdpmedic_recording: expected version 1, found 2"},
        Row{R"({"rdpmedic_recording": "1"})", "host.json: rdpmedic_recording: expected version 1, found \"1\""},
        Row{R"({"rdpmedic_recording": 1, "reads": {}})", "host.json: expected the members 'time' and 'reads'"},
        Row{R"({"rdpmedic_recording": 1, "time": 7, "reads": {}})", "host.json: time: expected text, found number"},
        Row{R"({"rdpmedic_recording": 1, "time": "2026-02-30T00:00:00Z", "reads": {}})",
            "host.json: time: expected a time"},
        Row{R"({"rdpmedic_recording": 1, "time": "2026-01-15T00:00:00Z", "reads": []})",
            "host.json: reads: expected an object"},
        Row{with_read(R"("dance": {"value": []})"), "host.json: reads.dance: not a read"},
        Row{with_read(R"("sessions now": {"value": []})"), "host.json: reads.sessions now: not a read"},
        Row{with_read(R"("service": {"value": []})"), "host.json: reads.service: not a read"},
        Row{with_read(R"("sessions": [])"), "host.json: reads.sessions: expected an object with either"},
        Row{with_read(R"("sessions": {})"), "host.json: reads.sessions: expected an object with either"},
        Row{with_read(R"("sessions": {"value": [], "error": {}})"),
            "host.json: reads.sessions: expected an object with either"},
        Row{with_read(R"("sessions": {"value": {}})"),
            "host.json: reads.sessions.value: expected a list, found object"},
        Row{with_read(R"("sessions": {"value": [7]})"),
            "host.json: reads.sessions.value[0]: expected an object, found number"},
        Row{with_read(R"("sessions": {"value": [{}]})"), "host.json: reads.sessions.value[0].id: missing"},
        Row{with_read(R"("sessions": {"value": [{"id": -1}]})"),
            "host.json: reads.sessions.value[0].id: expected a whole number"},
        Row{with_read(R"("sessions": {"value": [{"id": 4294967296}]})"),
            "host.json: reads.sessions.value[0].id: expected a whole number"},
        Row{with_read(R"("sessions": {"value": [{"id": 1.5}]})"),
            "host.json: reads.sessions.value[0].id: expected a whole number"},
        Row{with_read(R"("sessions": {"value": [{"id": 1, "state": "asleep"}]})"),
            "host.json: reads.sessions.value[0].state: expected one of the known names, found 'asleep'"},
        Row{with_read(R"("sessions": {"error": {"code": 5}})"), "host.json: reads.sessions.error.code: expected text"},
        Row{with_read(R"("sessions": {"error": {"code": "io"}})"), "host.json: reads.sessions.error.native: missing"},
        Row{with_read(service + "{\"name\": null}}"),
            "host.json: reads.service S.value.name: expected text, found null"},
        Row{with_read(value + R"({"value": 5})"),
            R"(host.json: reads.registry_value HKLM\K: v.value: expected a registry value)"},
        Row{with_read(value + R"({"value": {"type": "REG_FOO"}})"),
            R"(host.json: reads.registry_value HKLM\K: v.value.type: expected a registry type)"},
        Row{with_read(value + R"({"value": {"type": "REG_SZ"}})"),
            R"(host.json: reads.registry_value HKLM\K: v.value: expected one of 'dword')"},
        Row{with_read(value + R"({"value": {"type": "REG_DWORD", "dword": "5"}})"),
            R"(host.json: reads.registry_value HKLM\K: v.value.dword: expected a whole number up to 4294967295, found string)"},
        Row{with_read(value + R"({"value": {"type": 3, "bytes": "0g"}})"),
            R"(host.json: reads.registry_value HKLM\K: v.value.bytes: expected bytes in hex, found '0g')"},
        Row{with_read(value + R"({"value": {"type": 3, "bytes": "0"}})"),
            R"(host.json: reads.registry_value HKLM\K: v.value.bytes: expected bytes in hex)"},
        Row{with_read(
                value +
                R"({"error": {"code":"io","native":0,"where":""}}, "registry_value hklm\\k: V": {"error": {"code":"io","native":0,"where":""}})"),
            "recorded twice"});
    CAPTURE(row.document);
    CHECK_THAT(refusal(row.document), Catch::Contains(row.place));
}

TEST_CASE("a document nested 10,000 deep is refused") {
    const std::string deep(10'000, '['), end(10'000, ']');
    CHECK_THAT(refusal(deep), Catch::Contains("more than 32 levels"));
    CHECK_THAT(refusal(with_read("\"sessions\": " + deep + end)), Catch::Contains("more than 32 levels"));
    CHECK_THAT(refusal(with_read("\"source\": " + std::string(40'000, '{'))), Catch::Contains("column"));
}

TEST_CASE("members that a reader does not know are ignored") {
    CHECK(refusal(R"({"rdpmedic_recording": 1, "source": "made by hand", "time": "2026-01-15T00:00:00Z", "reads": {
        "sessions": {"source": "by hand", "value": []}}})") == "accepted");
}

TEST_CASE("a file that does not exist or is a folder is an error that names it") {
    CHECK(load_recorded_host("does/not/exist.json").error().code == Errc::not_found);
    CHECK_THAT(load_recorded_host("does/not/exist.json").error().where, Catch::Contains("exist.json"));
    CHECK_THAT(load_recorded_host(".").error().where, Catch::Contains("a folder"));
}

TEST_CASE("every probe finds on a recorded host what it finds on the host itself") {
    const FakeHost host = full_host();
    const JudgeContext context{host.time};
    for (const Probe& probe : all_probes()) {
        INFO("probe " << probe.id);
        const auto recorder = make_recording_host(host);
        const auto original = probe.run(host, context), watched = probe.run(*recorder, context);
        const auto recorded = parse_recorded_host(recorder->recording(), "host.json");
        REQUIRE(recorded.has_value());
        const auto replayed = probe.run(**recorded, context);
        REQUIRE(original.has_value() == replayed.has_value());
        REQUIRE(original.has_value() == watched.has_value());
        if (!original)
            continue;
        REQUIRE(replayed->size() == original->size());
        for (std::size_t i = 0; i < original->size(); ++i) {
            CHECK((*replayed)[i].code == (*original)[i].code);
            CHECK((*replayed)[i].severity == (*original)[i].severity);
            CHECK((*replayed)[i].subject == (*original)[i].subject);
            CHECK((*replayed)[i].text == (*original)[i].text);
            CHECK((*replayed)[i].evidence == (*original)[i].evidence);
        }
    }
}

TEST_CASE("a recording that is based on another holds only what differs") {
    const testing::TemporaryFolder folder;
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream(folder.path() / name) << text;
        return folder.path() / name;
    };
    const std::string head = R"({"rdpmedic_recording":1,"time":"2026-01-15T00:00:00Z",)";
    write("base.json", head + R"("reads":{"folder A":{"value":["a"]},"folder B":{"value":["b"]}}})");
    const auto top =
        write("top.json", head + R"("based_on":"base.json","reads":{"folder a":{"value":["x"]},"folder B":null}})");
    const auto host = load_recorded_host(top);
    REQUIRE(host.has_value());
    CHECK((*host)->folder("A").value() == std::vector<std::string>{"x"});
    CHECK((*host)->folder("B").error().code == Errc::unsupported);

    SECTION("and is refused when it leads out of its folder, to itself, or nowhere") {
        const auto problem = [&](const std::string& base) {
            return describe(
                load_recorded_host(write("bad.json", head + R"("based_on":)" + base + R"(,"reads":{}})")).error());
        };
        CHECK_THAT(problem("\"../base.json\""),
                   Catch::Contains("bad.json: based_on: expected the name of a recording"));
        CHECK_THAT(problem("\"bad.json\""), Catch::Contains("more than four deep"));
        CHECK_THAT(problem("\"none.json\""), Catch::Contains("none.json: cannot be opened"));
        CHECK_THAT(problem("7"), Catch::Contains("found 7"));
    }
}
