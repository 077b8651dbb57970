// What does a self-relative security descriptor hold, and how is it written back with nothing lost?
#pragma once

#include "probes/formats/sid.hpp"

namespace rdpmedic {

// Types and flags of an access control entry.
// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-ace_header
namespace ace {
inline constexpr std::uint8_t allow = 0, deny = 1, allow_object = 5, deny_object = 6;
inline constexpr std::uint8_t allow_callback = 9, deny_callback = 10, allow_callback_object = 11,
                              deny_callback_object = 12;
inline constexpr std::uint8_t object_inherit = 0x01, container_inherit = 0x02, no_propagate = 0x04, inherit_only = 0x08,
                              inherited = 0x10;
} // namespace ace

// One entry of a DACL. Types whose shape is not known have neither mask nor SID and are only carried along.
struct AccessEntry {
    std::uint8_t type = ace::allow;
    std::uint8_t flags = 0;
    std::uint32_t mask = 0;
    std::string sid; // empty where the shape of the type is not known
    Bytes raw;       // the whole entry as read, header included; empty for a plain entry made here

    bool denies() const noexcept; // one of the four deny types
    bool inherited() const noexcept { return (flags & ace::inherited) != 0; }
    friend bool operator==(const AccessEntry&, const AccessEntry&) = default;
};

struct SecurityDescriptor {
    std::uint16_t control = 0x8000; // SE_SELF_RELATIVE 0x8000, SE_DACL_PRESENT 0x4, SE_DACL_PROTECTED 0x1000 ...
    std::uint8_t resource_control = 0;
    std::string owner, group; // empty: none
    // No list at all, not present or null, lets everybody do everything; an empty list lets nobody do anything.
    // https://learn.microsoft.com/windows/win32/secauthz/null-dacls-and-empty-dacls
    bool has_dacl = false;
    std::uint8_t dacl_revision = 2;
    std::vector<AccessEntry> entries;
    Bytes sacl; // as read; empty: none
};

// malformed, with the offset, for anything that does not fit into `bytes`. Pure.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/7d4dac05-9cef-4563-a058-f108abecce1d
Result<SecurityDescriptor> parse_security_descriptor(std::span<const std::uint8_t> bytes);

// Self-relative. malformed: a SID that is none, or a list beyond the 64 KiB that its size field can say.
Result<Bytes> to_bytes(const SecurityDescriptor& descriptor);

} // namespace rdpmedic
