// What does a self-relative security descriptor hold, and how is it written back with nothing lost?
#include "probes/formats/security_descriptor.hpp"

namespace rdpmedic {
namespace {

constexpr std::size_t header_size = 20; // revision, resource control, control, four offsets
constexpr std::size_t acl_header_size = 8, ace_header_size = 4;
constexpr std::uint16_t self_relative = 0x8000, sacl_present = 0x0010, dacl_present = 0x0004;
using View = std::span<const std::uint8_t>;

Error malformed(const std::string& what, std::size_t offset) {
    return {Errc::malformed, 0, "security descriptor: " + what + " at byte " + std::to_string(offset)};
}

std::uint16_t read16(View bytes, std::size_t at) { return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8); }

std::uint32_t read32(View bytes, std::size_t at) {
    return static_cast<std::uint32_t>(read16(bytes, at)) | static_cast<std::uint32_t>(read16(bytes, at + 2)) << 16;
}

void write16(Bytes& bytes, std::size_t value) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

void write32(Bytes& bytes, std::uint32_t value) {
    write16(bytes, value & 0xFFFF);
    write16(bytes, value >> 16);
}

// Where in an entry its SID begins; 0 for types whose shape is not known here.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/628ebb1d-c509-4ea0-a10f-77ef97ca4586
std::size_t sid_offset(View entry) {
    constexpr std::size_t mask_end = 8;
    switch (entry[0]) {
    case 0x00: // allow, deny, audit, alarm
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x09: // the same with a condition behind the SID
    case 0x0A:
    case 0x0D:
    case 0x0E:
    case 0x11: // mandatory label, resource attribute, scoped policy
    case 0x12:
    case 0x13:
        return mask_end;
    case 0x05: // object types: flags, then up to two GUIDs
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x0B:
    case 0x0C:
    case 0x0F:
    case 0x10: {
        constexpr std::size_t flags_size = 4, guid_size = 16;
        if (entry.size() < mask_end + flags_size)
            return entry.size();
        const std::uint32_t flags = read32(entry, mask_end);
        return mask_end + flags_size + ((flags & 1) != 0 ? guid_size : 0) + ((flags & 2) != 0 ? guid_size : 0);
    }
    }
    return 0;
}

Result<AccessEntry> parse_entry(View raw, std::size_t offset) {
    AccessEntry entry;
    entry.type = raw[0];
    entry.flags = raw[1];
    entry.raw.assign(raw.begin(), raw.end());
    const std::size_t begin = sid_offset(raw);
    if (begin == 0)
        return entry;
    if (begin >= raw.size())
        return malformed("entry too short", offset);
    Result<std::string> sid = sid_from_bytes(raw.subspan(begin));
    if (!sid)
        return malformed("no security identifier in the entry", offset);
    entry.mask = read32(raw, ace_header_size);
    entry.sid = *sid;
    return entry;
}

Result<View> acl_at(View bytes, std::size_t offset) {
    if (offset > bytes.size() || bytes.size() - offset < acl_header_size)
        return malformed("list cut off", offset);
    const std::size_t size = read16(bytes, offset + 2);
    if (size < acl_header_size || size > bytes.size() - offset)
        return malformed("list has a wrong size", offset);
    return bytes.subspan(offset, size);
}

Result<void> parse_dacl(View acl, std::size_t offset, SecurityDescriptor& descriptor) {
    descriptor.has_dacl = true;
    descriptor.dacl_revision = acl[0];
    std::size_t at = acl_header_size;
    for (unsigned left = read16(acl, 4); left > 0; --left) {
        if (acl.size() - at < ace_header_size)
            return malformed("entry cut off", offset + at);
        const std::size_t size = read16(acl, at + 2);
        if (size < ace_header_size || size > acl.size() - at)
            return malformed("entry has a wrong size", offset + at);
        Result<AccessEntry> entry = parse_entry(acl.subspan(at, size), offset + at);
        if (!entry)
            return entry.error();
        descriptor.entries.push_back(std::move(*entry));
        at += size;
    }
    return {};
}

Result<std::string> sid_at(View bytes, std::size_t offset, const char* what) {
    if (offset == 0)
        return std::string{};
    if (offset > bytes.size())
        return malformed(std::string(what) + " lies outside", offset);
    Result<std::string> sid = sid_from_bytes(bytes.subspan(offset));
    if (!sid)
        return malformed(std::string(what) + " is no security identifier", offset);
    return sid;
}

Result<Bytes> entry_bytes(const AccessEntry& entry) {
    if (!entry.raw.empty())
        return entry.raw;
    Result<Bytes> sid = sid_to_bytes(entry.sid);
    if (!sid)
        return sid.error();
    Bytes bytes{entry.type, entry.flags};
    write16(bytes, ace_header_size + 4 + sid->size());
    write32(bytes, entry.mask);
    bytes.insert(bytes.end(), sid->begin(), sid->end());
    return bytes;
}

Result<Bytes> dacl_bytes(const SecurityDescriptor& descriptor) {
    Bytes entries;
    for (const AccessEntry& entry : descriptor.entries) {
        Result<Bytes> bytes = entry_bytes(entry);
        if (!bytes)
            return bytes.error();
        entries.insert(entries.end(), bytes->begin(), bytes->end());
    }
    const std::size_t size = acl_header_size + entries.size();
    if (size > 0xFFFF)
        return malformed("list of more than 64 KiB", 0);
    Bytes bytes{descriptor.dacl_revision, 0};
    write16(bytes, size);
    write16(bytes, descriptor.entries.size());
    write16(bytes, 0);
    bytes.insert(bytes.end(), entries.begin(), entries.end());
    return bytes;
}

} // namespace

bool AccessEntry::denies() const noexcept {
    return type == ace::deny || type == ace::deny_object || type == ace::deny_callback ||
           type == ace::deny_callback_object;
}

Result<SecurityDescriptor> parse_security_descriptor(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < header_size)
        return malformed("header cut off", bytes.size());
    if (bytes[0] != 1)
        return malformed("revision " + std::to_string(bytes[0]), 0);
    SecurityDescriptor descriptor;
    descriptor.resource_control = bytes[1];
    descriptor.control = read16(bytes, 2);
    if ((descriptor.control & self_relative) == 0)
        return malformed("not self-relative", 2);

    Result<std::string> owner = sid_at(bytes, read32(bytes, 4), "owner");
    if (!owner)
        return owner.error();
    Result<std::string> group = sid_at(bytes, read32(bytes, 8), "group");
    if (!group)
        return group.error();
    descriptor.owner = *owner;
    descriptor.group = *group;
    const std::size_t sacl_offset = read32(bytes, 12), dacl_offset = read32(bytes, 16);
    if ((descriptor.control & sacl_present) != 0 && sacl_offset != 0) {
        const Result<View> sacl = acl_at(bytes, sacl_offset);
        if (!sacl)
            return sacl.error();
        descriptor.sacl.assign(sacl->begin(), sacl->end());
    }
    if ((descriptor.control & dacl_present) != 0 && dacl_offset != 0) {
        const Result<View> dacl = acl_at(bytes, dacl_offset);
        if (!dacl)
            return dacl.error();
        if (Result<void> parsed = parse_dacl(*dacl, dacl_offset, descriptor); !parsed)
            return parsed.error();
    }
    return descriptor;
}

Result<Bytes> to_bytes(const SecurityDescriptor& descriptor) {
    Bytes parts;
    std::uint32_t offsets[4] = {}; // owner, group, SACL, DACL
    const auto add = [&](const Bytes& part, std::size_t which) {
        offsets[which] = static_cast<std::uint32_t>(header_size + parts.size());
        parts.insert(parts.end(), part.begin(), part.end());
    };
    std::uint16_t control = static_cast<std::uint16_t>(descriptor.control | self_relative);
    if (!descriptor.sacl.empty())
        add(descriptor.sacl, 2);
    if (descriptor.has_dacl) {
        control = static_cast<std::uint16_t>(control | dacl_present);
        Result<Bytes> dacl = dacl_bytes(descriptor);
        if (!dacl)
            return dacl.error();
        add(*dacl, 3);
    }
    for (const auto& [sid, which] : {std::pair{&descriptor.owner, 0U}, std::pair{&descriptor.group, 1U}}) {
        if (sid->empty())
            continue;
        Result<Bytes> bytes = sid_to_bytes(*sid);
        if (!bytes)
            return bytes.error();
        add(*bytes, which);
    }
    Bytes result{1, descriptor.resource_control};
    write16(result, control);
    for (const std::uint32_t offset : offsets)
        write32(result, offset);
    result.insert(result.end(), parts.begin(), parts.end());
    return result;
}

} // namespace rdpmedic
