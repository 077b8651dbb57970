// When is a request the one that was made before? Where its caller gives it the same key, and asks for the same.
#pragma once

#include "agent/repair/desk.hpp"

namespace rdpmedic {

// What is remembered of a request with an idempotency key, in memory and in the journal.
struct RequestKey {
    std::string scope;   // the caller and the key: one key means one request of one caller
    std::string request; // digest of what was asked; empty: noted by an earlier build, which did not keep that

    friend bool operator==(const RequestKey&, const RequestKey&) = default;
};

// Nothing where the request has no key. Pure.
std::optional<RequestKey> key_of(const RepairRequest& request);

// One text for the journal; empty: no key. Pure.
std::string to_text(const std::optional<RequestKey>& key);
// Back from it. Nothing where the text is empty or says something else. Pure.
std::optional<RequestKey> request_key_from(const std::string& text);

} // namespace rdpmedic
