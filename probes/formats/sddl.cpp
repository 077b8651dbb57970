// How is a security descriptor written as text?
#include "probes/formats/sddl.hpp"

#include <array>
#include <charconv>

namespace rdpmedic {
namespace {

struct Name {
    std::string_view text;
    std::uint32_t value;
};
struct Account {
    std::string_view alias, sid;
};

// Only accounts that are the same on every machine. https://learn.microsoft.com/windows/win32/secauthz/sid-strings
constexpr std::array accounts{
    Account{"SY", "S-1-5-18"},     Account{"LS", "S-1-5-19"},     Account{"NS", "S-1-5-20"},
    Account{"BA", "S-1-5-32-544"}, Account{"BU", "S-1-5-32-545"}, Account{"BG", "S-1-5-32-546"},
    Account{"BO", "S-1-5-32-551"}, Account{"RD", "S-1-5-32-555"}, Account{"WD", "S-1-1-0"},
    Account{"AN", "S-1-5-7"},      Account{"AU", "S-1-5-11"},     Account{"NU", "S-1-5-2"},
    Account{"IU", "S-1-5-4"},      Account{"SU", "S-1-5-6"},      Account{"RC", "S-1-5-12"},
    Account{"CO", "S-1-3-0"},      Account{"CG", "S-1-3-1"},      Account{"OW", "S-1-3-4"},
    Account{"AC", "S-1-15-2-1"},
};

// https://learn.microsoft.com/windows/win32/secauthz/ace-strings
constexpr std::array types{Name{"A", ace::allow}, Name{"D", ace::deny}};
constexpr std::array flags{Name{"OI", ace::object_inherit}, Name{"CI", ace::container_inherit},
                           Name{"NP", ace::no_propagate}, Name{"IO", ace::inherit_only}, Name{"ID", ace::inherited}};
constexpr std::array rights{
    Name{"GA", 0x10000000}, Name{"GX", 0x20000000}, Name{"GW", 0x40000000}, Name{"GR", 0x80000000},
    Name{"FA", 0x1F01FF},   Name{"FR", 0x120089},   Name{"FW", 0x120116},   Name{"FX", 0x1200A0},
    Name{"KA", 0xF003F},    Name{"KR", 0x20019},    Name{"KW", 0x20006},    Name{"KX", 0x20019},
    Name{"SD", 0x10000},    Name{"RC", 0x20000},    Name{"WD", 0x40000},    Name{"WO", 0x80000},
    Name{"CC", 0x1},        Name{"DC", 0x2},        Name{"LC", 0x4},        Name{"SW", 0x8},
    Name{"RP", 0x10},       Name{"WP", 0x20},       Name{"DT", 0x40},       Name{"LO", 0x80},
    Name{"CR", 0x100},
};
constexpr std::array dacl_flags{Name{"P", 0x1000}, Name{"AR", 0x0100}, Name{"AI", 0x0400}};

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    Result<SecurityDescriptor> read() {
        while (place_ < text_.size()) {
            if (take("O:"))
                good_ = good_ && account(descriptor_.owner);
            else if (take("G:"))
                good_ = good_ && account(descriptor_.group);
            else if (take("D:"))
                good_ = good_ && dacl();
            else
                good_ = false;
            if (!good_)
                return Error{Errc::malformed, 0,
                             "security descriptor '" + std::string(text_) + "' at character " + std::to_string(place_)};
        }
        return descriptor_;
    }

  private:
    bool take(std::string_view token) {
        if (text_.substr(place_, token.size()) != token)
            return false;
        place_ += token.size();
        return true;
    }

    bool account(std::string& sid) {
        for (const Account& known : accounts)
            if (take(known.alias)) {
                sid = known.sid;
                return true;
            }
        // A SID ends where no digit, hyphen or hex prefix follows.
        const std::size_t end = std::min(text_.find_first_not_of("S-0123456789xXABCDEFabcdef", place_), text_.size());
        std::string_view part = text_.substr(place_, end - place_);
        // "O:S-1-5-18D:..." : the D belongs to the next part.
        if (end < text_.size() && text_[end] == ':')
            part.remove_suffix(part.empty() ? 0 : 1);
        const Result<Bytes> bytes = sid_to_bytes(part);
        if (!bytes)
            return false;
        sid = sid_from_bytes(*bytes).value();
        place_ += part.size();
        return true;
    }

    template <std::size_t size>
    bool names(const std::array<Name, size>& table, std::uint32_t& value) {
        for (bool found = true; found;) {
            found = false;
            for (const Name& name : table)
                if (!found && take(name.text)) {
                    value |= name.value;
                    found = true;
                }
        }
        return true;
    }

    bool mask(std::uint32_t& value) {
        if (!take("0x"))
            return names(rights, value);
        const auto [end, error] = std::from_chars(text_.data() + place_, text_.data() + text_.size(), value, 16);
        place_ = static_cast<std::size_t>(end - text_.data());
        return error == std::errc{};
    }

    // (type;flags;rights;object;inherited object;account): the object parts must be empty.
    bool entry() {
        AccessEntry result;
        std::uint32_t type = 0, inheritance = 0;
        const std::size_t begin = place_;
        names(types, type);
        if (place_ != begin + 1 || !take(";"))
            return false;
        names(flags, inheritance);
        if (!take(";") || !mask(result.mask) || !take(";;;") || !account(result.sid) || !take(")"))
            return false;
        result.type = static_cast<std::uint8_t>(type);
        result.flags = static_cast<std::uint8_t>(inheritance);
        descriptor_.entries.push_back(std::move(result));
        return true;
    }

    bool dacl() {
        std::uint32_t control = 0;
        descriptor_.control |= 0x4; // present, and null where no list follows
        if (take("NO_ACCESS_CONTROL"))
            return true;
        names(dacl_flags, control);
        descriptor_.control = static_cast<std::uint16_t>(descriptor_.control | control);
        descriptor_.has_dacl = true;
        while (take("("))
            if (!entry())
                return false;
        return true;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    bool good_ = true;
    SecurityDescriptor descriptor_;
};

std::string account_text(const std::string& sid) {
    for (const Account& known : accounts)
        if (known.sid == sid)
            return std::string(known.alias);
    return sid;
}

template <std::size_t size>
std::string names_text(const std::array<Name, size>& table, std::uint32_t value) {
    std::string text;
    for (const Name& name : table)
        if ((value & name.value) == name.value)
            text += name.text;
    return text;
}

std::string entry_text(const AccessEntry& entry) {
    if (entry.type != ace::allow && entry.type != ace::deny)
        return "(type " + std::to_string(entry.type) + ")";
    return std::string(entry.type == ace::allow ? "(A;" : "(D;") + names_text(flags, entry.flags) + ";" +
           rights_text(entry.mask) + ";;;" + account_text(entry.sid) + ")";
}

} // namespace

std::string rights_text(std::uint32_t value) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

Result<SecurityDescriptor> parse_sddl(std::string_view text) { return Reader{text}.read(); }

std::string to_sddl(const SecurityDescriptor& descriptor) {
    std::string text;
    if (!descriptor.owner.empty())
        text += "O:" + account_text(descriptor.owner);
    if (!descriptor.group.empty())
        text += "G:" + account_text(descriptor.group);
    text += "D:";
    if (!descriptor.has_dacl)
        return text + "NO_ACCESS_CONTROL";
    text += names_text(dacl_flags, descriptor.control);
    for (const AccessEntry& entry : descriptor.entries)
        text += entry_text(entry);
    return text;
}

} // namespace rdpmedic
