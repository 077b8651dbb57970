// Which events are findings by themselves?
//
// Few are. Most support what other probes see: a client that gave up, a stranger who guessed a password and a rule that
// somebody changed are events of every healthy host. A finding needs that something can still be wrong.
#include "probes/events.hpp"
#include "probes/rdp_switch.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::events {
namespace {

const Tally* tally_of(const Facts& facts, Kind kind) {
    const auto found = facts.seen.find(kind);
    return found == facts.seen.end() || found->second.count == 0 ? nullptr : &found->second;
}

std::uint32_t count_of(const Facts& facts, Kind kind) {
    const Tally* const tally = tally_of(facts, kind);
    return tally ? tally->count : 0;
}

std::string times(std::uint32_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

class Judge {
  public:
    Judge(const Facts& facts, Time now) : facts_(facts), now_(now) {}

    std::vector<Finding> findings() && {
        judge_tls(Kind::key_unreadable, "events.key_unreadable",
                  "Windows could not use the private key of the listener's certificate when a client connected");
        judge_tls(Kind::tls_protocols_disabled, "events.tls_protocols_disabled",
                  "Windows had no TLS version left to serve when a client connected");
        judge_certificate();
        judge_listener();
        judge_services();
        judge_sessions();
        judge_resources();
        judge_guessing();
        judge_logging();
        judge_schannel_logging();
        judge_unread();
        return std::move(findings_);
    }

  private:
    Finding& add(const char* code, Severity severity, std::string text, const Tally& tally) {
        Finding& finding = findings_.emplace_back(Finding{code, severity, std::move(text)});
        finding.evidence = tally.samples;
        finding.evidence.push_back(tally.count == 1 ? "1 event at " + to_iso(tally.last)
                                                    : std::to_string(tally.count) + " events from " +
                                                          to_iso(tally.first) + " to " + to_iso(tally.last));
        return finding;
    }

    // Only events of these ids, which are some of a kind.
    const Tally* tally_with(Kind kind, std::uint32_t first, std::uint32_t last) const {
        const Tally* const tally = tally_of(facts_, kind);
        if (!tally)
            return nullptr;
        const auto id = tally->ids.lower_bound(first);
        return id != tally->ids.end() && id->first <= last ? tally : nullptr;
    }

    // What Schannel logged counts when it came with a client of RDP or with our own handshake, and not when a later
    // handshake of ours got through TLS: then it was another TLS server of this host, or it is over.
    void judge_tls(Kind kind, const char* code, const char* text) {
        const Tally* const tally = tally_of(facts_, kind);
        const auto ours = facts_.ours_by_kind.find(kind);
        const bool by_us = ours != facts_.ours_by_kind.end() && ours->second != 0 && !facts_.tls_worked;
        const bool by_clients = tally && tally->of_rdp != 0 && tally->of_rdp * 2 >= tally->count &&
                                !(facts_.tls_worked && *facts_.tls_worked + std::chrono::minutes{1} >= tally->last);
        if (!by_us && !by_clients)
            return;
        Finding& finding = add(code, Severity::warning, text, tally ? *tally : Tally{});
        if (!tally)
            finding.evidence.clear();
        if (by_us)
            finding.evidence.push_back(times(ours->second) + " at handshakes that this agent made");
    }

    // 1056 says that the next attempt did better.
    void judge_certificate() {
        const Tally* const tally = tally_of(facts_, Kind::certificate_not_created);
        const Tally* const created = tally_of(facts_, Kind::certificate_created);
        if (tally && !(created && created->last >= tally->last))
            add("events.certificate_not_created",
                is_switched_off(facts_.rdp_switch) ? Severity::info : Severity::warning,
                "Windows could not create or renew the self-signed certificate of the listener", *tally);
    }

    bool came_after(Kind kind, Time time) const {
        const Tally* const tally = tally_of(facts_, kind);
        return tally && tally->last > time;
    }

    // A listener that listens anew, or a user who got in: whatever kept both away is over.
    bool is_over_since(Time time) const {
        return came_after(Kind::listener_started, time) || came_after(Kind::logon, time);
    }

    void judge_listener() {
        const Tally* const failed = tally_of(facts_, Kind::listener_failed);
        if (failed && !is_over_since(failed->last))
            add("events.listener_failed", Severity::warning,
                "The listener failed to listen or to create a session, and has not been started anew since", *failed);
        for (const std::uint32_t id : {5155U, 5159U})
            if (const Tally* const blocked = tally_with(Kind::filter_blocked, id, id)) {
                if (!is_over_since(blocked->last) && !(facts_.tls_worked && *facts_.tls_worked > blocked->last))
                    add("events.listener_blocked", Severity::warning,
                        "A filter of the Windows Filtering Platform kept a program from listening on the RDP port",
                        *blocked);
                break;
            }
    }

    void judge_services() {
        std::string down;
        for (const auto& [service, time] : facts_.services_down)
            if (!is_over_since(time))
                down += (down.empty() ? "" : ", ") + service;
        const Tally* const tally = tally_of(facts_, Kind::service_failed);
        if (tally && !down.empty())
            add("events.service_failed", Severity::warning,
                "A service that Remote Desktop needs has crashed, ended with an error or failed to start, and was not "
                "seen to run since: " +
                    down,
                *tally);
    }

    void judge_sessions() {
        if (const Tally* const tally = tally_with(Kind::session_manager_failed, 16, 19);
            tally && !is_over_since(tally->last))
            add("events.session_manager_failed", Severity::warning, "The session manager failed to start", *tally);
        // 1296 alone is also of a broker that still starts. A logon proves little: administrators pass it by.
        if (const Tally* const tally = tally_of(facts_, Kind::broker_failed))
            add("events.broker_failed", Severity::warning,
                "The RD Connection Broker on this host cannot log on to its database, as after the host was renamed: "
                "users are let in and get no session",
                *tally);
        // 36 and 37 alone are also of a client that goes away while it logs on.
        const Tally* slow = tally_with(Kind::session_manager_slow, 35, 35);
        if (!slow)
            slow = tally_with(Kind::session_manager_slow, 43, 53);
        if (slow && !came_after(Kind::logon, slow->last))
            add("events.session_manager_slow", Severity::warning,
                "Parts of Windows took too long to answer the session manager: connecting, disconnecting and logging "
                "on hang",
                *slow);
    }

    // The probes network and resources see whether it is so now: what they cannot see is that it comes and goes.
    Severity severity_by_age(const Tally& tally) const {
        constexpr std::chrono::minutes recent{30}; // ours
        return now_ - tally.last > recent ? Severity::info : Severity::warning;
    }

    void judge_resources() {
        // 4227 is a port used again too soon; 4231 and 4266 say that there are none left.
        const Tally* ports = tally_with(Kind::ports_exhausted, 4231, 4266);
        if (ports)
            add("events.ports_exhausted", severity_by_age(*ports),
                "All ports for outgoing connections were in use: Windows then reaches no domain controller, license "
                "server or name server",
                *ports);
        if (const Tally* const tally = tally_of(facts_, Kind::address_conflict))
            add("events.address_conflict", Severity::warning,
                "Another machine on the network uses an address of this host", *tally);
        if (const Tally* const tally = tally_of(facts_, Kind::memory_exhausted))
            add("events.memory_exhausted", severity_by_age(*tally), "Windows ran low on virtual memory", *tally);
        if (const Tally* const tally = tally_of(facts_, Kind::desktop_heap_exhausted);
            tally && !came_after(Kind::logon, tally->last))
            add("events.desktop_heap_exhausted", Severity::warning,
                "A desktop heap was used up: sessions and windows cannot be created", *tally);
    }

    // On a host that the internet can reach this is every day's noise; below one a minute it is not worth a line.
    void judge_guessing() {
        constexpr std::uint32_t flood = 60;
        const Tally* const tally = tally_of(facts_, Kind::bad_credentials);
        const std::uint32_t refused =
            count_of(facts_, Kind::bad_credentials) + count_of(facts_, Kind::security_layer_failed);
        if (!tally || refused < flood)
            return;
        add("events.password_guessing", Severity::info,
            "Somebody tries many passwords through Remote Desktop: " + std::to_string(refused) +
                " refusals. This is no fault of the host; limit who can reach its RDP port",
            *tally);
    }

    void judge_logging() {
        if (facts_.ours_not_logged == 0)
            return;
        Finding& finding = findings_.emplace_back(
            Finding{"events.arrivals_not_logged", Severity::info,
                    "The logs of arriving clients do not show handshakes that this agent made: they are switched off, "
                    "were cleared or are full, so that nobody can tell whether a client has come"});
        finding.evidence = {std::to_string(facts_.ours_not_logged) + " of our own handshakes since " +
                                to_iso(facts_.from) + " left no RdpCoreTS 131 and no RemoteConnectionManager 261",
                            "wevtutil gl Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational shows whether "
                            "it is enabled, and its size"};
    }

    void judge_schannel_logging() {
        if (is_unreadable(facts_.schannel_logging))
            return findings_.push_back(
                unknown("events", "whether Schannel logs its errors", facts_.schannel_logging.error()));
        if (logs_schannel_errors(facts_) != false)
            return;
        Finding& finding = findings_.emplace_back(
            Finding{"events.schannel_silent", Severity::info,
                    "Schannel is set to log no errors, so that a key that cannot be read, TLS versions that are "
                    "switched off and cipher suites that do not fit leave no event: that there is none proves nothing. "
                    "EventLogging 1 is the default, and takes effect when Windows is restarted"});
        finding.evidence = {evidence_of(schannel_key, "EventLogging", *facts_.schannel_logging)};
    }

    void judge_unread() {
        if (facts_.unread.empty())
            return;
        Finding finding = unknown("events", "event logs", facts_.unread.begin()->second);
        finding.evidence.clear();
        for (const auto& [query, error] : facts_.unread)
            finding.evidence.push_back(query + ": " + describe(error));
        findings_.push_back(std::move(finding));
    }

    const Facts& facts_;
    Time now_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) {
    return Judge(facts, context.now).findings();
}

} // namespace rdpmedic::events
