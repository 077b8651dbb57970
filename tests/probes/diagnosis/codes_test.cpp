// Does each number mean what the documentation says, and is nothing guessed?
#include "probes/diagnosis/codes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace rdpmedic;
using namespace rdpmedic::diagnosis;

namespace {

bool has_note(const Meaning& meaning, std::string_view text) {
    return std::any_of(meaning.notes.begin(), meaning.notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

} // namespace

TEST_CASE("the tables are complete, in order and without overlap") {
    REQUIRE(disconnect_reasons().size() == 47);
    REQUIRE(extended_reasons().size() == 26); // 28 names: two share the value 2, two are the ends of one range
    for (const auto table : {disconnect_reasons(), extended_reasons(), wire_codes(), observed_reasons()}) {
        for (std::size_t i = 1; i < table.size(); ++i) {
            INFO(to_hex(table[i].first));
            REQUIRE(table[i - 1].last < table[i].first);
        }
        for (const CodeRow& row : table) {
            REQUIRE(row.first <= row.last);
            REQUIRE_FALSE(row.meaning.empty());
        }
    }
}

TEST_CASE("each documented symbol occurs once") {
    for (const auto table : {disconnect_reasons(), extended_reasons()}) {
        std::set<std::string_view> symbols;
        for (const CodeRow& row : table)
            REQUIRE(symbols.insert(row.symbol).second);
    }
}

TEST_CASE("documented error codes are found by their number") {
    struct Row {
        std::uint32_t decimal;
        const char* hex;
        const char* symbol;
    };
    const Row row = GENERATE(values<Row>({{0, "0x0", "disconnectReasonNoInfo"},
                                          {260, "0x104", "disconnectReasonDNSLookupFailed"},
                                          {264, "0x108", "disconnectReasonConnectionTimedOut"},
                                          {516, "0x204", "disconnectReasonSocketConnectFailed"},
                                          {1032, "0x408", "disconnectReasonInternalError"},
                                          {1798, "0x706", "disconnectReasonServerCertificateUnpackErr"},
                                          {2055, "0x807", "SSL_ERR_LOGON_FAILURE"},
                                          {2056, "0x808", "disconnectReasonLicensingFailed"},
                                          {2308, "0x904", "disconnectReasonAtClientWinsockFDCLOSE"},
                                          {2312, "0x908", "disconnectReasonLicensingTimeout"},
                                          {2567, "0xA07", "SSL_ERR_NO_SUCH_USER"},
                                          {3847, "0xF07", "SSL_ERR_PASSWORD_EXPIRED"},
                                          {4615, "0x1207", "SSL_ERR_PASSWORD_MUST_CHANGE"},
                                          {6151, "0x1807", "SSL_ERR_NO_AUTHENTICATING_AUTHORITY"},
                                          {6919, "0x1B07", "SSL_ERR_CERT_EXPIRED"},
                                          {8711, "0x2207", "SSL_ERR_SMARTCARD_CARD_BLOCKED"}}));
    INFO(row.hex);
    const Meaning meaning = meaning_of_code(row.decimal);
    REQUIRE(to_hex(row.decimal) == row.hex);
    REQUIRE(meaning.symbol == row.symbol);
    REQUIRE(meaning.known == Known::documented);
    REQUIRE(meaning.source.find("imstscaxevents-ondisconnected") != std::string::npos);
}

TEST_CASE("documented extended codes are found by their number") {
    struct Row {
        std::uint32_t decimal;
        const char* symbol;
    };
    const Row row = GENERATE(values<Row>({{0, "exDiscReasonNoInfo"},
                                          {5, "exDiscReasonReplacedByOtherConnection"},
                                          {6, "exDiscReasonOutOfMemory"},
                                          {7, "exDiscReasonServerDeniedConnection"},
                                          {8, "exDiscReasonServerDeniedConnectionFips"},
                                          {11, "exDiscReasonRpcInitiatedDisconnectByUser"},
                                          {256, "exDiscReasonLicenseInternal"},
                                          {267, "exDiscReasonLicenseCreatingLicStoreAccDenied"},
                                          {768, "exDiscReasonRdpEncInvalidCredentials"}}));
    const Meaning meaning = meaning_of_extended(row.decimal);
    REQUIRE(meaning.symbol == row.symbol);
    REQUIRE(meaning.known == Known::documented);
    REQUIRE(meaning.source.find("extendeddisconnectreasoncode") != std::string::npos);
}

TEST_CASE("the two tables are never mixed") {
    const std::uint32_t both = GENERATE(0x104u, 0x106u, 0x108u);
    const Meaning code = meaning_of_code(both), extended = meaning_of_extended(both);
    REQUIRE(code.symbol.starts_with("disconnectReason"));
    REQUIRE(extended.symbol.starts_with("exDiscReasonLicense"));
    REQUIRE(has_note(code, "extended code " + to_hex(both)));
    REQUIRE(has_note(extended, "error code " + to_hex(both)));
    REQUIRE(meaning_of_code(7).known == Known::unknown); // documented only as an extended code
    REQUIRE(has_note(meaning_of_code(7), "extended code 0x7"));
    REQUIRE(meaning_of_extended(0x904).known == Known::unknown);
    REQUIRE(has_note(meaning_of_extended(0x904), "error code 0x904"));
}

TEST_CASE("numbers outside the documentation say how much is known") {
    REQUIRE(meaning_of_code(0x708).known == Known::observed);
    REQUIRE(meaning_of_code(0x1104).known == Known::observed);
    REQUIRE(meaning_of_code(0x3000008).text.find("Gateway") != std::string::npos);
    REQUIRE(meaning_of_code(0x1304).known == Known::derived);
    REQUIRE(meaning_of_code(0x1304).text.find("network") != std::string::npos);
    REQUIRE(meaning_of_code(0x3106).text.find("certificates") != std::string::npos);
    REQUIRE(meaning_of_code(0x3107).text.find("logon") != std::string::npos);
    REQUIRE(meaning_of_code(0x3108).text.find("names") != std::string::npos);
    REQUIRE(meaning_of_code(0x3109).known == Known::unknown);
    REQUIRE(meaning_of_code(0x10004).known == Known::unknown);
    REQUIRE(meaning_of_code(0x3109).source.empty());
    REQUIRE(meaning_of_code(0xFFFFFFFF).known == Known::unknown);
    REQUIRE(meaning_of_extended(0x400).known == Known::protocol);
    REQUIRE(meaning_of_extended(0xC).symbol == "ERRINFO_LOGOFF_BY_USER");
    REQUIRE(meaning_of_extended(0x200).known == Known::unknown);
    REQUIRE(meaning_of_extended(0x10EA).known == Known::documented);
    REQUIRE(has_note(meaning_of_extended(0x10EA), "ERRINFO_BADCAPABILITIES"));
    REQUIRE(meaning_of_extended(0x7FFF).known == Known::documented);
    REQUIRE(meaning_of_extended(0x8000).known == Known::unknown);
}

TEST_CASE("a number that only FreeRDP gives is told apart from what a host sends") {
    const Meaning lost = meaning_of_extended(0x1196);
    CHECK(has_note(lost, "ERRINFO_PEER_DISCONNECTED"));
    CHECK_FALSE(has_note(lost, "the protocol has"));
    CHECK(contact_of(0x904, 0x1196) == Contact::unknown); // nobody had to answer for it
    CHECK(contact_of({}, 0x1195) == Contact::made);
}

TEST_CASE("numbers are read as they are written") {
    struct Row {
        const char* typed;
        std::uint32_t value;
        bool hexadecimal;
    };
    const Row row = GENERATE(values<Row>({{"0x904", 0x904, true},
                                          {"0X904", 0x904, true},
                                          {"0x1b07", 0x1B07, true},
                                          {"0x0", 0, true},
                                          {"0x00000904", 0x904, true},
                                          {"2308", 2308, false},
                                          {"904", 904, false},
                                          {"7", 7, false},
                                          {"0", 0, false},
                                          {"4294967295", 0xFFFFFFFF, false},
                                          {"0xFFFFFFFF", 0xFFFFFFFF, true}}));
    INFO(row.typed);
    const Result<TypedNumber> number = read_number(row.typed);
    REQUIRE(number.has_value());
    REQUIRE(number->value == row.value);
    REQUIRE(number->hexadecimal == row.hexadecimal);
}

TEST_CASE("what is no number is refused with what was read") {
    const std::string typed =
        GENERATE(values<std::string>({"", "0x", "x904", "-1", "+7", " 7", "7 ", "0x904;", "0x100000000", "4294967296",
                                      "0x9_04", "seven", "0x-1", "99999999999999999999999999", "9.04", "\xff"}));
    INFO(typed);
    const Result<TypedNumber> number = read_number(typed);
    REQUIRE_FALSE(number.has_value());
    REQUIRE(number.error().where.find("'" + typed + "'") != std::string::npos);
}

TEST_CASE("hexadecimal digits without 0x are not guessed") {
    const Result<TypedNumber> number = read_number("B06");
    REQUIRE_FALSE(number.has_value());
    REQUIRE(number.error().where.find("write 0xB06") != std::string::npos);
}

TEST_CASE("a decimal number that looks like a code of the table is pointed out") {
    REQUIRE(reading_note({904, false}, disconnect_reasons()).find("If 0x904 is meant") != std::string::npos);
    REQUIRE(reading_note({2308, false}, disconnect_reasons()) == "2308 was read as a decimal number, which is 0x904");
    REQUIRE(reading_note({0x904, true}, disconnect_reasons()).empty());
    REQUIRE(reading_note({7, false}, extended_reasons()).empty()); // the same in both
    // Its digits are no hexadecimal number of 32 bits.
    for (const std::uint32_t large : {4294967295U, 999999999U})
        REQUIRE(reading_note({large, false}, disconnect_reasons()).find("is meant") == std::string::npos);
}

TEST_CASE("a code says whether the client had an answer") {
    using Number = std::optional<std::uint32_t>;
    for (const std::uint32_t code : {0x104U, 0x108U, 0x204U, 0x208U, 0x604U})
        CHECK(contact_of(code, {}) == Contact::none);
    for (const std::uint32_t code : {0x807U, 0xB07U, 0x1B07U, 0x2207U, 0x808U, 0x706U, 0xB06U})
        CHECK(contact_of(code, {}) == Contact::made);
    for (std::uint32_t extended = 1; extended <= 12; ++extended)
        CHECK(contact_of({}, extended) == (extended == 7 ? Contact::unknown : Contact::made));
    CHECK(contact_of(0x904, 0x7) == Contact::unknown);
    CHECK(contact_of(0x904, 0x0) == Contact::unknown);
    CHECK(contact_of(0x904, 0x5) == Contact::made);
    CHECK(contact_of(Number{}, Number{}) == Contact::unknown);
    CHECK(contact_of(0x7, {}) == Contact::unknown);
}

TEST_CASE("codes by which the host ended or refused the connection say that there was an answer") {
    for (const std::uint32_t code : {0x2U, 0x3U, 0xB09U})
        CHECK(contact_of(code, 0x0) == Contact::made);
    CHECK(contact_of(0x1, 0x0) == Contact::unknown); // the client's own doing
}

TEST_CASE("an extended code that no table has says nothing of an answer, and undoes nothing that the code says") {
    CHECK(contact_of(0x904, 0x50) == Contact::unknown);
    CHECK(contact_of({}, 0x9999) == Contact::unknown);
    CHECK(contact_of(0x204, 0x50) == Contact::none);
    CHECK(contact_of(0x108, 0x9999) == Contact::none);
    CHECK(contact_of(0x204, 0x7) == Contact::none);
    CHECK(contact_of({}, 0x10B) == Contact::made); // the client's own word, said while licences were negotiated
    CHECK(contact_of({}, 0x412) == Contact::made);
}

TEST_CASE("what guides say is set against the documentation") {
    REQUIRE(claims().size() == 11);
    const auto about = claims_about(0x904, 0x7);
    REQUIRE(about.size() == 11);
    REQUIRE(claims_about(0x904, {}).size() == 6);
    REQUIRE(claims_about({}, 0x7).size() == 4);
    REQUIRE(claims_about(0x908, 0x101).empty());
    const auto licensing = std::find_if(about.begin(), about.end(), [](const Claim& claim) {
        return claim.claim.find("licensing") != std::string_view::npos;
    });
    REQUIRE(licensing != about.end());
    REQUIRE(licensing->verdict == diagnosis::Verdict::contradicted);
    // Memory has a number of its own; a full listener has none that is documented.
    const auto limits = std::find_if(about.begin(), about.end(), [](const Claim& claim) {
        return claim.claim.find("limit of resources") != std::string_view::npos;
    });
    REQUIRE(limits != about.end());
    REQUIRE(limits->verdict == diagnosis::Verdict::unproven);
}
