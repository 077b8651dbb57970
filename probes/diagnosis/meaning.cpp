// What does this one number mean, and how sure is that?
#include "probes/diagnosis/codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rdpmedic::diagnosis {
namespace {

constexpr std::string_view reasons_page =
    "https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected";
constexpr std::string_view extended_page =
    "https://learn.microsoft.com/windows/win32/termserv/extendeddisconnectreasoncode";
// FreeRDP's clients give it themselves, and no host sends it:
// https://github.com/FreeRDP/FreeRDP/blob/master/include/freerdp/error.h
constexpr std::uint32_t freerdp_lost = 0x1196;
constexpr std::string_view wire_page =
    "https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/a98ff475-4efd-4f4f-9b9a-9c0cd4a4dcd1";

const CodeRow* find(std::span<const CodeRow> table, std::uint32_t value) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const CodeRow& row) { return row.first <= value && value <= row.last; });
    return found == table.end() ? nullptr : &*found;
}

Meaning meaning(std::uint32_t value, const CodeRow& row, Known known, std::string_view source) {
    return {value, std::string(row.symbol), std::string(row.meaning), known, std::string(source), {}};
}

// DERIVED: the documented codes of one low byte are about one layer of the client.
std::string_view layer_of(std::uint32_t code) {
    switch (code <= 0xFFFF ? code & 0xFF : 0) {
    case 0x04:
        return "something about sockets and the network, as other codes that end in 04";
    case 0x06:
        return "something about memory, security data or certificates, as other codes that end in 06";
    case 0x07:
        return "something about the logon (CredSSP), as other codes that end in 07";
    case 0x08:
        return "something about names, timers, licensing or compression, as other codes that end in 08";
    default:
        return {};
    }
}

// Licences at 0x104, 0x106 and 0x108, a name lookup and time-outs at the same numbers: the tables are easily mixed.
void warn_of_other_table(Meaning& meaning, std::span<const CodeRow> other, std::string_view name) {
    const CodeRow* row = meaning.value < 0x1000 && meaning.value > 0 ? find(other, meaning.value) : nullptr;
    if (row != nullptr)
        meaning.notes.push_back("not to be mistaken for the " + std::string(name) + " " + to_hex(meaning.value) +
                                ", which means: " + std::string(row->meaning));
}

Meaning look_up_code(std::uint32_t code) {
    if (const CodeRow* row = find(disconnect_reasons(), code))
        return meaning(code, *row, Known::documented, reasons_page);
    if (const CodeRow* row = find(observed_reasons(), code))
        return meaning(code, *row, Known::observed, {});
    if (const std::string_view layer = layer_of(code); !layer.empty() && code > 0xFF)
        return {code, {}, std::string(layer), Known::derived, {}, {}};
    return {code, {}, "in no table that is known here", Known::unknown, {}, {}};
}

} // namespace

const char* name_of(Known known) noexcept {
    switch (known) {
    case Known::documented:
        return "documented";
    case Known::protocol:
        return "protocol";
    case Known::observed:
        return "observed";
    case Known::derived:
        return "derived";
    case Known::unknown:
        return "unknown";
    }
    return "unknown";
}

std::string to_hex(std::uint32_t value) {
    char digits[8];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value, 16).ptr;
    std::transform(std::begin(digits), end, std::begin(digits),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - ('a' - 'A')) : c; });
    return "0x" + std::string(std::begin(digits), end);
}

Meaning meaning_of_code(std::uint32_t code) {
    Meaning result = look_up_code(code);
    warn_of_other_table(result, extended_reasons(), "extended code");
    return result;
}

Meaning meaning_of_extended(std::uint32_t extended) {
    Meaning result{extended, {}, "in no table that is known here", Known::unknown, {}, {}};
    const CodeRow* documented = find(extended_reasons(), extended);
    const CodeRow* wire = find(wire_codes(), extended);
    if (documented != nullptr)
        result = meaning(extended, *documented, Known::documented, extended_page);
    else if (wire != nullptr)
        result = meaning(extended, *wire, Known::protocol, wire_page);
    // The documentation gives a range and no names where the protocol has them.
    if (documented != nullptr && wire != nullptr && documented->first != documented->last)
        result.notes.push_back("the protocol has " + std::string(wire->symbol) +
                               " at that number: " + std::string(wire->meaning));
    if (extended == freerdp_lost)
        result.notes.emplace_back("clients made with FreeRDP call it ERRINFO_PEER_DISCONNECTED: the connection was "
                                  "lost, and the host has said nothing");
    warn_of_other_table(result, disconnect_reasons(), "error code");
    return result;
}

Contact contact_of(std::optional<std::uint32_t> code, std::optional<std::uint32_t> extended) {
    constexpr std::array none{0x104U, 0x108U, 0x204U, 0x208U, 0x308U, 0x508U, 0x604U, 0x804U};
    // DERIVED: the first three.
    constexpr std::array made{0x2U,   0x3U,   0xB09U, 0x406U, 0x506U, 0x606U, 0x706U,
                              0x808U, 0x906U, 0x908U, 0xA06U, 0xB06U, 0xC06U, 0xC08U};
    const auto is_one_of = [&code](const auto& list) {
        return code && std::find(list.begin(), list.end(), *code) != list.end();
    };
    const bool of_credssp = code && *code > 0xFF && *code <= 0xFFFF && (*code & 0xFF) == 0x07;
    // A number that no table has may be any client's own.
    const bool sent = extended && *extended != 0 && *extended != 0x7 && *extended != freerdp_lost &&
                      (find(extended_reasons(), *extended) != nullptr || find(wire_codes(), *extended) != nullptr);
    if (of_credssp || is_one_of(made) || sent)
        return Contact::made;
    return is_one_of(none) ? Contact::none : Contact::unknown;
}

Result<TypedNumber> read_number(std::string_view typed) {
    const std::string shown = "'" + std::string(typed.substr(0, 40)) + "'";
    const bool hexadecimal = typed.starts_with("0x") || typed.starts_with("0X");
    const std::string_view digits = hexadecimal ? typed.substr(2) : typed;
    const auto is_decimal = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_hexadecimal = [&](char c) {
        return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    const bool all_hexadecimal = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_hexadecimal);
    const bool all_decimal = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_decimal);
    if (!hexadecimal && all_hexadecimal && !all_decimal)
        return Error{Errc::malformed, 0, shown + " has hexadecimal digits: write 0x" + std::string(typed.substr(0, 8))};
    if (!all_hexadecimal)
        return Error{Errc::malformed, 0, shown + " is no number; write it as 0x904 or 2308"};
    TypedNumber number{0, hexadecimal};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number.value, hexadecimal ? 16 : 10);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return Error{Errc::malformed, 0, shown + " is larger than 0xFFFFFFFF"};
    return number;
}

std::string reading_note(const TypedNumber& number, std::span<const CodeRow> table) {
    if (number.hexadecimal || number.value < 10)
        return {};
    const std::string typed = std::to_string(number.value);
    const std::string read = typed + " was read as a decimal number, which is " + to_hex(number.value);
    std::uint32_t meant = 0; // stays so where eight digits are not enough
    const bool fits = std::from_chars(typed.data(), typed.data() + typed.size(), meant, 16).ec == std::errc{};
    if (fits && find(table, number.value) == nullptr && find(table, meant) != nullptr)
        return read + ". If " + to_hex(meant) + " is meant, write it with 0x";
    return read;
}

} // namespace rdpmedic::diagnosis
