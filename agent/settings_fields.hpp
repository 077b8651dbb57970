// Which keys does config.json know? One row each: it drives reading, writing and the schema alike.
#pragma once

#include "agent/settings.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace rdpmedic {

struct NumberField {
    std::string_view section, key, doc;
    std::int64_t least, most;
    std::int64_t (*get)(const Settings&);
    void (*set)(Settings&, std::int64_t);
};

struct TextField {
    std::string_view section, key, doc;
    std::string_view choices; // "a b c"; empty: any text
    std::string& (*at)(Settings&);
};

// clang-format off: a table is read by its columns.
#define RDPMEDIC_DURATION(section, key, doc, least, most, member)                                                      \
    NumberField {                                                                                                      \
        section, key, doc, least, most, [](const Settings& s) -> std::int64_t { return s.member.count(); },            \
            [](Settings& s, std::int64_t n) {                                                                          \
                s.member = decltype(s.member){static_cast<decltype(s.member)::rep>(n)};                                \
            }                                                                                                          \
    }
#define RDPMEDIC_NUMBER(section, key, doc, least, most, member)                                                        \
    NumberField {                                                                                                      \
        section, key, doc, least, most, [](const Settings& s) { return static_cast<std::int64_t>(s.member); },         \
            [](Settings& s, std::int64_t n) { s.member = static_cast<decltype(s.member)>(n); }                         \
    }

inline constexpr std::array number_fields{
    RDPMEDIC_DURATION("repair", "cool_down_s", "seconds between two repairs of the same kind", 0, 86400,
                      repair_cool_down),
    RDPMEDIC_NUMBER("repair", "attempts_per_day", "repairs of the same kind within 24 hours", 1, 100,
                    repair_attempts_per_day),
    RDPMEDIC_DURATION("repair", "deadline_s", "seconds after which a running repair is undone", 10, 3600,
                      repair_deadline),
    RDPMEDIC_NUMBER("repair", "backup_mb", "what is kept to take finished repairs back with; the oldest goes first", 1,
                    1024, repair_backup_mb),
    RDPMEDIC_NUMBER("watch", "workers", "probes that run at the same time, beside the slow ones", 1, 64, workers),
    RDPMEDIC_NUMBER("log", "size_mb", "size at which the log file is rotated", 1, 1024, log_size_mb),
    RDPMEDIC_NUMBER("log", "files", "log files that are kept", 1, 100, log_files),
    RDPMEDIC_DURATION("thresholds", "pinned_certificate_warn_days",
                      "a pinned certificate that ends sooner is a warning", 0, 3650, limits.pinned_certificate_warn),
    RDPMEDIC_DURATION("thresholds", "pinned_certificate_fail_days",
                      "a pinned certificate that ends sooner is a failure", 0, 3650, limits.pinned_certificate_fail),
    RDPMEDIC_DURATION("thresholds", "self_signed_certificate_info_days",
                      "a self-signed certificate that ends sooner is mentioned", 0, 3650,
                      limits.self_signed_certificate_info),
    RDPMEDIC_DURATION("thresholds", "renewal_grace_minutes",
                      "Windows should have replaced an expired certificate after this time", 1, 10080,
                      limits.renewal_grace),
    RDPMEDIC_DURATION("thresholds", "service_pending_warn_s", "a service that starts or stops for longer is a warning",
                      1, 3600, limits.service_pending_warn),
    RDPMEDIC_DURATION("thresholds", "service_pending_fail_s",
                      "the same as a failure, beside the service's own wait hint", 1, 3600,
                      limits.service_pending_fail),
    RDPMEDIC_DURATION("thresholds", "session_disconnected_warn_h", "a session disconnected for longer is a warning", 1,
                      8760, limits.session_disconnected_warn),
    RDPMEDIC_DURATION("thresholds", "session_reap_grace_minutes", "time beyond MaxDisconnectionTime", 0, 1440,
                      limits.session_reap_grace),
    RDPMEDIC_DURATION("thresholds", "session_pending_fail_minutes",
                      "a session between two states for longer is a failure", 1, 1440, limits.session_pending_fail),
    RDPMEDIC_DURATION("thresholds", "handshake_slow_ms", "a handshake that takes longer is a warning", 1, 60000,
                      limits.handshake_slow),
    RDPMEDIC_DURATION("thresholds", "round_trip_warn_ms", "a longer way to the gateway is a warning", 1, 60000,
                      limits.round_trip_warn),
    RDPMEDIC_DURATION("thresholds", "round_trip_fail_ms", "a longer way to the gateway is called poor", 1, 60000,
                      limits.round_trip_fail),
    RDPMEDIC_NUMBER("thresholds", "loss_warn_percent", "more lost echo requests are a warning", 0, 100,
                    limits.loss_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "loss_fail_percent", "more lost echo requests are a failure", 0, 100,
                    limits.loss_fail_percent),
    RDPMEDIC_NUMBER("thresholds", "retransmission_warn_percent", "more TCP segments sent again are a warning", 0, 100,
                    limits.retransmission_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "retransmission_fail_percent", "more TCP segments sent again are a failure", 0, 100,
                    limits.retransmission_fail_percent),
    RDPMEDIC_NUMBER("thresholds", "interface_errors_warn_percent", "more packets in error are a warning", 0, 100,
                    limits.interface_errors_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "dynamic_ports_warn_percent", "more dynamic ports in use are a warning", 1, 100,
                    limits.dynamic_ports_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "dynamic_ports_fail_percent", "more dynamic ports in use are a failure", 1, 100,
                    limits.dynamic_ports_fail_percent),
    RDPMEDIC_NUMBER("thresholds", "commit_warn_percent", "more committed memory is a warning", 1, 100,
                    limits.commit_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "commit_fail_percent", "more committed memory is a failure", 1, 100,
                    limits.commit_fail_percent),
    RDPMEDIC_NUMBER("thresholds", "physical_free_warn_percent", "less free memory is a warning", 0, 100,
                    limits.physical_free_warn_percent),
    RDPMEDIC_NUMBER("thresholds", "disk_warn_mb", "less free space on the system drive is a warning", 0, 10000000,
                    limits.disk_warn_mb),
    RDPMEDIC_NUMBER("thresholds", "disk_fail_mb", "less free space on the system drive is a failure", 0, 10000000,
                    limits.disk_fail_mb),
    RDPMEDIC_NUMBER("thresholds", "service_handles_warn", "more handles of the process of TermService are a warning",
                    100, 10000000, limits.service_handles_warn),
    RDPMEDIC_DURATION("thresholds", "clock_offset_warn_s", "a clock further off the domain is a warning", 1, 86400,
                      limits.clock_offset_warn),
    RDPMEDIC_DURATION("thresholds", "clock_offset_fail_s", "a clock further off the domain is a failure", 1, 86400,
                      limits.clock_offset_fail),
    RDPMEDIC_DURATION("thresholds", "license_grace_warn_days", "a licensing grace period that ends sooner is a warning",
                      0, 120, limits.license_grace_warn),
    RDPMEDIC_DURATION("thresholds", "evidence_window_minutes", "events older than this do not speak for the present", 1,
                      longest_evidence_window.count(), limits.evidence_window),
};
#undef RDPMEDIC_DURATION
#undef RDPMEDIC_NUMBER

inline constexpr std::array text_fields{
    TextField{"tls", "certificate", "PEM file; empty: made at the first start", "",
              [](Settings& s) -> std::string& { return s.tls_certificate; }},
    TextField{"tls", "private_key", "PEM file of its key", "",
              [](Settings& s) -> std::string& { return s.tls_private_key; }},
    TextField{"rdp", "address", "where handshakes connect to; 127.0.0.1: where the listener is bound", "",
              [](Settings& s) -> std::string& { return s.rdp_address; }},
    TextField{"log", "level", "what is logged", "trace debug info warn error",
              [](Settings& s) -> std::string& { return s.log_level; }},
};
// clang-format on

} // namespace rdpmedic
