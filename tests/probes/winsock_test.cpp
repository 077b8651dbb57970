// Is the Winsock catalogue judged by what programs get, and is a failed read never health?
#include "probes/winsock.hpp"

#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::winsock;
using testing::FakeHost;

namespace {

const std::string root = R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters)";
const std::string mswsock = R"(%SystemRoot%\system32\mswsock.dll)";

WinsockEntry entry(std::int32_t family, std::int32_t type, std::int32_t protocol, std::int32_t chain = 1,
                   const std::string& path = mswsock) {
    WinsockEntry result;
    result.id = 1000 + static_cast<std::uint32_t>(family * 10 + type);
    result.chain_length = chain;
    result.family = family;
    result.socket_type = type;
    result.protocol = protocol;
    result.name = "a protocol";
    result.path = path;
    return result;
}

std::vector<WinsockEntry> stock() { return {entry(2, 1, 6), entry(2, 2, 17), entry(23, 1, 6), entry(23, 2, 17)}; }

Bytes packed(const WinsockEntry& from) {
    Bytes data(888, 0);
    std::copy(from.path.begin(), from.path.end(), data.begin());
    const auto put = [&](std::size_t offset, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i)
            data[260 + offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put(36, from.id);
    put(40, static_cast<std::uint32_t>(from.chain_length));
    put(76, static_cast<std::uint32_t>(from.family));
    put(88, static_cast<std::uint32_t>(from.socket_type));
    put(92, static_cast<std::uint32_t>(from.protocol));
    for (std::size_t i = 0; i < from.name.size(); ++i)
        data[260 + 116 + 2 * i] = static_cast<std::uint8_t>(from.name[i]);
    return data;
}

RegistryPath protocols_key(const std::string& suffix) {
    return {root + R"(\Protocol_Catalog9\Catalog_Entries)" + suffix};
}

void set_protocol(FakeHost& host, const std::string& suffix, int number, const Bytes& data) {
    char subkey[16];
    std::snprintf(subkey, sizeof subkey, "\\%012d", number);
    host.set({protocols_key(suffix).key + subkey}, "PackedCatalogItem", {3, data});
}

void set_protocols(FakeHost& host, const std::string& suffix, const std::vector<WinsockEntry>& entries) {
    host.set_dword({root + R"(\Protocol_Catalog9)"}, "Num_Catalog_Entries" + suffix,
                   static_cast<std::uint32_t>(entries.size()));
    int number = 0;
    for (const WinsockEntry& one : entries)
        set_protocol(host, suffix, ++number, packed(one));
}

FakeHost healthy() {
    FakeHost host;
    host.catalog->protocols = stock();
    for (const std::string suffix : {"", "64"}) {
        set_protocols(host, suffix, stock());
        const std::string names = root + R"(\NameSpace_Catalog5)";
        host.set_dword({names}, "Num_Catalog_Entries" + suffix, 1);
        host.set_text({names + R"(\Catalog_Entries)" + suffix + R"(\000000000001)"}, "LibraryPath",
                      R"(%SystemRoot%\system32\napinsp.dll)");
    }
    for (const std::string file : {"mswsock.dll", "napinsp.dll"})
        host.files[R"(%systemroot%\system32\)" + file] = {file, 1, false, false};
    return host;
}

std::vector<Finding> findings(const FakeHost& host) { return probe({}).run(host, {}).value(); }

std::vector<std::string> codes(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

using Codes = std::vector<std::string>;

} // namespace

TEST_CASE("a stock catalogue has no findings, on 64-bit and on 32-bit systems") {
    FakeHost host = healthy();
    CHECK(codes(host) == Codes{});
    for (const std::string catalog : {"protocol_catalog9", "namespace_catalog5"}) {
        const std::string key = FakeHost::lower(root) + "\\" + catalog;
        host.registry[key].erase("Num_Catalog_Entries64");
        std::erase_if(host.registry,
                      [](const auto& pair) { return pair.first.find("entries64") != std::string::npos; });
    }
    CHECK(codes(host) == Codes{});
}

TEST_CASE("a packed entry gives the fields of WSAPROTOCOL_INFOW") {
    WinsockEntry original = entry(23, 2, 17);
    original.path = R"(C:\vendor\x.dll)";
    const auto parsed = parse_packed_catalog_item(packed(original));
    REQUIRE(parsed.has_value());
    CHECK(parsed->id == original.id);
    CHECK(parsed->chain_length == 1);
    CHECK(parsed->family == 23);
    CHECK(parsed->socket_type == 2);
    CHECK(parsed->protocol == 17);
    CHECK(parsed->name == "a protocol");
    CHECK(parsed->path == R"(C:\vendor\x.dll)");
    CHECK(parsed->chain == std::vector<std::uint32_t>{0});
}

TEST_CASE("a packed entry of any other length is not known, and a chain longer than its field is malformed") {
    Bytes data = packed(entry(2, 1, 6));
    for (std::size_t length = 0; length < data.size(); ++length)
        REQUIRE(parse_packed_catalog_item(Bytes(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(length)))
                    .error()
                    .code == Errc::unsupported);
    for (const int length : {8, 255}) {
        data[260 + 40] = static_cast<std::uint8_t>(length);
        CHECK(parse_packed_catalog_item(data).error().code == Errc::malformed);
    }
    CHECK(parse_packed_catalog_item(Bytes(888, 0xFF)).has_error());
}

TEST_CASE("a missing base provider is critical for IPv4 and a warning for IPv6") {
    FakeHost host = healthy();
    host.catalog->protocols = {entry(2, 2, 17), entry(23, 1, 6)};
    CHECK(codes(host) == Codes{"winsock.missing_base_provider critical TCP over IPv4",
                               "winsock.missing_base_provider warning UDP over IPv6"});
    // A chain that ends in nothing is no base provider.
    host.catalog->protocols = {entry(2, 1, 6, 2), entry(2, 2, 17), entry(23, 1, 6), entry(23, 2, 17)};
    CHECK(codes(host)[0] == "winsock.missing_base_provider critical TCP over IPv4");
}

TEST_CASE("a provider file that does not exist is critical when TCP needs it") {
    FakeHost host = healthy();
    host.files.erase(R"(%systemroot%\system32\mswsock.dll)");
    host.files.erase(R"(%systemroot%\system32\napinsp.dll)");
    CHECK(codes(host) == Codes{"winsock.provider_file_missing critical " + mswsock,
                               R"(winsock.provider_file_missing warning %SystemRoot%\system32\napinsp.dll)"});
    host.fail("file " + mswsock, {Errc::access_denied, 5, "CreateFileW"});
    CHECK(codes(host)[0] == "winsock.unknown unknown the file " + mswsock);
}

TEST_CASE("a layered provider is a warning with its file, a foreign base provider an info") {
    FakeHost host = healthy();
    const std::string layered = R"(C:\Vendor\lsp.dll)", sockets = R"(%SystemRoot%\system32\vsocklib.dll)";
    host.catalog->protocols.push_back(entry(2, 1, 6, 2, layered));
    host.catalog->protocols.push_back(entry(2, 1, 6, 0, layered));
    host.catalog->protocols.push_back(entry(28, 1, 0, 1, sockets));
    host.files[FakeHost::lower(layered)] = {};
    host.files[FakeHost::lower(sockets)] = {};
    const std::vector<Finding> result = findings(host);
    CHECK(codes(host) ==
          Codes{"winsock.foreign_provider info " + sockets, "winsock.layered_provider warning " + layered});
    CHECK(result[1].evidence.size() == 2);
    CHECK(result[1].text.find("rarely reaches TermService") != std::string::npos);
}

TEST_CASE("a gap in the registry is a warning while programs get TCP, and critical when they do not") {
    FakeHost host = healthy();
    host.registry.erase(FakeHost::lower(protocols_key("64").key + "\\000000000002"));
    CHECK(codes(host) == Codes{"winsock.catalog_gap warning protocols"});
    CHECK(findings(host)[0].evidence.size() == 2); // the count differs, and number 2 is missing
    host.catalog->protocols.clear();
    CHECK(codes(host).back() == "winsock.catalog_gap critical protocols");
}

TEST_CASE("a count without its key is a gap, not a 32-bit system") {
    FakeHost host = healthy();
    std::erase_if(host.registry, [](const auto& pair) {
        return pair.first.find("protocol_catalog9\\catalog_entries64") != std::string::npos;
    });
    CHECK(codes(host) == Codes{"winsock.catalog_gap warning protocols"});
}

TEST_CASE("a damaged catalogue for 32-bit programs alone is a warning") {
    FakeHost host = healthy();
    SECTION("an entry is missing") { host.registry.erase(FakeHost::lower(protocols_key("").key + "\\000000000001")); }
    SECTION("the entries say something else") { set_protocol(host, "", 1, packed(entry(26, 1, 1))); }
    SECTION("an entry is no entry") {
        Bytes data = packed(entry(2, 1, 6));
        data[260 + 40] = 200;
        set_protocol(host, "", 1, data);
    }
    CHECK(codes(host) == Codes{"winsock.catalog_32_damaged warning "});
}

TEST_CASE("an interface that does not answer is unknown, and the registry is judged instead") {
    FakeHost host = healthy();
    host.catalog = Error{Errc::io, 10106, "WSCEnumProtocols"};
    CHECK(codes(host) == Codes{"winsock.catalog_unreadable unknown the Winsock catalogue"});
    set_protocols(host, "64", {entry(2, 2, 17), entry(23, 1, 6), entry(23, 2, 17), entry(23, 3, 0)});
    CHECK(codes(host) == Codes{"winsock.catalog_unreadable unknown the Winsock catalogue",
                               "winsock.missing_base_provider critical TCP over IPv4"});
}

TEST_CASE("an entry of an unknown length hides nothing and proves nothing") {
    FakeHost host = healthy();
    set_protocol(host, "64", 1, Bytes(892, 0));
    const std::string odd =
        "winsock.catalog_unreadable unknown the list of protocols in the registry, entry 000000000001";
    CHECK(codes(host) == Codes{odd});
    host.catalog = Error{Errc::io, 10106, "WSCEnumProtocols"};
    CHECK(codes(host) == Codes{"winsock.catalog_unreadable unknown the Winsock catalogue", odd});
}

TEST_CASE("a host without the registry keys is judged by its interface, and says what it could not see") {
    FakeHost host;
    host.catalog->protocols = stock();
    SECTION("with files") {
        host.files[FakeHost::lower(mswsock)] = {};
        CHECK(codes(host) == Codes{"winsock.catalog_not_in_registry info "});
    }
    SECTION("without files, as Wine") {
        for (WinsockEntry& one : host.catalog->protocols)
            one.path.clear();
        CHECK(codes(host) ==
              Codes{"winsock.unknown unknown the files of the providers", "winsock.catalog_not_in_registry info "});
    }
    SECTION("and the interface fails too") {
        host.catalog = Error{Errc::unsupported, 0, "WSCEnumProtocols"};
        CHECK(codes(host) == Codes{"winsock.catalog_unreadable unknown the Winsock catalogue"});
    }
}

TEST_CASE("a registry that may not be read is unknown") {
    FakeHost host = healthy();
    host.fail("registry_subkeys HKLM\\" + protocols_key("64").key, {Errc::access_denied, 5, "RegEnumKeyExW"});
    CHECK(codes(host) == Codes{"winsock.catalog_unreadable unknown the list of protocols in the registry"});
}

TEST_CASE("a provider file that does not come with Windows should be signed") {
    FakeHost host = healthy();
    const std::string foreign = R"(C:\Program Files\VPN\vpnlsp.dll)";
    host.catalog->protocols.push_back(entry(2, 1, 6, 1, foreign));
    host.files[FakeHost::lower(foreign)] = {foreign, 1, false, false};
    const auto unsigned_count = [&] {
        int count = 0;
        for (const Finding& finding : judge(collect(host).value(), {}))
            if (finding.code == "winsock.provider_unsigned") {
                CHECK(finding.severity == Severity::warning);
                CHECK(finding.subject == foreign);
                ++count;
            }
        return count;
    };
    CHECK(unsigned_count() == 0); // not told: this system cannot check
    host.give("file_signature " + foreign, SignatureFacts{0, "VPN Ltd", false});
    CHECK(unsigned_count() == 0);
    host.give("file_signature " + foreign, SignatureFacts{0x800B0100, "", false});
    CHECK(unsigned_count() == 1);
    host.give("file_signature " + foreign, Error{Errc::access_denied, 5, "CreateFileW"});
    CHECK(unsigned_count() == 0);
    const auto findings = judge(collect(host).value(), {});
    CHECK(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::unknown && finding.subject.find("vpnlsp") != std::string::npos;
    }));
}

TEST_CASE("the files of Windows itself are not asked for their signature") {
    CHECK(is_of_windows(mswsock));
    CHECK(is_of_windows(R"(C:\WINDOWS\system32\NLAapi.dll)"));
    CHECK_FALSE(is_of_windows(R"(C:\Windows\System32\drivers\mswsock.dll)"));
    CHECK_FALSE(is_of_windows(R"(C:\Temp\mswsock.dll)"));
    CHECK_FALSE(is_of_windows(R"(%SystemRoot%\system32\vsocklib.dll)"));
    CHECK_FALSE(is_of_windows("mswsock.dll"));
    CHECK_FALSE(is_of_windows(""));
}
