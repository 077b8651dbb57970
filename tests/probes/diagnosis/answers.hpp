// What has a host said? Made up for the tests of the ranking, one deviation at a time.
#pragma once

#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::testing {

constexpr Time diagnosed_at{std::chrono::seconds{1'770'000'000}};

inline Finding finding(std::string code, Severity severity = Severity::critical, std::string text = "as it is") {
    Finding made;
    made.code = std::move(code);
    made.severity = severity;
    made.text = std::move(text);
    return made;
}

// Every probe has reported, nothing was found, the event logs were read, and a client came and logged on.
struct MadeAnswers : diagnosis::Answers {
    MadeAnswers() {
        for (const char* probe :
             {"cert", "termservice", "listener", "sessions", "winsock", "firewall", "tls", "network", "dns", "access",
              "licensing", "resources", "events", "gateway", "interference", "handshake"})
            reports.emplace(probe, std::vector<Finding>{});
        events::Facts facts;
        facts.from = diagnosed_at - std::chrono::hours{1};
        events = facts;
        saw(events::Kind::arrival);
        saw(events::Kind::authenticated);
        saw(events::Kind::logon);
    }
    MadeAnswers& found(Finding one) {
        reports.at(one.code.substr(0, one.code.find('.')))->push_back(std::move(one));
        return *this;
    }
    MadeAnswers& found(const char* code, Severity severity = Severity::critical) {
        return found(finding(code, severity));
    }
    MadeAnswers& unread(const char* probe) {
        reports.at(probe) = Error{Errc::access_denied, 5, std::string("OpenIt(") + probe + ")"};
        return *this;
    }
    MadeAnswers& saw(events::Kind kind, std::uint32_t count = 2, std::chrono::seconds ago = std::chrono::minutes{5},
                     std::vector<std::string> samples = {}) {
        events::Tally& tally = events->seen[kind];
        tally.count = tally.of_rdp = count;
        tally.first = diagnosed_at - std::chrono::minutes{50};
        tally.last = diagnosed_at - ago;
        tally.samples = std::move(samples);
        return *this;
    }
    // No client came.
    MadeAnswers& quiet() {
        events->seen.clear();
        return *this;
    }
    MadeAnswers& no_logon() {
        events->seen.erase(events::Kind::logon);
        events->seen.erase(events::Kind::authenticated);
        return *this;
    }
};

inline diagnosis::Diagnosis diagnosis_of(const diagnosis::Answers& answers,
                                         diagnosis::Question question = {0x904, 0x7}) {
    return diagnosis::diagnose(question, answers, diagnosed_at);
}

} // namespace rdpmedic::testing
