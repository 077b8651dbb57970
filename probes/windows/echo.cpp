// Does an address answer an echo request, and how fast?
#include "probes/windows/address_text.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <icmpapi.h>

#include <cstring>
#include <optional>

namespace rdpmedic::windows {
namespace {

constexpr DWORD patience = 700; // milliseconds for each of four requests: about 3 s in all
constexpr std::uint32_t requests = 4;
constexpr std::uint32_t full_requests = 3;                     // about 2 s where none is answered
constexpr std::uint32_t headers = 28, largest_packet = 65'535; // of IPv4 and ICMP together; what IPv4 can say

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
    const Result<SOCKADDR_INET> to = socket_address(address);
    if (!to)
        return to.error();
    if (to->si_family == AF_INET)
        return ask_all(Icmp(::IcmpCreateFile()), to->Ipv4.sin_addr, address);
    return ask_all(Icmp(::Icmp6CreateFile()), to->Ipv6, address);
}

// A 64-bit program passes IP_OPTION_INFORMATION32, whose first four members lie as in IP_OPTION_INFORMATION; no data of
// options follows.
// https://learn.microsoft.com/windows/win32/api/icmpapi/nf-icmpapi-icmpsendecho
Result<FullEchoFacts> full_echo(const FullEcho& request) {
    const Result<SOCKADDR_INET> to = socket_address(request.address);
    if (!to)
        return to.error();
    if (to->si_family != AF_INET || request.packet < headers || request.packet > largest_packet)
        return Error{Errc::malformed, 0,
                     "a packet of " + std::to_string(request.packet) + " bytes to '" + request.address +
                         "', which is not one of IPv4"};
    const Icmp icmp(::IcmpCreateFile());
    if (!icmp)
        return last_error("IcmpCreateFile", request.address);
    std::vector<char> data(request.packet - headers, 'r');
    std::vector<unsigned char> reply(data.size() + reply_room);
    IP_OPTION_INFORMATION options{};
    options.Ttl = 128;
    options.Flags = IP_FLAG_DF;
    FullEchoFacts facts;
    while (facts.sent < full_requests && facts.answered == 0 && facts.too_big == 0) {
        ++facts.sent;
        const DWORD replies =
            ::IcmpSendEcho(icmp.get(), to->Ipv4.sin_addr.s_addr, data.data(), static_cast<WORD>(data.size()), &options,
                           reply.data(), static_cast<DWORD>(reply.size()), patience);
        ICMP_ECHO_REPLY raw{};
        std::memcpy(&raw, reply.data(), sizeof raw);
        const DWORD code = replies == 0 ? ::GetLastError() : raw.Status;
        if (code == IP_SUCCESS && replies != 0)
            ++facts.answered;
        else if (code == IP_PACKET_TOO_BIG)
            ++facts.too_big;
        else if (!is_lost(code))
            return error_of(code, "IcmpSendEcho", request.address);
    }
    return facts;
}

} // namespace rdpmedic::windows
