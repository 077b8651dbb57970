// What does the name service say?
#include "probes/formats/dns_name.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/socket_owner.hpp"
#include "probes/windows/text.hpp"

#include <windns.h>

namespace rdpmedic::windows {
namespace {

struct RecordsTraits {
    using Raw = DNS_RECORDW*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::DnsFree(raw, DnsFreeRecordList); }
};
using Records = Handle<RecordsTraits>;

WORD type_of(DnsType type) {
    switch (type) {
    case DnsType::a:
        return DNS_TYPE_A;
    case DnsType::aaaa:
        return DNS_TYPE_AAAA;
    case DnsType::ptr:
        return DNS_TYPE_PTR;
    case DnsType::srv:
        return DNS_TYPE_SRV;
    }
    return DNS_TYPE_ZERO;
}

// Past everything this host could answer by itself: for its own name that would be its own addresses, always.
// https://learn.microsoft.com/windows/win32/dns/dns-constants
constexpr DWORD servers_alone = DNS_QUERY_BYPASS_CACHE | DNS_QUERY_NO_HOSTS_FILE | DNS_QUERY_NO_LOCAL_NAME |
                                DNS_QUERY_NO_NETBT | DNS_QUERY_NO_MULTICAST | DNS_QUERY_TREAT_AS_FQDN;

std::string answer_of(const DNS_RECORDW& record) {
    const auto text = [](const wchar_t* name) { return name ? to_utf8(name) : std::string(); };
    switch (record.wType) {
    case DNS_TYPE_A:
        return ipv4_text(&record.Data.A.IpAddress);
    case DNS_TYPE_AAAA:
        return ipv6_text(record.Data.AAAA.Ip6Address.IP6Byte, 0);
    case DNS_TYPE_PTR:
        return text(record.Data.PTR.pNameHost);
    case DNS_TYPE_SRV:
        return text(record.Data.SRV.pNameTarget) + ":" + std::to_string(record.Data.SRV.wPort);
    default:
        return {};
    }
}

Error error_of_dns(DNS_STATUS status, const std::string& name) {
    Error error = error_of(static_cast<std::uint32_t>(status), "DnsQuery_W", name);
    switch (status) {
    case DNS_ERROR_RCODE_NAME_ERROR: // "no such name"
    case DNS_INFO_NO_RECORDS:        // the name has no records of this type
    case DNS_ERROR_RECORD_DOES_NOT_EXIST:
        error.code = Errc::not_found;
        break;
    case DNS_ERROR_NO_DNS_SERVERS:
        error.code = Errc::unsupported;
        break;
    case DNS_ERROR_BAD_PACKET:
        error.code = Errc::malformed;
        break;
    default: // a server that failed or refused has not said that the name does not exist
        break;
    }
    return error;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/windns/nf-windns-dnsquery_w
Result<std::vector<std::string>> dns(const DnsQuestion& question) {
    std::string name = question.name;
    if (question.type == DnsType::ptr) {
        const auto reverse = reverse_name(question.name);
        if (!reverse)
            return reverse.error();
        name = *reverse;
    }
    Records records;
    const WORD type = type_of(question.type);
    const DNS_STATUS status =
        ::DnsQuery_W(to_wide(name).c_str(), type, question.servers_only ? servers_alone : DNS_QUERY_STANDARD, nullptr,
                     reinterpret_cast<PDNS_RECORD*>(records.out()), nullptr);
    if (status != ERROR_SUCCESS)
        return error_of_dns(status, name);
    std::vector<std::string> answers;
    for (const DNS_RECORDW* record = records.get(); record; record = reinterpret_cast<DNS_RECORDW*>(record->pNext))
        if (record->wType == type && record->Flags.S.Section == DnsSectionAnswer) // not the addresses that come along
            answers.push_back(answer_of(*record));
    if (answers.empty())
        return error_of_dns(DNS_INFO_NO_RECORDS, name);
    return answers;
}

} // namespace rdpmedic::windows
