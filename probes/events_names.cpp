// How are the kinds of evidence called?
#include "probes/events.hpp"

namespace rdpmedic::events {

const char* name_of(Kind kind) noexcept {
    switch (kind) {
    case Kind::arrival:
        return "arrival";
    case Kind::udp_arrival:
        return "udp_arrival";
    case Kind::transport_failed:
        return "transport_failed";
    case Kind::closed_early:
        return "closed_early";
    case Kind::security_layer_failed:
        return "security_layer_failed";
    case Kind::bad_credentials:
        return "bad_credentials";
    case Kind::authenticated:
        return "authenticated";
    case Kind::session_assigned:
        return "session_assigned";
    case Kind::logon:
        return "logon";
    case Kind::listener_started:
        return "listener_started";
    case Kind::listener_stopped:
        return "listener_stopped";
    case Kind::listener_failed:
        return "listener_failed";
    case Kind::listener_changed:
        return "listener_changed";
    case Kind::flood:
        return "flood";
    case Kind::key_unreadable:
        return "key_unreadable";
    case Kind::tls_protocols_disabled:
        return "tls_protocols_disabled";
    case Kind::tls_credential_failed:
        return "tls_credential_failed";
    case Kind::no_common_cipher:
        return "no_common_cipher";
    case Kind::tls_alert:
        return "tls_alert";
    case Kind::certificate_not_created:
        return "certificate_not_created";
    case Kind::certificate_unusable:
        return "certificate_unusable";
    case Kind::certificate_expires:
        return "certificate_expires";
    case Kind::certificate_created:
        return "certificate_created";
    case Kind::drain_mode:
        return "drain_mode";
    case Kind::session_disconnected:
        return "session_disconnected";
    case Kind::session_lost:
        return "session_lost";
    case Kind::session_replaced:
        return "session_replaced";
    case Kind::session_limit_reached:
        return "session_limit_reached";
    case Kind::session_ended_by_other:
        return "session_ended_by_other";
    case Kind::session_out_of_memory:
        return "session_out_of_memory";
    case Kind::session_denied:
        return "session_denied";
    case Kind::session_arbitration:
        return "session_arbitration";
    case Kind::session_manager_slow:
        return "session_manager_slow";
    case Kind::session_manager_failed:
        return "session_manager_failed";
    case Kind::service_failed:
        return "service_failed";
    case Kind::service_changed:
        return "service_changed";
    case Kind::firewall_changed:
        return "firewall_changed";
    case Kind::filter_blocked:
        return "filter_blocked";
    case Kind::ports_exhausted:
        return "ports_exhausted";
    case Kind::address_conflict:
        return "address_conflict";
    case Kind::name_resolution_failed:
        return "name_resolution_failed";
    case Kind::secure_channel_failed:
        return "secure_channel_failed";
    case Kind::domain_not_reached:
        return "domain_not_reached";
    case Kind::licensing_failed:
        return "licensing_failed";
    case Kind::memory_exhausted:
        return "memory_exhausted";
    case Kind::desktop_heap_exhausted:
        return "desktop_heap_exhausted";
    case Kind::provider_changed:
        return "provider_changed";
    case Kind::slow_connection:
        return "slow_connection";
    case Kind::broker_failed:
        return "broker_failed";
    case Kind::broker_not_ready:
        return "broker_not_ready";
    case Kind::gateway_connected:
        return "gateway_connected";
    case Kind::gateway_refused:
        return "gateway_refused";
    case Kind::gateway_unreachable:
        return "gateway_unreachable";
    case Kind::gateway_certificate:
        return "gateway_certificate";
    case Kind::connection_declined:
        return "connection_declined";
    }
    return "unknown";
}

std::optional<Kind> kind_from_name(std::string_view name) noexcept {
    for (int kind = 0; kind <= static_cast<int>(Kind::connection_declined); ++kind) // the last one
        if (name == name_of(static_cast<Kind>(kind)))
            return static_cast<Kind>(kind);
    return std::nullopt;
}

} // namespace rdpmedic::events
