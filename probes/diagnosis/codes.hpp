// What do the two numbers mean that an RDP client shows when it gives up?
//
// "Error code" is the reason of IMsTscAxEvents::OnDisconnected, "extended error code" the ExtendedDisconnectReasonCode.
// They are two tables: 0x104 is a failed name lookup in the first and a licence of another computer in the second. A
// third table, IMsTscAxEvents::OnFatalError, has a 7 too and is not meant here.
#pragma once

#include "probes/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic::diagnosis {

// How do we know what a number means?
enum class Known {
    documented, // in the table of the documentation
    protocol,   // in no table of the client, but the protocol has a code of that number
    observed,   // in no documentation, but reported by users
    derived,    // DERIVED: from the pattern of the documented ones
    unknown,
};
const char* name_of(Known known) noexcept; // "documented", "protocol", "observed", "derived", "unknown"

struct CodeRow {
    std::uint32_t first = 0, last = 0; // the same but for ranges
    std::string_view symbol, meaning;
};

// The documented tables, complete, in the order of the numbers.
// https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected
std::span<const CodeRow> disconnect_reasons() noexcept;
// https://learn.microsoft.com/windows/win32/termserv/extendeddisconnectreasoncode
std::span<const CodeRow> extended_reasons() noexcept;
// What the host sends, which is what an extended code of the same number repeats: Set Error Info PDU,
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/a98ff475-4efd-4f4f-9b9a-9c0cd4a4dcd1
std::span<const CodeRow> wire_codes() noexcept;
// What clients show and no documentation lists.
std::span<const CodeRow> observed_reasons() noexcept;

struct Meaning {
    std::uint32_t value = 0;
    std::string symbol{}, text{};
    Known known = Known::unknown;
    std::string source{};             // address of the documentation, empty where there is none
    std::vector<std::string> notes{}; // what not to mistake it for
};
Meaning meaning_of_code(std::uint32_t code);
Meaning meaning_of_extended(std::uint32_t extended);

// Had the client an answer of something that speaks RDP when it gave up?
enum class Contact {
    none,    // the name or the connection failed
    unknown, // 0x904 is shown for both, and 0x7 beside it too: cases 2 and 21 had it and nothing had arrived
    made,    // CredSSP, security data, licences, or a reason that the host itself sent
};
// DERIVED, from what each documented code is about.
Contact contact_of(std::optional<std::uint32_t> code, std::optional<std::uint32_t> extended);

std::string to_hex(std::uint32_t value); // "0x904"

// A number as people type it.
struct TypedNumber {
    std::uint32_t value = 0;
    bool hexadecimal = false;
};
// "0x904" is hexadecimal, "2308" decimal, and so is "904". Hexadecimal digits without 0x are refused rather than
// guessed; so are signs, blanks and what does not fit 32 bits. The error says what was read.
Result<TypedNumber> read_number(std::string_view typed);

// How it was read where that may surprise: "904" is decimal, and only 0x904 is in the table. Empty else.
std::string reading_note(const TypedNumber& number, std::span<const CodeRow> table);

// What the guides on the web say about a number, and whether the documentation bears it out.
enum class Verdict { agrees, contradicted, unproven };
const char* name_of(Verdict verdict) noexcept; // "agrees", "contradicted", "unproven"

struct Claim {
    std::optional<std::uint32_t> code, extended; // the number that it is about; both empty: about the repair
    std::string_view claim;
    std::string_view documentation;
    Verdict verdict = Verdict::unproven;
};
std::span<const Claim> claims() noexcept;
// Those about either number, and those about the repair where 0x904 was asked for.
std::vector<Claim> claims_about(std::optional<std::uint32_t> code, std::optional<std::uint32_t> extended);

} // namespace rdpmedic::diagnosis
