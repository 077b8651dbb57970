// Are security descriptors read, judged and rewritten as Windows does, and can a broken one hurt?
#include "probes/formats/access.hpp"
#include "probes/formats/sddl.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

namespace {

const std::string session_env = "S-1-5-80-4022436659-1090538466-1613889075-870485073-3428993833";
const std::string container_2019 =
    "O:SYG:SYD:PAI(A;;0x1f01ff;;;SY)(A;;0x120089;;;NS)(A;;0x1f01ff;;;" + session_env + ")";
constexpr std::uint32_t key_read = 0x120089;

SecurityDescriptor sddl(std::string_view text) { return parse_sddl(text).value(); }
Access network_service(std::string_view text) { return access_of(sddl(text), term_service_sids(), file_rights); }

// Plain entries made here have no raw bytes; those read have.
Bytes bytes_of(std::string_view text) { return to_bytes(sddl(text)).value(); }
SecurityDescriptor read_back(std::string_view text) { return parse_security_descriptor(bytes_of(text)).value(); }

} // namespace

TEST_CASE("security identifiers keep their meaning as text and as bytes") {
    struct Row {
        std::string text;
        Bytes bytes;
    };
    const auto row = GENERATE(values<Row>({
        {"S-1-5-18", {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}},
        {"S-1-1-0", {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}},
        {"S-1-5-32-544", {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0}},
        {"S-1-5", {1, 0, 0, 0, 0, 0, 0, 5}},
        {"S-1-0x0100000000FF-1", {1, 1, 1, 0, 0, 0, 0, 0xFF, 1, 0, 0, 0}},
    }));
    CHECK(sid_to_bytes(row.text).value() == row.bytes);
    CHECK(sid_from_bytes(row.bytes).value() == row.text);
    CHECK(sid_size(row.bytes) == row.bytes.size());
    for (std::size_t size = 0; size < row.bytes.size(); ++size)
        CHECK(sid_from_bytes({row.bytes.data(), size}).has_error());
}

TEST_CASE("text that is no security identifier is refused") {
    for (const char* text :
         {"", "S", "S-1-", "S-2-5-18", "S-1-5-", "S-1-5-x", "S-1-5-4294967296", "S-1-281474976710656", "S-1--5",
          "S-1-5-18 ", "X-1-5-18", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"})
        CHECK(sid_to_bytes(text).has_error());
    CHECK(sid_to_bytes("s-1-5-18").value() == sid_to_bytes("S-1-5-18").value());
}

TEST_CASE("a service's identity follows from its name") {
    CHECK(service_sid("SessionEnv") == session_env);
    CHECK(service_sid("termservice") == "S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104");
    CHECK(service_sid("TrustedInstaller") == "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
}

TEST_CASE("SDDL becomes bytes as Windows writes them, and comes back") {
    // ConvertStringSecurityDescriptorToSecurityDescriptor gives the same lists; only the order of the parts is free.
    const Bytes dacl_and_owner{1, 0, 0x04, 0x80, 0x30, 0, 0,    0, 0,  0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, // header
                               2, 0, 28,   0,    1,    0, 0,    0,                                       // list
                               0, 0, 20,   0,    0xFF, 1, 0x1F, 0, 1,  1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, // entry
                               1, 1, 0,    0,    0,    0, 0,    5, 18, 0, 0, 0};                         // owner
    CHECK(bytes_of("O:SYD:(A;;FA;;;SY)") == dacl_and_owner);
    CHECK(to_sddl(parse_security_descriptor(dacl_and_owner).value()) == "O:SYD:(A;;0x1f01ff;;;SY)");
}

TEST_CASE("what was read is what is shown and written again") {
    const auto* text =
        GENERATE("O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;0x1f01ff;;;BA)", "D:(D;;0x4;;;SY)(A;CIID;0xf003f;;;SY)",
                 "O:SYG:SYD:P", "O:BAD:NO_ACCESS_CONTROL", "O:S-1-5-21-1-2-3-500D:AR(A;OICINPIO;0x1;;;CO)");
    const SecurityDescriptor descriptor = read_back(text);
    CHECK(to_sddl(descriptor) == text);
    CHECK(to_bytes(descriptor).value() == bytes_of(text));
}

TEST_CASE("SDDL outside the subset is refused with the place") {
    for (const char* text : {"D:(A;;FA;;;DA)", "D:(A;;FA;;;SY", "D:(A;;FA;;SY)", "D:(AU;;FA;;;SY)", "S:(AU;;FA;;;SY)",
                             "D:(A;;0x1g;;;SY)", "D:(A;XX;FA;;;SY)", "O:", "nonsense", "D:(A;;0x1ffffffff;;;SY)"}) {
        INFO(text);
        REQUIRE(parse_sddl(text).has_error());
        CHECK(parse_sddl(text).error().where.find("at character") != std::string::npos);
    }
}

TEST_CASE("no list lets everybody in, an empty one nobody") {
    CHECK(network_service("O:SYD:NO_ACCESS_CONTROL").grants(key_read));
    CHECK(network_service("O:SY").grants(key_read)); // not present: the same to Windows
    CHECK_FALSE(network_service("O:SYD:").grants(key_read));
    CHECK(read_back("O:SYD:NO_ACCESS_CONTROL").has_dacl == false);
    CHECK(read_back("O:SYD:").has_dacl);
}

TEST_CASE("the right to read a key file is found as Windows would") {
    struct Row {
        const char* what;
        std::string descriptor;
        bool grants, surely;
    };
    const std::string ns = "(A;;0x120089;;;NS)";
    const auto row = GENERATE_COPY(values<Row>({
        {"Server 2019 and later", container_2019, true, true},
        {"Server 2016 and before", "O:SYG:SYD:PAI(A;;FA;;;SY)" + ns + "(A;;0x120089;;;BA)", true, true},
        {"one right in each of two entries", "D:PAI(A;;FA;;;SY)(A;;0x20089;;;NS)(A;;0x100000;;;NS)", true, true},
        {"NETWORK SERVICE is missing", "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)", false, false},
        {"NETWORK SERVICE is denied", "O:SYG:SYD:PAI(D;;0x1;;;NS)(A;;FA;;;SY)" + ns, false, false},
        {"a group of it is denied", "D:(D;;0x1;;;AU)" + ns, false, false},
        {"deny behind allow", "D:" + ns + "(D;;0x1;;;NS)", true, false},
        {"explicit allow before inherited deny", "D:AI" + ns + "(D;ID;FA;;;WD)", true, false},
        {"a deny of rights that reading does not need", "D:(D;;0x2;;;NS)" + ns, true, true},
        {"a deny of somebody else", "D:(D;;FA;;;BG)" + ns, true, true},
        {"through Everyone", "D:(A;;FR;;;WD)", true, true},
        {"through the identity of the service",
         "D:(A;;FR;;;S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104)", true, true},
        {"a generic right", "D:(A;;GR;;;NS)", true, true},
        {"an entry only for what inherits", "D:(A;IO;FA;;;NS)", false, false},
        {"a deny only for what inherits", "D:(D;IO;FA;;;NS)" + ns, true, true},
        {"half of it", "D:(A;;0x89;;;NS)", false, false},
    }));
    INFO(row.what);
    CHECK(network_service(row.descriptor).grants(key_read) == row.grants);
    CHECK(network_service(row.descriptor).grants_surely(key_read) == row.surely);
}

namespace {

// One entry of a type that SDDL here does not write: with a mask and, behind `skip` bytes, a SID.
Bytes entry_of_type(std::uint8_t type, std::uint32_t mask, std::size_t skip, std::string_view sid) {
    const Bytes account = sid_to_bytes(sid).value();
    Bytes bytes{type, 0, static_cast<std::uint8_t>(8 + skip + account.size()), 0};
    for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(mask >> shift));
    bytes.insert(bytes.end(), skip, 0);
    bytes.insert(bytes.end(), account.begin(), account.end());
    return bytes;
}

SecurityDescriptor with_entry(std::string_view text, Bytes raw) {
    SecurityDescriptor descriptor = sddl(text);
    AccessEntry entry;
    entry.raw = std::move(raw);
    descriptor.entries.insert(descriptor.entries.begin(), entry);
    return parse_security_descriptor(to_bytes(descriptor).value()).value();
}

} // namespace

TEST_CASE("every type of deny entry denies, and only a plain allow entry allows") {
    struct Row {
        std::uint8_t type;
        std::size_t skip; // of the object flags
        bool denies;
    };
    const auto row = GENERATE(values<Row>({{1, 0, true},
                                           {6, 4, true},
                                           {10, 0, true},
                                           {12, 4, true},
                                           {5, 4, false},
                                           {9, 0, false},
                                           {11, 4, false},
                                           {2, 0, false},
                                           {0x11, 0, false}}));
    const Bytes raw = entry_of_type(row.type, 0x1F01FF, row.skip, sids::network_service);
    INFO("type " << int{row.type});
    const SecurityDescriptor before_allow = with_entry("D:(A;;0x120089;;;NS)", raw);
    CHECK(before_allow.entries.front().sid == sids::network_service);
    CHECK(access_of(before_allow, term_service_sids(), file_rights).grants(key_read) == !row.denies);
    const SecurityDescriptor alone = with_entry("D:", raw);
    CHECK_FALSE(access_of(alone, term_service_sids(), file_rights).grants(1));
}

TEST_CASE("an entry of an unknown type is kept as it is and neither allows nor denies") {
    const Bytes raw{0xEE, 0x03, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    const SecurityDescriptor descriptor = with_entry("D:(A;;0x120089;;;NS)", raw);
    CHECK(descriptor.entries.front().raw == raw);
    CHECK(descriptor.entries.front().sid.empty());
    CHECK(access_of(descriptor, term_service_sids(), file_rights).grants(key_read));
    const std::vector<Grant> grants{{session_env, 0x1F01FF}};
    const SecurityDescriptor edited = with_grants(descriptor, grants, file_rights);
    CHECK(edited.entries.front().raw == raw);
    CHECK(to_sddl(parse_security_descriptor(to_bytes(edited).value()).value()) ==
          "D:(type 238)(A;;0x120089;;;NS)(A;;0x1f01ff;;;" + session_env + ")");
}

TEST_CASE("a security descriptor cut off at any byte is malformed") {
    for (const std::string& text :
         {container_2019, std::string("O:SYG:SYD:(D;;0x4;;;SY)(A;CIID;KA;;;SY)"), std::string("D:(A;;FA;;;SY)")}) {
        const Bytes bytes = bytes_of(text);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)); // its own allocation
            const Result<SecurityDescriptor> parsed = parse_security_descriptor(cut);
            REQUIRE(parsed.has_error());
            REQUIRE(parsed.error().code == Errc::malformed);
        }
    }
}

TEST_CASE("a security descriptor with any byte changed is read or refused, and what is read can be written") {
    Bytes bytes = bytes_of("O:SYG:SYD:PAI(D;;0x1;;;NS)(A;;FA;;;SY)(A;;0x120089;;;NS)");
    std::size_t refused = 0;
    for (std::size_t place = 0; place < bytes.size(); ++place)
        for (unsigned value = 0; value < 256; ++value) {
            Bytes changed = bytes;
            changed[place] = static_cast<std::uint8_t>(value);
            const Result<SecurityDescriptor> parsed = parse_security_descriptor(changed);
            if (!parsed) {
                ++refused;
                continue;
            }
            const Result<Bytes> written = to_bytes(*parsed);
            REQUIRE(written.has_value());
            REQUIRE(to_sddl(parse_security_descriptor(*written).value()) == to_sddl(*parsed));
        }
    CHECK(refused > 0);
}

TEST_CASE("missing rights are added and everything else stays") {
    struct Row {
        const char* what;
        std::string before, after;
    };
    const std::string ns = "(A;;0x120089;;;NS)", sy = "(A;;0x1f01ff;;;SY)", ba = "(A;;0x1f01ff;;;BA)";
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing is missing", "O:SYG:SYD:PAI" + sy + ns, "O:SYG:SYD:PAI" + sy + ns},
        {"missing", "O:SYG:SYD:PAI" + sy + ba, "O:SYG:SYD:PAI" + sy + ba + ns},
        {"the own deny goes", "O:SYG:SYD:PAI(D;;0x1;;;NS)" + sy + ns, "O:SYG:SYD:PAI" + sy + ns},
        {"somebody else's deny stays", "D:(D;;0x1;;;BG)" + sy, "D:(D;;0x1;;;BG)" + sy + ns},
        {"before what is inherited", "D:AI" + sy + "(A;ID;0x1f01ff;;;BA)", "D:AI" + sy + ns + "(A;ID;0x1f01ff;;;BA)"},
        {"an inherited deny stays, behind the new entry", "D:AI(D;ID;0x1;;;NS)", "D:AI" + ns + "(D;ID;0x1;;;NS)"},
        {"half of it there", "D:(A;;0x1;;;NS)", "D:(A;;0x1;;;NS)" + ns},
        {"granted only to a group", "D:(A;;0x120089;;;WD)", "D:(A;;0x120089;;;WD)" + ns},
        {"no list", "O:SYD:NO_ACCESS_CONTROL", "O:SYD:NO_ACCESS_CONTROL"},
        {"an empty list", "O:SYD:", "O:SYD:" + ns},
    }));
    INFO(row.what);
    const std::vector<Grant> grants{{std::string(sids::network_service), key_read}};
    const SecurityDescriptor edited = with_grants(read_back(row.before), grants, file_rights);
    CHECK(to_sddl(edited) == row.after);
    CHECK(to_sddl(parse_security_descriptor(to_bytes(edited).value()).value()) == row.after);
    CHECK(access_of(edited, term_service_sids(), file_rights).grants(key_read));
}

TEST_CASE("a deny on the store key goes where it was set there, and stays where it was inherited") {
    const auto cured = [](const char* text) {
        return to_sddl(without_denies(sddl(text), sids::system, 0x6, key_rights));
    };
    CHECK(cured("D:(D;;0x4;;;SY)(A;CIID;0xf003f;;;SY)") == "D:(A;CIID;0xf003f;;;SY)");
    CHECK(cured("D:(D;;KA;;;SY)(A;;0xf003f;;;SY)") == "D:(A;;0xf003f;;;SY)");
    CHECK(cured("D:(D;;GW;;;SY)(A;;0xf003f;;;SY)") == "D:(A;;0xf003f;;;SY)");
    CHECK(cured("D:(D;ID;0x4;;;SY)(A;;0xf003f;;;SY)") == "D:(D;ID;0x4;;;SY)(A;;0xf003f;;;SY)");
    CHECK(cured("D:(D;;0x1;;;SY)(A;;0xf003f;;;SY)") == "D:(D;;0x1;;;SY)(A;;0xf003f;;;SY)");
    CHECK(cured("D:(D;;0x4;;;BG)(A;;0xf003f;;;SY)") == "D:(D;;0x4;;;BG)(A;;0xf003f;;;SY)");
}
