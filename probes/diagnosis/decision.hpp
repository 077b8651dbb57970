// Where does a connection end, and what does each end mean? The decision aid as a table.
#pragma once

#include "probes/diagnosis/rank.hpp"

#include <span>

namespace rdpmedic::diagnosis {

// How our own handshake with the listener ended.
enum class Answer {
    refused,        // nothing listens
    unreachable,    // no answer to the TCP connection
    no_reply,       // accepted, then silence or the end before the first byte
    no_certificate, // SSL_CERT_NOT_ON_SERVER
    other_failure,  // another refusal of the negotiation
    tls_dropped,    // agreed to TLS, then closed or reset without a word
    tls_broken,     // agreed to TLS, then gave up with alert 80 (internal_error): the key or what goes with it
    tls_alert,      // agreed to TLS, then refused with another alert
    without_tls,    // answered with standard RDP security alone: the key was not used
    passes,         // through to where a logon would begin
};
const char* name_of(Answer answer) noexcept; // "is refused", "is dropped when TLS begins", ...

// A row fits when the handshake ended in one of `answers` (any where that is empty), one of `seen` was seen (where
// there is any) and none of `unseen`.
struct Decision {
    int row = 0;
    std::vector<Answer> answers;
    std::vector<events::Kind> seen, unseen;
    std::string_view text;
    std::vector<std::string_view> causes; // ids of causes()
};
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton names
// the events; which answer goes with which of them is DERIVED.
std::vector<Decision> decisions();

// Nothing where the handshake was not made or could not be tried.
std::optional<Answer> answer_of(const Reports& reports);

// `is_seen` answers nothing where a kind of events could not be read.
using IsSeen = std::function<std::optional<bool>(events::Kind)>;
Fit fit_of(const Decision& decision, std::optional<Answer> answer, const IsSeen& is_seen);

} // namespace rdpmedic::diagnosis
