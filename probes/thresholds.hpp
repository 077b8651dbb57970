// From where on is a number a warning or a failure? The defaults; the configuration can change each.
#pragma once

#include <chrono>
#include <cstdint>

namespace rdpmedic {

inline constexpr std::chrono::minutes longest_evidence_window{7 * 24 * 60}; // that can be configured

// Ours, not Microsoft's, unless a line says otherwise.
struct Thresholds {
    std::chrono::days pinned_certificate_warn{30};
    std::chrono::days pinned_certificate_fail{7};
    std::chrono::days self_signed_certificate_info{14}; // Windows renews it when it has expired
    std::chrono::minutes renewal_grace{60}; // an expired self-signed certificate older than this is not renewed
    std::chrono::seconds service_pending_warn{30};
    // The service control manager gives up after 80 s plus the last wait hint:
    // https://learn.microsoft.com/windows/win32/services/service-startup
    std::chrono::seconds service_pending_fail{80};
    std::chrono::hours session_disconnected_warn{24};
    std::chrono::minutes session_reap_grace{10}; // beyond MaxDisconnectionTime
    std::chrono::minutes session_pending_fail{5};
    std::chrono::milliseconds handshake_slow{1500};

    // MEM: what a session bears, a round trip of 150 ms, or of 300 ms poorly, and a loss of 1 %.
    std::chrono::milliseconds round_trip_warn{150}, round_trip_fail{300}; // to the gateway, and of connections
    std::uint32_t loss_warn_percent = 1, loss_fail_percent = 5;           // of echo requests to the gateway
    std::uint32_t retransmission_warn_percent = 2, retransmission_fail_percent = 5; // of segments between two looks
    std::uint32_t interface_errors_warn_percent = 1;                                // of packets between two looks
    std::uint32_t dynamic_ports_warn_percent = 80, dynamic_ports_fail_percent = 95;
    std::uint32_t commit_warn_percent = 90, commit_fail_percent = 97;
    std::uint32_t physical_free_warn_percent = 5;
    std::uint32_t disk_warn_mb = 5120, disk_fail_mb = 1024;
    std::uint32_t service_handles_warn = 10000;
    // Kerberos refuses more than five minutes by default: policy "Maximum tolerance for computer clock
    // synchronization", https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings
    std::chrono::seconds clock_offset_warn{60}, clock_offset_fail{300};
    std::chrono::days license_grace_warn{14};
    std::chrono::minutes evidence_window{60}; // events older than this do not speak for the present

    friend bool operator==(const Thresholds&, const Thresholds&) = default;
};

} // namespace rdpmedic
