// From where on is a number a warning or a failure? The defaults; the configuration can change each.
#pragma once

#include <chrono>

namespace rdpmedic {

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
};

} // namespace rdpmedic
