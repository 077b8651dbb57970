// Is every answer to a connection request understood, and every other run of bytes refused with its reason?
#include "probes/formats/rdp_negotiation.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::rdp_negotiation;
using rdpmedic::testing::samples_folder;

namespace {

Bytes hex(std::string_view text) {
    Bytes bytes;
    std::string digits;
    for (const char c : text)
        if (c != ' ')
            digits += c;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(at, 2), nullptr, 16)));
    return bytes;
}

Bytes text(std::string_view value) { return {value.begin(), value.end()}; }

// One word for the alternative and its content, so that inputs and answers fit on a line.
std::string say(const Reply& reply) {
    struct Words {
        std::string operator()(const NeedMore& more) const { return "more, " + std::to_string(more.total) + " in all"; }
        std::string operator()(const Response& answer) const {
            return "selected " + std::to_string(answer.selected) + " flags " + std::to_string(answer.flags);
        }
        std::string operator()(const Failure& answer) const { return "failure " + std::to_string(answer.code); }
        std::string operator()(const Legacy&) const { return "legacy"; }
        std::string operator()(const NotRdp& answer) const { return "not RDP: " + answer.reason; }
        std::string operator()(const Malformed& answer) const { return "malformed: " + answer.reason; }
        std::string operator()(const Refused& answer) const { return "refused: " + answer.reason; }
    };
    return std::visit(Words{}, reply);
}

std::string parse(std::string_view digits) { return say(parse_reply(hex(digits))); }

const std::string good = "03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 02 00 00 00";

} // namespace

TEST_CASE("a connection request without a cookie has the documented 19 bytes") {
    CHECK(connection_request(0x0B, "") == hex("03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00"));
}

TEST_CASE("a connection request carries its cookie between the X.224 header and the negotiation data") {
    CHECK(
        connection_request(0x0B, "rdpagent") ==
        hex("03 00 00 2e 29 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 72 64 70 61 67 65 6e "
            "74 0d 0a 01 00 08 00 0b 00 00 00"));
    const Bytes request = connection_request(0x0B);
    const std::string seen(request.begin(), request.end());
    CHECK(seen.find("Cookie: mstshash=rdpmedic\r\n") == 11);
}

TEST_CASE("a cookie cannot smuggle a line break or break the length byte") {
    const Bytes request = connection_request(1, "a\r\nb:" + std::string(1000, 'x'));
    const std::string seen(request.begin(), request.end());
    CHECK(seen.find("mstshash=abxxx") != std::string::npos);
    CHECK(request.size() == request[3]);
    CHECK(request[4] + 5u == request.size());
}

TEST_CASE("the documented answers are understood") {
    const auto [bytes, answer] = GENERATE(table<std::string, std::string>({
        {"03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 02 00 00 00", "selected 2 flags 31"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 08 00 00 00", "selected 8 flags 31"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 0f 08 00 01 00 00 00", "selected 1 flags 15"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 00 00 00 00", "selected 0 flags 0"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 04 03 02 01", "selected 16909060 flags 0"},
        {"03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 03 00 00 00", "failure 3"},
        {"03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 05 00 00 00", "failure 5"},
        {"03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 02 00 00 00", "failure 2"},
        {"03 00 00 0b 06 d0 00 00 12 34 00", "legacy"},
        {"03 ff 00 0b 06 d5 00 00 00 00 00", "legacy"}, // reserved byte and credit do not matter
    }));
    CHECK(parse(bytes) == answer);
}

TEST_CASE("bytes that are no connection confirm are refused with the reason") {
    const auto [bytes, answer] = GENERATE(table<std::string, std::string>({
        {"02 00 00 13 0e d0", "not RDP: the first byte is 0x02, a TPKT begins with 0x03"},
        {"15 03 01 00 02 02 46", "not RDP: the answer is a TLS alert: a TLS server owns the port"},
        {"16 03 03 00 40", "not RDP: the answer is a TLS handshake: a TLS server owns the port"},
        {"03 00 00 06", "malformed: TPKT length 6, an X.224 answer has 7 to 259 bytes"},
        {"03 00 00 00", "malformed: TPKT length 0, an X.224 answer has 7 to 259 bytes"},
        {"03 00 ff ff", "malformed: TPKT length 65535, an X.224 answer has 7 to 259 bytes"},
        {"03 00 00 07 02 d0 00", "malformed: a connection confirm of 7 bytes, it must be 11 or 19"},
        {"03 00 00 0a 05 d0 00 00 12 34", "malformed: a connection confirm of 10 bytes, it must be 11 or 19"},
        {"03 00 00 07 02 f0 80", "malformed: X.224 packet of type 0xF0, a connection confirm is 0xD0"},
        {"03 00 00 13 0f", "malformed: X.224 length 15 does not fit TPKT length 19"},
        {"03 00 00 13 06 d0 00 00 12 34 00", "malformed: X.224 length 6 does not fit TPKT length 19"},
        {"03 00 00 0b 06 80 00 00 12 34 00", "refused: the peer sent an X.224 disconnect request with reason 0"},
        {"03 00 00 0b 06 80 00 00 12 34 80", "refused: the peer sent an X.224 disconnect request with reason 128"},
        {"03 00 00 0a 05 80 00 00 12 34", "refused: the peer sent an X.224 disconnect request"},
        {"03 00 00 09 04 70 00 00 02", "refused: the peer sent an X.224 error with cause 2"},
        {"03 00 00 0b 06 70 00 00 01 c1 00", "refused: the peer sent an X.224 error with cause 1"},
        {"03 00 00 08 03 70 00 00", "refused: the peer sent an X.224 error"},
        {"03 00 00 0b 06 f0 00 00 12 34 00", "malformed: X.224 packet of type 0xF0, a connection confirm is 0xD0"},
        {"03 00 00 0c 07 d0 00 00 12 34 00 00", "malformed: a connection confirm of 12 bytes, it must be 11 or 19"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 1f 07 00 02 00 00 00",
         "malformed: the negotiation data announces 7 bytes, it must be 8"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 01 02 00 00 00",
         "malformed: the negotiation data announces 264 bytes, it must be 8"},
        {"03 00 00 13 0e d0 00 00 12 34 00 01 00 08 00 0b 00 00 00",
         "malformed: negotiation data of type 0x01, neither a response (2) nor a failure (3)"},
        {"03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 02 00 00 00 16 03", "malformed: 2 more bytes follow the answer"},
        {"03 00 00 0b 06 d0 00 00 12 34 00 00", "malformed: 1 more bytes follow the answer"},
    }));
    CHECK(parse(bytes) == answer);
}

TEST_CASE("well-known protocols on the port are named") {
    CHECK(say(parse_reply(text("HTTP/1.1 400 Bad Request\r\n"))) == "not RDP: the answer looks like HTTP");
    CHECK(say(parse_reply(text("SSH-2.0-OpenSSH_9.2"))) == "not RDP: the answer looks like SSH");
    CHECK(say(parse_reply(text("RFB 003.008\n"))) == "not RDP: the answer looks like VNC");
    CHECK(say(parse_reply(text("220 mail ESMTP"))) == "not RDP: the answer looks like FTP or SMTP");
}

TEST_CASE("an answer cut at any byte asks for the rest, and no byte more decides it") {
    for (const std::string& whole :
         {good, std::string("03 00 00 0b 06 d0 00 00 12 34 00"), std::string("03 00 00 0b 06 80 00 00 12 34 00"),
          std::string("03 00 00 09 04 70 00 00 01")}) {
        const Bytes bytes = hex(whole);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            CAPTURE(length);
            const Reply reply = parse_reply(std::span(bytes).first(length));
            REQUIRE(std::holds_alternative<NeedMore>(reply));
            CHECK(std::get<NeedMore>(reply).total == (length < 4 ? 0 : bytes.size()));
        }
        CHECK_FALSE(std::holds_alternative<NeedMore>(parse_reply(bytes)));
    }
}

TEST_CASE("mutated answers never read past their end, and are decided by 259 bytes at the latest") {
    std::mt19937 random{20260115};
    const Bytes bytes = hex(good);
    std::size_t understood = 0, refused = 0;
    for (int round = 0; round < 20000; ++round) {
        Bytes mutant = bytes;
        const auto changes = 1 + random() % 3;
        for (std::uint_fast32_t change = 0; change < changes; ++change)
            mutant[random() % mutant.size()] = static_cast<std::uint8_t>(random());
        // An exact heap copy of each length, so that a sanitizer sees the first byte read too far.
        mutant.resize(random() % 4 == 0 ? random() % mutant.size() : mutant.size());
        mutant.shrink_to_fit();
        const Reply reply = parse_reply(mutant);
        if (const auto* more = std::get_if<NeedMore>(&reply)) {
            REQUIRE((more->total == 0 || (more->total > mutant.size() && more->total <= 259)));
            mutant.resize(260);
            REQUIRE_FALSE(std::holds_alternative<NeedMore>(parse_reply(mutant)));
        }
        understood += std::holds_alternative<Response>(reply);
        refused += std::holds_alternative<Malformed>(reply) || std::holds_alternative<NotRdp>(reply);
    }
    CHECK(understood > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("numbers that are not documented stay numbers") {
    CHECK(protocol_name(0) == "standard RDP security");
    CHECK(protocol_name(2) == "TLS with NLA (CredSSP)");
    CHECK(protocol_name(0x20) == "unknown protocol 0x20");
    CHECK(failure_name(3) == "SSL_CERT_NOT_ON_SERVER");
    CHECK(failure_name(0) == "unknown failure code 0");
    CHECK(failure_name(4294967295) == "unknown failure code 4294967295");
    CHECK(flag_names(0x23) == std::vector<std::string>{"extended client data", "graphics pipeline", "0x20"});
    CHECK(flag_names(0).empty());
}

TEST_CASE("the answers that real Windows versions gave are understood") {
    const std::optional<std::string> folder = samples_folder();
    std::ifstream file(folder.value_or("") + "/rdp-wire/os-negotiation-responses.txt");
    if (!file) {
        WARN("no samples beside the project: 0 answers of real hosts read");
        return;
    }
    int hosts = 0;
    for (std::string line; std::getline(file, line);) {
        const auto at = line.find("0300");
        if (line.empty() || line[0] == '#' || at == std::string::npos)
            continue;
        const Reply reply = parse_reply(hex(line.substr(at, line.find(' ', at) - at)));
        CAPTURE(line, say(reply));
        const bool refusing = line.find("RDP_NEG_FAILURE") != std::string::npos;
        const bool old = line.starts_with("Windows 2000");
        CHECK(std::holds_alternative<Failure>(reply) == refusing);
        CHECK(std::holds_alternative<Legacy>(reply) == old);
        CHECK(std::holds_alternative<Response>(reply) == (!refusing && !old));
        ++hosts;
    }
    WARN(hosts << " answers of real hosts read");
    CHECK(hosts >= 9);
}

TEST_CASE("the first bytes of traces from real clients and hosts are understood, and asked as we ask") {
    const std::optional<std::string> folder = samples_folder();
    std::ifstream file(folder.value_or("") + "/rdp-wire/zeek-traces-negotiation.txt");
    if (!file) {
        WARN("no samples beside the project: 0 traces of real connections read");
        return;
    }
    std::vector<std::string> answers;
    int requests = 0;
    for (std::string line; std::getline(file, line);) {
        const auto at = line.find(": ");
        if (line.empty() || line[0] == '#' || at == std::string::npos)
            continue;
        CAPTURE(line);
        const Bytes bytes = hex(line.substr(at + 2));
        if (line[0] == 'S') {
            answers.push_back(say(parse_reply(bytes)));
            continue;
        }
        // Ours differs in the cookie and in what it offers.
        REQUIRE(bytes.size() >= 19);
        const Bytes ours = connection_request(bytes[bytes.size() - 4], "");
        CHECK(std::equal(ours.end() - 8, ours.end(), bytes.end() - 8));
        CHECK(bytes[3] == bytes.size());
        CHECK(bytes[5] == ours[5]);
        ++requests;
    }
    CHECK(answers == std::vector<std::string>{"selected 2 flags 1", "selected 2 flags 1", "selected 8 flags 31",
                                              "failure 2", "selected 0 flags 0", "selected 0 flags 0"});
    CHECK(requests == 6);
    WARN(answers.size() << " answers and " << requests << " requests of real connections read");
}
