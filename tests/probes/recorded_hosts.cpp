// What do the probes find on each recorded host?
#include "tests/probes/recorded_hosts.hpp"

namespace rdpmedic::testing {

const std::vector<RecordedCase>& recorded_cases() {
    static const std::vector<RecordedCase> rows{
        {"healthy-server-2012-r2", {}},
        {"healthy-server-2016", {}},
        {"healthy-server-2019", {}},
        {"healthy-server-2022", {}},
        {"healthy-server-2025", {}},
        {"healthy-windows-10-1607", {}},
        {"healthy-windows-10-1703", {}},
        {"healthy-windows-10-22h2", {}},
        {"healthy-windows-11-21h2", {}},
        {"healthy-windows-11-22h2", {}},
        {"healthy-windows-11-23h2", {}},
        {"healthy-windows-11-24h2", {}},
        {"healthy-windows-8.1", {}},
        {"s01-expired-self-signed",
         {"cert.expired critical", "cert.renewal_broken critical", "events.certificate_not_created warning",
          "handshake.certificate_expired critical"}},
        {"s02-key-unreadable",
         {"cert.key_unreadable critical", "events.key_unreadable warning", "handshake.tls_closed critical"}},
        {"s10-rdp-off-by-policy", {"termservice.rdp_off info", "handshake.rdp_off info"}},
        {"s21-termservice-stopped",
         {"termservice.not_running critical", "termservice.exit_code warning", "events.service_failed warning",
          "handshake.refused critical"}},
    };
    return rows;
}

} // namespace rdpmedic::testing
