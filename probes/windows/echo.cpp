// Does an address answer an echo request, and how fast?
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <icmpapi.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace rdpmedic::windows {
namespace {

constexpr DWORD patience = 700; // milliseconds for each of four requests: about 3 s in all
constexpr std::uint32_t requests = 4;

struct IcmpTraits {
    using Raw = HANDLE;
    static Raw none() noexcept { return INVALID_HANDLE_VALUE; }
    static void close(Raw raw) noexcept { ::IcmpCloseHandle(raw); }
};
using Icmp = Handle<IcmpTraits>;

// mingw-w64 does not declare it: after the address of 26 packed bytes comes the status, aligned.
// https://learn.microsoft.com/windows/win32/api/ipexport/ns-ipexport-icmpv6_echo_reply_lh
struct EchoReply6 {
    unsigned char address[28];
    ULONG status;
    unsigned int round_trip;
};

struct Answer {
    ULONG status;
    std::chrono::milliseconds round_trip;
};

// The buffer must hold the reply, the data that was sent and eight bytes of an ICMP error.
// https://learn.microsoft.com/windows/win32/api/icmpapi/nf-icmpapi-icmpsendecho
constexpr std::size_t reply_room = 256;
char payload[] = "rdpmedic asks whether you are there"; // NOLINT: the call takes it as writable and does not write

std::optional<Answer> ask(const Icmp& icmp, in_addr to, unsigned char (&reply)[reply_room]) {
    if (::IcmpSendEcho(icmp.get(), to.s_addr, payload, sizeof payload, nullptr, reply, reply_room, patience) == 0)
        return std::nullopt;
    ICMP_ECHO_REPLY raw{};
    std::memcpy(&raw, reply, sizeof raw);
    return Answer{raw.Status, std::chrono::milliseconds(raw.RoundTripTime)};
}

std::optional<Answer> ask(const Icmp& icmp, const sockaddr_in6& to, unsigned char (&reply)[reply_room]) {
    sockaddr_in6 from{}, target = to;
    from.sin6_family = AF_INET6;
    if (::Icmp6SendEcho2(icmp.get(), nullptr, nullptr, nullptr, &from, &target, payload, sizeof payload, nullptr, reply,
                         reply_room, patience) == 0)
        return std::nullopt;
    EchoReply6 raw{};
    std::memcpy(&raw, reply, sizeof raw);
    return Answer{raw.status, std::chrono::milliseconds(raw.round_trip)};
}

// A code of the network (no reply in time, no route, refused on the way) is an answer: this request was lost. The
// others (no buffers, a bad option, the adapter) are this host's:
// https://learn.microsoft.com/windows/win32/api/ipexport/ns-ipexport-icmp_echo_reply
bool is_lost(DWORD code) noexcept {
    switch (code) {
    case IP_DEST_NET_UNREACHABLE:
    case IP_DEST_HOST_UNREACHABLE:
    case IP_DEST_PROT_UNREACHABLE:
    case IP_DEST_PORT_UNREACHABLE:
    case IP_REQ_TIMED_OUT:
    case IP_TTL_EXPIRED_TRANSIT:
    case IP_TTL_EXPIRED_REASSEM:
    case IP_SOURCE_QUENCH:
        return true;
    default:
        return false;
    }
}

template <class Address>
Result<EchoFacts> ask_all(const Icmp& icmp, const Address& to, std::string_view name) {
    if (!icmp)
        return last_error("IcmpCreateFile", name);
    EchoFacts facts;
    facts.address = std::string(name);
    std::chrono::milliseconds sum{0};
    for (; facts.sent < requests; ++facts.sent) {
        alignas(16) unsigned char reply[reply_room] = {};
        const auto answer = ask(icmp, to, reply);
        const DWORD code = answer ? answer->status : ::GetLastError();
        if (code != IP_SUCCESS && !is_lost(code))
            return error_of(code, "IcmpSendEcho", name);
        if (!answer || code != IP_SUCCESS)
            continue;
        ++facts.answered;
        sum += answer->round_trip;
        facts.longest = std::max(facts.longest, answer->round_trip);
    }
    if (facts.answered > 0)
        facts.average = sum / facts.answered;
    return facts;
}

} // namespace

Result<EchoFacts> echo(std::string_view address) {
    const std::string text(address.substr(0, address.find('%')));
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1)
        return ask_all(Icmp(::IcmpCreateFile()), v4, address);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) != 1)
        return Error{Errc::malformed, 0, "'" + std::string(address) + "', which is no IP address"};
    if (text.size() < address.size()) {
        const std::string_view scope = address.substr(text.size() + 1);
        const auto [end, error] = std::from_chars(scope.data(), scope.data() + scope.size(), v6.sin6_scope_id);
        if (error != std::errc{} || end != scope.data() + scope.size())
            return Error{Errc::malformed, 0, "'" + std::string(address) + "', whose link is no number"};
    }
    return ask_all(Icmp(::Icmp6CreateFile()), v6, address);
}

} // namespace rdpmedic::windows
